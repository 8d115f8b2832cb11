package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.http.RequestIds;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/** What every answer carries: its request's id, and what keeps browsers out of trouble. */
final class AnswerHeaders {
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none';"
          + " form-action 'self'";

  private AnswerHeaders() {}

  static void add(HttpHeaders headers, String id) {
    headers.set(RequestIds.HEADER, id);
    headers.set(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    if (!headers.contains(HttpHeaderNames.CACHE_CONTROL)) {
      headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    }
  }
}
