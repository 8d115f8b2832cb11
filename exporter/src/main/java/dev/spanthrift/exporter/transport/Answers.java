package dev.spanthrift.exporter.transport;

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
  private static final String RETRY_INFO = "/google.rpc.RetryInfo";

  private Answers() {}

  /** What a backend said about a request that it took; damaged answers are still acceptance. */
  static SendResult.Accepted accepted(byte[] response) {
    if (response.length == 0) {
      return (SendResult.Accepted) SendResult.ACCEPTED;
    }
    try {
      return partialSuccess(response);
    } catch (MalformedException e) {
      return new SendResult.Accepted(0, "answer is not protobuf: " + e.getMessage());
    }
  }

  private static SendResult.Accepted partialSuccess(byte[] response) {
    long rejected = 0;
    String message = "";
    for (Message outer = new Message(response); outer.next(); ) {
      if (outer.field() == 1) {
        for (Message partial = outer.message(); partial.next(); ) {
          switch (partial.field()) {
            case 1 -> rejected = partial.varint();
            case 2 -> message = partial.text(ERROR_MESSAGE_CHARS_MAX);
            default -> {}
          }
        }
      }
    }
    return new SendResult.Accepted(rejected, message);
  }

  /** {@code message} of a google.rpc.Status, empty when there is none or it cannot be read. */
  static String statusMessage(byte[] status) {
    String message = "";
    try {
      for (Message fields = new Message(status); fields.next(); ) {
        if (fields.field() == 2) {
          message = fields.text(ERROR_MESSAGE_CHARS_MAX);
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
      for (Message fields = new Message(status); fields.next(); ) {
        if (fields.field() == 3) {
          long delay = retryInfo(fields.message());
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

  private static long retryInfo(Message any) {
    String type = "";
    Message value = Message.EMPTY;
    while (any.next()) {
      switch (any.field()) {
        case 1 -> type = any.text(200);
        case 2 -> value = any.message();
        default -> {}
      }
    }
    return type.endsWith(RETRY_INFO) ? delayNanos(value) : NO_RETRY_INFO;
  }

  private static long delayNanos(Message retryInfo) {
    long seconds = 0;
    long nanos = 0;
    try {
      while (retryInfo.next()) {
        if (retryInfo.field() == 1) {
          for (Message duration = retryInfo.message(); duration.next(); ) {
            switch (duration.field()) {
              case 1 -> seconds = duration.varint();
              case 2 -> nanos = duration.varint();
              default -> {}
            }
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

  /** A cursor over the fields of one message. */
  private static final class Message {
    static final Message EMPTY = new Message(new byte[0]);

    private final byte[] bytes;
    private final int end;
    private int position;
    private int tag;
    private long scalar;
    private int start;

    Message(byte[] bytes) {
      this(bytes, 0, bytes.length);
    }

    private Message(byte[] bytes, int start, int end) {
      this.bytes = bytes;
      this.position = start;
      this.end = end;
    }

    /** Steps to the next field and past its value. */
    boolean next() {
      if (position == end) {
        return false;
      }
      tag = (int) readVarint();
      switch (tag & 7) {
        case 0 -> scalar = readVarint();
        case 1 -> skip(8);
        case 2 -> skip(readVarint());
        case 5 -> skip(4);
        default -> throw new MalformedException("wire type " + (tag & 7), position);
      }
      return true;
    }

    int field() {
      return tag >>> 3;
    }

    long varint() {
      expect(0);
      return scalar;
    }

    Message message() {
      expect(2);
      return new Message(bytes, start, position);
    }

    String text(int charsMax) {
      expect(2);
      int length = Math.min(position - start, charsMax);
      return new String(bytes, start, length, StandardCharsets.UTF_8);
    }

    private void expect(int wireType) {
      if ((tag & 7) != wireType) {
        throw new MalformedException("field " + field() + " has wire type " + (tag & 7), position);
      }
    }

    private void skip(long length) {
      if (length < 0 || length > end - position) {
        throw new MalformedException("length " + length + " of field " + field(), position);
      }
      start = position;
      position += (int) length;
    }

    private long readVarint() {
      long value = 0;
      for (int shift = 0; shift < 70; shift += 7) {
        if (position == end) {
          throw new MalformedException("varint cut off", position);
        }
        byte next = bytes[position++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new MalformedException("varint longer than 10 bytes", position);
    }
  }
}
