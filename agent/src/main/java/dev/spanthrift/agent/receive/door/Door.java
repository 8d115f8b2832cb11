package dev.spanthrift.agent.receive.door;

import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.JsonDecoder.NotJson;
import dev.spanthrift.agent.receive.door.JsonDecoder.Protobuf;
import dev.spanthrift.sampler.wire.Signal;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from a request's bytes to the intake, the same for every protocol: admit, unpack, decode,
 * offer.
 *
 * <p>Every request either reaches {@link Intake#offer} or is counted by {@link Intake#refused},
 * never both. Called on event loops.
 */
public final class Door {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final Intake intake;
  private final JsonDecoder json;
  private final int maxRequestBytes;
  private final long maxPendingBytes;
  private final Answer full;
  private final AtomicLong pendingBytes = new AtomicLong();
  private final AtomicBoolean failureLogged = new AtomicBoolean();

  public Door(Intake intake, JsonDecoder json, ReceiveSettings settings) {
    this.intake = intake;
    this.json = json;
    this.maxRequestBytes = settings.maxRequestBytes();
    this.maxPendingBytes = settings.maxPendingBytes();
    this.full = Answer.overloaded(settings.retryAfter());
  }

  int maxRequestBytes() {
    return maxRequestBytes;
  }

  /** Bytes of requests that are partly read. */
  public long pendingBytes() {
    return pendingBytes.get();
  }

  /** Whether a request of so many bytes may be read; if not, it is counted as refused. */
  public @Nullable Answer admit(Signal signal, long bytes) {
    if (bytes > maxRequestBytes) {
      return refuse(signal, Answer.tooLarge(maxRequestBytes));
    }
    Admission room = intake.reserve(signal, bytes);
    return room instanceof Admission.Accepted ? null : refuse(signal, Answer.from(room));
  }

  /** Charges bytes of a request that does not arrive in one piece; if refused, it is counted. */
  @Nullable Answer charge(Signal signal, long bytes) {
    if (pendingBytes.addAndGet(bytes) <= maxPendingBytes) {
      return null;
    }
    pendingBytes.addAndGet(-bytes);
    return refuse(signal, full);
  }

  void discharge(long bytes) {
    pendingBytes.addAndGet(-bytes);
  }

  /** Counts what the port itself refuses. */
  public Answer refuse(Signal signal, Answer answer) {
    Refusal refusal = answer.outcome().refusal;
    if (refusal != null) {
      intake.refused(signal, refusal);
    }
    return answer;
  }

  /** A whole, admitted request in protobuf. */
  public Answer take(Signal signal, Encoding encoding, byte[] bytes, int offset, int length) {
    return take(signal, encoding, false, bytes, offset, length);
  }

  /** A whole, admitted request. */
  public Answer take(
      Signal signal, Encoding encoding, boolean isJson, byte[] bytes, int offset, int length) {
    Workspace workspace = Workspace.ofThread();
    workspace.requests++;
    if (encoding == Encoding.IDENTITY) {
      return decode(signal, isJson, bytes, offset, length);
    }
    Unpacker unpacker = workspace.unpacker;
    long content =
        unpacker.unpack(
            encoding,
            bytes,
            offset,
            length,
            maxRequestBytes,
            size -> intake.reserve(signal, size) instanceof Admission.Accepted);
    if (content < 0) {
      return refuse(signal, notUnpacked(content, encoding));
    }
    Answer answer = decode(signal, isJson, unpacker.output(), 0, (int) content);
    unpacker.trim();
    return answer;
  }

  private Answer notUnpacked(long why, Encoding encoding) {
    if (why == Unpacker.TOO_LARGE) {
      return Answer.tooLarge(maxRequestBytes);
    }
    if (why == Unpacker.NO_ROOM) {
      return full;
    }
    return Answer.of(RequestOutcome.MALFORMED, "Body is not valid " + encoding);
  }

  private Answer decode(Signal signal, boolean isJson, byte[] bytes, int offset, int length) {
    if (!isJson) {
      return offer(signal, bytes, offset, length);
    }
    return switch (json.decode(signal, bytes, offset, length)) {
      case Protobuf(byte[] buffer, int from, int size) -> offer(signal, buffer, from, size);
      case NotJson(String message) -> refuse(signal, Answer.of(RequestOutcome.MALFORMED, message));
    };
  }

  private Answer offer(Signal signal, byte[] bytes, int offset, int length) {
    try {
      Admission admission = intake.offer(signal, bytes, offset, length);
      return Answer.from(admission);
    } catch (RuntimeException e) {
      if (failureLogged.compareAndSet(false, true)) {
        LOG.error("A request failed inside; further ones are not logged", e);
      }
      return Answer.of(RequestOutcome.FAILED, "Internal error");
    }
  }
}
