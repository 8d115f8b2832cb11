package dev.spanthrift.agent.receive.door;

import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.JsonDecoder.NotJson;
import dev.spanthrift.agent.receive.door.JsonDecoder.Protobuf;
import dev.spanthrift.sampler.wire.Signal;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The way from a request's bytes to the intake, the same for every protocol: admit, unpack, decode,
 * offer.
 *
 * <p>Every request {@linkplain #arrived arrives} once, and then either reaches {@link Intake#offer}
 * or is counted by {@link Intake#refused}, never both. Called on the event loop.
 */
public final class Door {

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final Intake intake;
  private final JsonDecoder json;
  private final int maxRequestBytes;
  private final long maxPendingBytes;
  private final RequestAnswer full;
  private final AtomicLong pendingBytes = new AtomicLong();
  private final PortBooks books;

  /**
   * @param port its name in status and log
   */
  public Door(String port, Intake intake, JsonDecoder json, ReceiveSettings settings) {
    this.books = new PortBooks(port, settings.maxConnections());
    this.intake = intake;
    this.json = json;
    this.maxRequestBytes = settings.maxRequestBytes();
    this.maxPendingBytes = settings.maxPendingBytes();
    this.full = RequestAnswer.overloaded(settings.retryAfter());
  }

  int maxRequestBytes() {
    return maxRequestBytes;
  }

  /** Connections and strays of the port. */
  public PortBooks books() {
    return books;
  }

  /** Counts what is no request of a signal, and says it in words now and then. */
  public void stray(Stray kind, String words) {
    books.stray(kind, words);
  }

  /**
   * @param number of the port that it is the door of
   */
  public PortStatus status(int number) {
    return books.status(number, pendingBytes.get());
  }

  /** The head of a request has come. */
  public void arrived(Signal signal) {
    intake.arrived(signal);
  }

  /** Its client has ended it, or has gone, before it was whole. */
  public RequestAnswer cut(Signal signal) {
    return refuse(
        signal, RequestAnswer.of(RequestOutcome.CUT, "the client ended it before it was whole"));
  }

  /** Whether a request of so many bytes may be read; if not, it is counted as refused. */
  public @Nullable RequestAnswer admit(Signal signal, long bytes) {
    if (bytes > maxRequestBytes) {
      return refuse(signal, RequestAnswer.tooLarge(maxRequestBytes));
    }
    Admission room = intake.reserve(signal, bytes);
    return room instanceof Admission.Accepted ? null : refuse(signal, RequestAnswer.from(room));
  }

  /** Charges bytes of a request that does not arrive in one piece; if refused, it is counted. */
  @Nullable RequestAnswer charge(Signal signal, long bytes) {
    if (pendingBytes.addAndGet(bytes) <= maxPendingBytes) {
      return null;
    }
    pendingBytes.addAndGet(-bytes);
    return refuse(signal, full);
  }

  void discharge(long bytes) {
    pendingBytes.addAndGet(-bytes);
  }

  /** Counts what the port itself refuses, says why now and then, and ends the request. */
  public RequestAnswer refuse(Signal signal, RequestAnswer answer) {
    return intake.ending(signal, () -> refused(signal, answer));
  }

  /** Counts a request that is being ended. */
  private RequestAnswer refused(Signal signal, RequestAnswer answer) {
    Refusal refusal = answer.outcome().refusal;
    if (refusal != null) {
      intake.refused(signal, refusal);
    }
    return said(signal, answer);
  }

  private RequestAnswer said(Signal signal, RequestAnswer answer) {
    if (!answer.accepted()) {
      String outcome = answer.outcome().name();
      books.say(
          signal + outcome,
          () ->
              "a request of %s is answered by %s: %s"
                  .formatted(
                      signal.name().toLowerCase(Locale.ROOT),
                      outcome.toLowerCase(Locale.ROOT),
                      answer.message()));
    }
    return answer;
  }

  /** A whole, admitted request in protobuf. */
  public RequestAnswer take(
      Signal signal, Encoding encoding, byte[] bytes, int offset, int length) {
    return take(signal, encoding, false, bytes, offset, length);
  }

  /** A whole, admitted request. */
  public RequestAnswer take(
      Signal signal, Encoding encoding, boolean isJson, byte[] bytes, int offset, int length) {
    Workspace.ofThread().requests++;
    return intake.ending(
        signal,
        () -> {
          try {
            return unpack(signal, encoding, isJson, bytes, offset, length);
          } catch (RuntimeException e) {
            books.say(e.getClass().getName(), () -> "a request failed inside: " + e, e);
            return refused(signal, RequestAnswer.of(RequestOutcome.FAILED, "Internal error"));
          }
        });
  }

  private RequestAnswer unpack(
      Signal signal, Encoding encoding, boolean isJson, byte[] bytes, int offset, int length) {
    if (encoding == Encoding.IDENTITY) {
      return decode(signal, isJson, bytes, offset, length);
    }
    Unpacker unpacker = Workspace.ofThread().unpacker;
    long content =
        unpacker.unpack(
            encoding,
            bytes,
            offset,
            length,
            maxRequestBytes,
            size -> intake.reserve(signal, size) instanceof Admission.Accepted);
    if (content < 0) {
      return refused(signal, notUnpacked(content, encoding));
    }
    RequestAnswer answer = decode(signal, isJson, unpacker.output(), 0, (int) content);
    unpacker.trim();
    return answer;
  }

  private RequestAnswer notUnpacked(long why, Encoding encoding) {
    if (why == Unpacker.TOO_LARGE) {
      return RequestAnswer.tooLarge(maxRequestBytes);
    }
    if (why == Unpacker.NO_ROOM) {
      return full;
    }
    return RequestAnswer.of(RequestOutcome.MALFORMED, "Body is not valid " + encoding);
  }

  private RequestAnswer decode(
      Signal signal, boolean isJson, byte[] bytes, int offset, int length) {
    if (!isJson) {
      return offer(signal, bytes, offset, length);
    }
    int mark = startsWithMark(bytes, offset, length) ? BYTE_ORDER_MARK.length : 0;
    return switch (json.decode(signal, bytes, offset + mark, length - mark)) {
      case Protobuf(byte[] buffer, int from, int size) -> offer(signal, buffer, from, size);
      case NotJson(String message) ->
          refused(signal, RequestAnswer.of(RequestOutcome.MALFORMED, message));
    };
  }

  /** Some write it before JSON; it may be ignored (RFC 8259, 8.1). */
  private static boolean startsWithMark(byte[] bytes, int offset, int length) {
    int end = offset + Math.min(length, BYTE_ORDER_MARK.length);
    return Arrays.equals(bytes, offset, end, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
  }

  private RequestAnswer offer(Signal signal, byte[] bytes, int offset, int length) {
    return said(signal, RequestAnswer.from(intake.offer(signal, bytes, offset, length)));
  }
}
