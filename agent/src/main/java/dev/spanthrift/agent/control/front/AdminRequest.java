package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.Caller;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * A request that was let in, whole.
 *
 * @param uri with the host under which we were called
 * @param body empty where none is wanted
 * @param caller who asks, as far as it had to be known
 * @param id stands in the answer and in the log
 */
public record AdminRequest(
    String method,
    URI uri,
    HttpHeaders headers,
    byte[] body,
    InetSocketAddress peer,
    Caller caller,
    String id) {
  /** As it was sent, without the query. */
  public String path() {
    return uri.getRawPath();
  }

  AdminRequest with(byte[] whole) {
    return new AdminRequest(method, uri, headers, whole, peer, caller, id);
  }

  AdminRequest of(Caller known) {
    return new AdminRequest(method, uri, headers, body, peer, known, id);
  }
}
