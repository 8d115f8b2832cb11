package dev.spanthrift.exporter.transport;

import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.MalformedException;
import java.nio.charset.StandardCharsets;

/**
 * The few protobuf messages that backends answer with, read by hand.
 *
 * <pre>
 * Export…ServiceResponse { 1: partial_success { 1: int64 rejected, 2: string error_message } }
 * google.rpc.Status      { 1: int32 code, 2: string message, 3: repeated Any details }
 * Any                    { 1: string type_url, 2: bytes value }
 * google.rpc.RetryInfo   { 1: Duration retry_delay { 1: int64 seconds, 2: int32 nanos } }
 * </pre>
 *
 * Sources: opentelemetry-proto, collector services (specs.md W12); googleapis, google/rpc.
 */
final class Answers {
  static final int ERROR_MESSAGE_CHARS_MAX = 1000;
  private static final int VARINT = 0;
  private static final String RETRY_INFO = "/google.rpc.RetryInfo";

  private Answers() {}

  /** What a backend said about a request that it took; damaged answers are still acceptance. */
  static SendResult.Accepted accepted(byte[] response) {
    if (response.length == 0) {
      return SendResult.Accepted.PLAIN;
    }
    PartialAnswer partial = new PartialAnswer(false);
    try {
      for (FieldCursor outer = on(response); outer.next(); ) {
        if (outer.field() == 1 && outer.isBytes()) {
          readPartialSuccess(below(outer), partial);
        }
      }
      return partial.accepted();
    } catch (MalformedException e) {
      return PartialAnswer.unreadable("protobuf: " + e.getMessage());
    }
  }

  private static void readPartialSuccess(FieldCursor fields, PartialAnswer partial) {
    while (fields.next()) {
      if (fields.field() == 1 && fields.wireType() == VARINT) {
        partial.rejected(fields.value());
      } else if (fields.field() == 2 && fields.isBytes()) {
        partial.message(text(fields, ERROR_MESSAGE_CHARS_MAX));
      } else {
        partial.unknown("field " + fields.field());
      }
    }
  }

  /** {@code message} of a google.rpc.Status, empty when there is none or it cannot be read. */
  static String statusMessage(byte[] status) {
    String message = "";
    try {
      for (FieldCursor fields = on(status); fields.next(); ) {
        if (fields.field() == 2 && fields.isBytes()) {
          message = text(fields, ERROR_MESSAGE_CHARS_MAX);
        }
      }
    } catch (MalformedException e) {
      return ""; // plain text under a wrong content type, or damage: the code says enough
    }
    return message;
  }

  /**
   * Delay of the RetryInfo in a google.rpc.Status.
   *
   * @return nanoseconds; {@link SendResult.Again#OWN_BACKOFF} when it is there but makes no sense;
   *     {@link #NO_RETRY_INFO} when there is none
   */
  static long retryDelayNanos(byte[] status) {
    try {
      for (FieldCursor fields = on(status); fields.next(); ) {
        if (fields.field() == 3 && fields.isBytes()) {
          long delay = retryInfo(below(fields));
          if (delay != NO_RETRY_INFO) {
            return delay;
          }
        }
      }
      return NO_RETRY_INFO;
    } catch (MalformedException e) {
      return NO_RETRY_INFO;
    }
  }

  static final long NO_RETRY_INFO = -2;

  private static long retryInfo(FieldCursor any) {
    String type = "";
    FieldCursor value = on(new byte[0]);
    while (any.next()) {
      if (any.field() == 1 && any.isBytes()) {
        type = text(any, 200);
      } else if (any.field() == 2 && any.isBytes()) {
        value = below(any);
      }
    }
    return type.endsWith(RETRY_INFO) ? delayNanos(value) : NO_RETRY_INFO;
  }

  private static long delayNanos(FieldCursor retryInfo) {
    long seconds = 0;
    long nanos = 0;
    try {
      while (retryInfo.next()) {
        if (retryInfo.field() == 1 && retryInfo.isBytes()) {
          for (FieldCursor duration = below(retryInfo); duration.next(); ) {
            seconds = duration.field() == 1 ? duration.value() : seconds;
            nanos = duration.field() == 2 ? duration.value() : nanos;
          }
        }
      }
    } catch (MalformedException e) {
      return SendResult.Again.OWN_BACKOFF;
    }
    return seconds < 0 || nanos < 0 || nanos > 999_999_999
        ? SendResult.Again.OWN_BACKOFF
        : nanosOf(seconds) + nanos;
  }

  /** Seconds as nanoseconds, at most about 31 years, so that sums cannot overflow. */
  static long nanosOf(long seconds) {
    return Math.min(seconds, 1_000_000_000L) * 1_000_000_000L;
  }

  private static FieldCursor on(byte[] message) {
    return new FieldCursor().on(message, 0, message.length);
  }

  private static FieldCursor below(FieldCursor field) {
    return new FieldCursor().on(field.buffer(), field.start(), field.length());
  }

  private static String text(FieldCursor field, int bytesMax) {
    int length = Math.min(field.length(), bytesMax);
    return new String(field.buffer(), field.start(), length, StandardCharsets.UTF_8);
  }
}
