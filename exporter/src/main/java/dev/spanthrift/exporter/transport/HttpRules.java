package dev.spanthrift.exporter.transport;

import io.netty.handler.codec.DateFormatter;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which HTTP answers are worth another attempt (specs.md C4, C6).
 *
 * <p>Source: OTLP specification 1.11, "OTLP/HTTP Response", failures and throttling.
 */
final class HttpRules {
  private static final Pattern WEB_PAGE =
      Pattern.compile("\\uFEFF?\\s*(<!doctype html|<html)", Pattern.CASE_INSENSITIVE);
  private static final Pattern TITLE =
      Pattern.compile("<title[^>]*>([^<]{1,200})", Pattern.CASE_INSENSITIVE);

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
      return success(contentType, body);
    }
    String kind = "status_" + status;
    String message = message(contentType, body);
    return switch (status) {
      case 429, 502, 503, 504 ->
          new SendResult.Again(kind, message, delayNanos(retryAfter, unixMillis), true);
      default -> new SendResult.Failed(kind, message, isOfContent(status));
    };
  }

  /** Not who sends (401, 402, 403, 407), nor where to and how; 1xx and 3xx are no last word. */
  private static boolean isOfContent(int status) {
    return switch (status) {
      case 401, 402, 403, 404, 405, 407, 410, 411, 415, 417, 421, 426, 501, 505, 511 -> false;
      default -> status >= 400;
    };
  }

  /**
   * The status decides, and the body, whatever it is called, only says how much was taken. All but
   * one: no OTLP server answers with a web page, but proxies and portals that want a login do, and
   * then no server has seen the request. It is kept as if nobody had answered.
   */
  private static SendResult success(@Nullable String contentType, byte[] body) {
    if (body.length == 0) {
      return SendResult.Accepted.PLAIN;
    }
    if (isWebPage(contentType, body)) {
      return new SendResult.Again(
          "web_page",
          "answers with a web page, perhaps a login: " + title(body),
          SendResult.Again.OWN_BACKOFF,
          true);
    }
    if (is(contentType, "application/json") || JsonAnswers.looksLike(body)) {
      return JsonAnswers.accepted(body);
    }
    if (contentType == null || is(contentType, "application/x-protobuf")) {
      return Answers.accepted(body);
    }
    return new SendResult.Accepted(
        "accepted_text", 0, "taken, and answered with " + contentType + ": " + text(body));
  }

  private static boolean isWebPage(@Nullable String contentType, byte[] body) {
    return is(contentType, "text/html")
        || is(contentType, "application/xhtml")
        || WEB_PAGE.matcher(text(body)).lookingAt();
  }

  private static String title(byte[] body) {
    Matcher title = TITLE.matcher(text(body));
    return title.find() ? title.group(1).strip() : "without a title";
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

  private static boolean is(@Nullable String contentType, String type) {
    return contentType != null
        && contentType.strip().regionMatches(true, 0, type, 0, type.length());
  }

  private static String message(@Nullable String contentType, byte[] body) {
    if (is(contentType, "application/x-protobuf")) {
      return Answers.statusMessage(body);
    }
    String json = JsonAnswers.looksLike(body) ? JsonAnswers.statusMessage(body) : "";
    if (!json.isEmpty()) {
      return json;
    }
    return isWebPage(contentType, body) ? "a web page, " + title(body) : text(body);
  }

  private static String text(byte[] body) {
    int length = Math.min(body.length, Answers.ERROR_MESSAGE_CHARS_MAX);
    return new String(body, 0, length, StandardCharsets.UTF_8).strip();
  }
}
