package dev.spanthrift.agent.receive.http;

import dev.spanthrift.agent.receive.door.CorsSettings;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of other origins send from a browser. Source: the Fetch standard, "CORS protocol".
 *
 * <p>Own, because Netty's handler knows no patterns, and a Collector's settings have them.
 */
final class Cors {
  private static final Set<String> ALWAYS =
      Set.of(
          "accept",
          "accept-language",
          "content-language",
          "content-type",
          "content-encoding",
          "x-requested-with",
          "origin");

  private final CorsSettings settings;
  private final Set<String> headers;

  Cors(CorsSettings settings) {
    this.settings = settings;
    this.headers =
        Stream.concat(ALWAYS.stream(), settings.allowedHeaders().stream())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a browser asks before it sends. */
  static boolean isPreflight(HttpRequest request) {
    return HttpMethod.OPTIONS.equals(request.method())
        && request.headers().contains(HttpHeaderNames.ORIGIN)
        && request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
  }

  /** Why the browser must not send, in words; null if it may. */
  @Nullable String refusal(HttpHeaders question) {
    String origin = question.get(HttpHeaderNames.ORIGIN);
    if (!allows(origin)) {
      return "pages of "
          + origin
          + " may not send; listen.http.cors.allowedOrigins names those that may";
    }
    String method = question.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    if (!"POST".equals(method)) {
      return "only POST is allowed, not " + method;
    }
    List<String> unknown = names(question).stream().filter(name -> !allowsHeader(name)).toList();
    return unknown.isEmpty()
        ? null
        : "headers "
            + unknown
            + " may not be sent; listen.http.cors.allowedHeaders names those that may";
  }

  /** What a question that is not refused is answered with. */
  void permit(HttpHeaders question, HttpHeaders answer) {
    share(question, answer);
    answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "POST");
    List<String> names = names(question);
    if (!names.isEmpty()) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, String.join(", ", names));
    }
    if (!settings.maxAge().isZero()) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, settings.maxAge().toSeconds());
    }
  }

  /** Lets the page that has sent read the answer. */
  void share(HttpHeaders request, HttpHeaders answer) {
    String origin = request.get(HttpHeaderNames.ORIGIN);
    if (settings.allowedOrigins().isEmpty()) {
      return;
    }
    answer.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    if (origin != null && allows(origin)) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
      answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, HttpHeaderNames.RETRY_AFTER);
    }
  }

  private boolean allows(@Nullable String origin) {
    return origin != null
        && settings.allowedOrigins().stream()
            .anyMatch(
                pattern -> fits(pattern.toLowerCase(Locale.ROOT), origin.toLowerCase(Locale.ROOT)));
  }

  private boolean allowsHeader(String name) {
    return headers.contains("*") || headers.contains(name);
  }

  private static List<String> names(HttpHeaders question) {
    String names = question.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS, "");
    return Arrays.stream(names.split(","))
        .map(name -> name.strip().toLowerCase(Locale.ROOT))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** {@code *} stands for any text. */
  private static boolean fits(String pattern, String text) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(text);
    }
    if (!text.startsWith(pattern.substring(0, star))) {
      return false;
    }
    String rest = pattern.substring(star + 1);
    for (int at = star; at <= text.length(); at++) {
      if (fits(rest, text.substring(at))) {
        return true;
      }
    }
    return false;
  }
}
