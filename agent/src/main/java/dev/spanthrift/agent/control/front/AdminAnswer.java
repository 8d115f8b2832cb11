package dev.spanthrift.agent.control.front;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * An answer, whole.
 *
 * @param body never changed
 * @param shared whether others are given the same array, so that it costs memory once
 */
public record AdminAnswer(int status, HttpHeaders headers, byte[] body, boolean shared) {
  /** One with a type and without other headers. */
  public static AdminAnswer of(int status, String type, byte[] body) {
    HttpHeaders headers = new DefaultHttpHeaders().set(HttpHeaderNames.CONTENT_TYPE, type);
    return new AdminAnswer(status, headers, body, false);
  }

  /** The same, with an array that many are given. */
  public AdminAnswer ofAll() {
    return new AdminAnswer(status, headers, body, true);
  }

  int ownBytes() {
    return shared ? 0 : body.length;
  }
}
