package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Body;
import dev.spanthrift.agent.receive.door.Door;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.agent.receive.door.Workspace;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A call to an export service: collects the message, then hands it to the door. */
final class ExportCall extends GrpcCall {
  private final Signal signal;
  private final Door door;
  private final Encoding encoding;
  private long prefix;
  private int prefixRead;
  private @Nullable Body body;
  private boolean answered;

  ExportCall(Door door, int id, Signal signal, Encoding encoding, int begun) {
    super(id, begun);
    this.door = door;
    this.signal = signal;
    this.encoding = encoding;
    door.arrived(signal);
  }

  @Override
  boolean answered() {
    return answered;
  }

  @Override
  @Nullable RequestAnswer read(ByteBuf data, boolean last) {
    RequestAnswer answer = last && prefixRead == 0 ? whole(data) : piece(data, last);
    if (answer != null) {
      end();
    }
    return answer;
  }

  /** Without an offer; the refusal is counted. */
  @Override
  RequestAnswer refuse(RequestAnswer answer) {
    end();
    return door.refuse(signal, answer);
  }

  @Override
  void cut() {
    boolean open = !answered;
    end();
    if (open) {
      door.cut(signal);
    }
  }

  /** Gives back what the call holds; may be called again. */
  private void end() {
    answered = true;
    if (body != null) {
      body.release();
      body = null;
    }
  }

  /** The usual case: prefix and message in one frame, so that nothing needs to be kept. */
  private @Nullable RequestAnswer whole(ByteBuf data) {
    int length = data.readableBytes() - PREFIX_BYTES;
    if (length < 0 || data.getInt(data.readerIndex() + 1) != length) {
      return piece(data, true);
    }
    int flag = data.readByte();
    data.skipBytes(4);
    RequestAnswer refused = admit(flag, length);
    if (refused != null) {
      return refused;
    }
    byte[] scratch = Workspace.ofThread().scratch(length);
    data.readBytes(scratch, 0, length);
    return door.take(signal, flag == 0 ? Encoding.IDENTITY : encoding, scratch, 0, length);
  }

  private @Nullable RequestAnswer piece(ByteBuf data, boolean last) {
    RequestAnswer refused = body == null ? begin(data) : null;
    if (refused == null && body != null) {
      refused = append(body, data);
    }
    if (refused != null || !last) {
      return refused;
    }
    if (body == null || body.length() < announced()) {
      return malformed("Message ends too early");
    }
    Encoding used = flag() == 0 ? Encoding.IDENTITY : encoding;
    return door.take(signal, used, body.bytes(), 0, body.length());
  }

  private @Nullable RequestAnswer begin(ByteBuf data) {
    while (prefixRead < PREFIX_BYTES && data.isReadable()) {
      prefix = prefix << 8 | data.readUnsignedByte();
      prefixRead++;
    }
    if (prefixRead < PREFIX_BYTES) {
      return null;
    }
    RequestAnswer refused = admit(flag(), announced());
    if (refused == null) {
      body = new Body(door, signal, (int) announced());
    }
    return refused;
  }

  private @Nullable RequestAnswer append(Body to, ByteBuf data) {
    if (to.length() + (long) data.readableBytes() > announced()) {
      return malformed("More than one message in a unary call");
    }
    return to.append(data);
  }

  private @Nullable RequestAnswer admit(int flag, long length) {
    if ((flag & ~1) != 0) {
      return malformed("Reserved bits of the message prefix are set");
    }
    if (flag == 1 && encoding == Encoding.IDENTITY) {
      return malformed("Compressed message without grpc-encoding");
    }
    return door.admit(signal, length & 0xffff_ffffL);
  }

  private int flag() {
    return (int) (prefix >>> 32);
  }

  private long announced() {
    return prefix & 0xffff_ffffL;
  }

  private RequestAnswer malformed(String message) {
    return door.refuse(signal, RequestAnswer.of(RequestOutcome.MALFORMED, message));
  }
}
