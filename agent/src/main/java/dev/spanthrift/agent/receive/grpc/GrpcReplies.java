package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.AnswerText;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Replies;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.sampler.wire.FieldWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The bytes of answers.
 *
 * <pre>
 * success  HEADERS  :status 200, content-type application/grpc
 *          DATA     compressed flag (1) length (4) message
 *          HEADERS  grpc-status 0
 * error    HEADERS  everything
 * </pre>
 *
 * <p>Header blocks are literals without indexing (RFC 7541, 6.2.2), so that they depend on no
 * dynamic table. Source: grpc/grpc doc/PROTOCOL-HTTP2.md, "Responses".
 */
final class GrpcReplies {
  static final byte[] OPENING = opening();
  static final byte[] CLOSING = fields("grpc-status", "0");

  /** Ends a stream that its client wanted open, with a status after which it asks elsewhere. */
  static final byte[] GOING =
      fields("grpc-status", "14", "grpc-message", "this connection is coming to its end");

  private static final byte[] NOTHING = new byte[0];

  /** An empty message (specs.md S8). */
  static final byte[] EMPTY_MESSAGE = new byte[GrpcCall.PREFIX_BYTES];

  /** First in a block: the table shrinks to nothing (RFC 7541, 4.2 and 6.3). */
  private static final byte TABLE_OF_NO_BYTES = 0x20;

  private static final int STREAM_IN_HEADER = 5;
  private static final int DATA_AT = Http2.FRAME_HEADER_BYTES + OPENING.length;
  private static final int CLOSING_AT = DATA_AT + Http2.FRAME_HEADER_BYTES + EMPTY_MESSAGE.length;
  private static final byte[] SUCCESS = successFrames();

  private GrpcReplies() {}

  /** The answer of nearly every call, as bytes that are always the same but for the stream. */
  static void success(ByteBuf out, int stream) {
    int at = out.writerIndex();
    out.writeBytes(SUCCESS);
    out.setInt(at + STREAM_IN_HEADER, stream);
    out.setInt(at + DATA_AT + STREAM_IN_HEADER, stream);
    out.setInt(at + CLOSING_AT + STREAM_IN_HEADER, stream);
  }

  private static byte[] successFrames() {
    ByteBuf out = Unpooled.buffer();
    Http2.headers(out, 0, OPENING, false);
    Http2.header(out, EMPTY_MESSAGE.length, Http2.DATA, 0, 0);
    out.writeBytes(EMPTY_MESSAGE);
    Http2.headers(out, 0, CLOSING, true);
    byte[] frames = new byte[out.readableBytes()];
    out.readBytes(frames);
    return frames;
  }

  /** The message of an answer that is no error, with its prefix. */
  static byte[] message(RequestAnswer answer) {
    byte[] message = Replies.protobuf(answer);
    byte[] framed = new byte[GrpcCall.PREFIX_BYTES + message.length];
    ByteBuffer.wrap(framed).put((byte) 0).putInt(message.length).put(message);
    return framed;
  }

  /** The header block of an answer that is nothing but headers. */
  static byte[] error(RequestAnswer answer) {
    return switch (answer.outcome()) {
      case ACCEPTED, PARTIAL -> throw new IllegalArgumentException("no error: " + answer);
      // For those who do not speak gRPC.
      case WRONG_METHOD, NOT_GRPC, ELSEWHERE -> httpError(answer);
      default -> grpcError(answer);
    };
  }

  /** What goes behind the headers of an error: for those who do not speak gRPC. */
  static byte[] text(RequestAnswer answer) {
    return switch (answer.outcome()) {
      case WRONG_METHOD, NOT_GRPC, ELSEWHERE ->
          (answer.message() + "\n").getBytes(StandardCharsets.UTF_8);
      default -> NOTHING;
    };
  }

  private static byte[] httpError(RequestAnswer answer) {
    return fields(
        ":status",
        Integer.toString(answer.outcome().http),
        "content-type",
        "text/plain; charset=utf-8");
  }

  private static byte[] grpcError(RequestAnswer answer) {
    FieldWriter out = new FieldWriter();
    out.append(OPENING);
    field(out, "grpc-status", Integer.toString(answer.outcome().grpc));
    field(out, "grpc-message", AnswerText.percentEncoded(answer.message()));
    if (answer.outcome() == RequestOutcome.UNSUPPORTED) {
      field(out, "grpc-accept-encoding", Encoding.ALL);
    }
    if (answer.outcome() == RequestOutcome.OVERLOADED
        || answer.outcome() == RequestOutcome.MALFORMED) {
      byte[] status = Replies.status(answer);
      field(
          out,
          "grpc-status-details-bin",
          Base64.getEncoder().withoutPadding().encodeToString(status));
    }
    return out.toBytes();
  }

  /** The same block for a client that has made our table smaller. */
  static byte[] withoutTable(byte[] block) {
    byte[] all = new byte[block.length + 1];
    all[0] = TABLE_OF_NO_BYTES;
    System.arraycopy(block, 0, all, 1, block.length);
    return all;
  }

  /** 88 is ":status 200" and 0f 10 "content-type" of the static table. */
  private static byte[] opening() {
    FieldWriter out = new FieldWriter();
    out.append(new byte[] {(byte) 0x88, 0x0f, 0x10});
    string(out, GrpcRequests.CONTENT_TYPE.toString());
    return out.toBytes();
  }

  private static byte[] fields(String... namesAndValues) {
    FieldWriter out = new FieldWriter();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      field(out, namesAndValues[i], namesAndValues[i + 1]);
    }
    return out.toBytes();
  }

  private static void field(FieldWriter out, String name, String value) {
    out.varint(0);
    string(out, name);
    string(out, value);
  }

  /** Length in a prefix of seven bits (RFC 7541, 5.1 and 5.2), then the text as it is. */
  private static void string(FieldWriter out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < 0x7f) {
      out.varint(bytes.length);
    } else {
      out.varint(0x7f).varint(bytes.length - 0x7f);
    }
    out.append(bytes);
  }
}
