package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.RequestAnswer;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One call that is not over: what both sides have said so far.
 *
 * <pre>
 * message = compressed flag (1) length (4, big-endian) bytes
 * </pre>
 *
 * <p>Source: grpc/grpc doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message".
 */
abstract class GrpcCall {
  static final int PREFIX_BYTES = 5;

  final int id; // of the stream

  /** Sweep of the connection in which the call began: its age without a clock. */
  final int begun;

  /** What the client lets us send; may be negative. */
  long sendWindow;

  /** Bytes received that were not given back to the client's window. */
  int unreturned;

  /** What content-length says, if it was sent: gRPC does not send it. */
  long announced = -1;

  long received;

  /** Whether the client has sent all that it will. */
  boolean requestEnded;

  /** Whether the whole answer has been sent. */
  boolean answerSent;

  GrpcCall(int id, int begun) {
    this.id = id;
    this.begun = begun;
  }

  /** Whether what came is not what was announced: malformed (RFC 9113, 8.1.1). */
  final boolean breaksItsLength(boolean last) {
    return announced >= 0 && (received > announced || last && received != announced);
  }

  /** Whether its answer stands, sent or not: what still comes is swallowed. */
  abstract boolean answered();

  /** Takes a piece of the request; null means that more must come before there is an answer. */
  abstract @Nullable RequestAnswer read(ByteBuf data, boolean last);

  /** Ends the call from our side. */
  abstract RequestAnswer refuse(RequestAnswer answer);

  /** The client has gone; gives back what the call holds. */
  abstract void cut();

  /** What an answer that is no error carries, with its prefix. */
  byte[] message(RequestAnswer answer) {
    return GrpcReplies.message(answer);
  }

  /** Whether the stream stays open behind the message. */
  boolean isWatching() {
    return false;
  }
}
