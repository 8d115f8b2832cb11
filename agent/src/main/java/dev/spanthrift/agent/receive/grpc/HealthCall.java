package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.RequestAnswer;
import dev.spanthrift.agent.receive.door.RequestOutcome;
import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether a service serves: once, or with Watch until one of both ends it.
 *
 * <pre>
 * HealthCheckRequest  { service = 1 }
 * HealthCheckResponse { status = 1: UNKNOWN 0, SERVING 1, NOT_SERVING 2, SERVICE_UNKNOWN 3 }
 * </pre>
 *
 * <p>As long as the port answers at all it serves, so that a watch has nothing to add to its first
 * message. Source: grpc/grpc doc/health-checking.md.
 */
final class HealthCall extends GrpcCall {
  private static final int BYTES_MAX = 1024; // of a name and its prefix
  private static final byte SERVING = 1;
  private static final byte SERVICE_UNKNOWN = 3;
  private static final byte STATUS = 1 << 3; // field 1, varint

  private final boolean watches;
  private byte[] message = new byte[0];
  private boolean isKnown;
  private boolean answered;

  HealthCall(int id, boolean watches, int begun) {
    super(id, begun);
    this.watches = watches;
  }

  @Override
  boolean answered() {
    return answered;
  }

  @Override
  @Nullable RequestAnswer read(ByteBuf data, boolean last) {
    if (message.length + data.readableBytes() > BYTES_MAX) {
      return refuse(
          RequestAnswer.of(RequestOutcome.TOO_LARGE, "A name of so many bytes is none of ours"));
    }
    byte[] more = new byte[data.readableBytes()];
    data.readBytes(more);
    message = Arrays.copyOf(message, message.length + more.length);
    System.arraycopy(more, 0, message, message.length - more.length, more.length);
    if (!last) {
      return null;
    }
    answered = true;
    return answer();
  }

  private RequestAnswer answer() {
    try {
      isKnown = isKnown(service());
    } catch (MalformedException e) {
      return RequestAnswer.of(RequestOutcome.MALFORMED, "Not a HealthCheckRequest");
    }
    return isKnown || watches
        ? RequestAnswer.ACCEPTED
        : RequestAnswer.of(RequestOutcome.UNKNOWN_SERVICE, "No such service here");
  }

  private String service() {
    if (message.length < PREFIX_BYTES || message[0] != 0) {
      throw new MalformedException("no plain message", 0);
    }
    FieldCursor fields = new FieldCursor().on(message, PREFIX_BYTES, message.length - PREFIX_BYTES);
    String name = "";
    while (fields.next()) {
      if (fields.field() == 1 && fields.isBytes()) {
        name = new String(message, fields.start(), fields.length(), StandardCharsets.UTF_8);
      }
    }
    return name;
  }

  /** The empty name means the whole server. */
  private static boolean isKnown(String service) {
    return service.isEmpty()
        || service.equals(GrpcMethod.HEALTH_SERVICE)
        || Arrays.stream(Signal.values()).anyMatch(s -> s.grpcService().equals(service));
  }

  @Override
  byte[] message(RequestAnswer answer) {
    return new byte[] {0, 0, 0, 0, 2, STATUS, isKnown ? SERVING : SERVICE_UNKNOWN};
  }

  @Override
  boolean isWatching() {
    return watches && answered;
  }

  @Override
  RequestAnswer refuse(RequestAnswer answer) {
    answered = true;
    return answer;
  }

  @Override
  void cut() {
    answered = true;
  }
}
