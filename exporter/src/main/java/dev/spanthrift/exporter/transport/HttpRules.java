package dev.spanthrift.exporter.transport;

import io.netty.handler.codec.DateFormatter;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * Which HTTP answers are worth another attempt (specs.md C4, C6).
 *
 * <p>Source: OTLP specification 1.11, "OTLP/HTTP Response", failures and throttling.
 */
final class HttpRules {
  private HttpRules() {}

  /**
   * The outcome of an answer.
   *
   * @param retryAfter the header, null when absent
   * @param contentType the header, null when absent
   * @param body after decompression
   */
  static SendResult outcome(
      int status,
      @Nullable String retryAfter,
      @Nullable String contentType,
      byte[] body,
      long unixMillis) {
    if (status >= 200 && status < 300) {
      return body.length == 0 || isProtobuf(contentType)
          ? Answers.accepted(body)
          : new SendResult.Accepted(0, "answer has content type " + contentType);
    }
    String reason = "status_" + status;
    String message = message(contentType, body);
    return switch (status) {
      case 429, 502, 503, 504 ->
          new SendResult.Again(reason, message, delayNanos(retryAfter, unixMillis), true);
      default -> new SendResult.Failed(reason, message);
    };
  }

  /** Seconds or any of the three date forms of RFC 9110; a date in the past means now. */
  static long delayNanos(@Nullable String retryAfter, long unixMillis) {
    if (retryAfter == null || retryAfter.isBlank()) {
      return SendResult.Again.OWN_BACKOFF;
    }
    String text = retryAfter.strip();
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Answers.nanosOf(text.length() > 10 ? Long.MAX_VALUE : Long.parseLong(text));
    }
    Date date = DateFormatter.parseHttpDate(text);
    return date == null
        ? SendResult.Again.OWN_BACKOFF
        : Answers.nanosOf(Math.max(0, date.getTime() - unixMillis) / 1000);
  }

  private static boolean isProtobuf(@Nullable String contentType) {
    return contentType == null
        || contentType.regionMatches(true, 0, "application/x-protobuf", 0, 22);
  }

  private static String message(@Nullable String contentType, byte[] body) {
    if (contentType != null && isProtobuf(contentType)) {
      return Answers.statusMessage(body);
    }
    int length = Math.min(body.length, Answers.ERROR_MESSAGE_CHARS_MAX);
    return new String(body, 0, length, StandardCharsets.UTF_8).strip();
  }
}
