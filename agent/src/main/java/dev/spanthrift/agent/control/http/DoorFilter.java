package dev.spanthrift.agent.control.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What every request passes first: gets an id and safe headers, and is sent away when a browser
 * brings it from another site.
 *
 * <p>Two attacks on a port of localhost: a foreign page writes (its Origin is not ours), and a
 * foreign name is made to resolve to 127.0.0.1 (its Host is not ours).
 */
public final class DoorFilter implements WebFilter {
  static final String REQUEST_ID = "X-Request-Id";
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none';"
          + " form-action 'self'";
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final Pattern GOOD_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");

  private final boolean loopback;
  private final Set<String> hosts;

  public DoorFilter(InetAddress bound, Set<String> hosts) {
    this.loopback = bound.isLoopbackAddress();
    this.hosts = hosts;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    addHeaders(exchange.getResponse().getHeaders(), request);
    String refusal = refusal(request);
    return refusal == null
        ? chain.filter(exchange)
        : Mono.error(new ProblemException(ProblemType.FOREIGN_ORIGIN, refusal));
  }

  private static void addHeaders(HttpHeaders headers, ServerHttpRequest request) {
    String id = request.getHeaders().getFirst(REQUEST_ID);
    headers.set(REQUEST_ID, id != null && GOOD_ID.matcher(id).matches() ? id : newId());
    headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  private static String newId() {
    return String.format("%016x", ThreadLocalRandom.current().nextLong());
  }

  private @Nullable String refusal(ServerHttpRequest request) {
    InetSocketAddress host = request.getHeaders().getHost();
    if (loopback && host != null && !isOurs(host.getHostString())) {
      return "the Host header names a host that is not this one";
    }
    if (READS.contains(request.getMethod())) {
      return null;
    }
    String site = request.getHeaders().getFirst("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return "the browser says that the request is "
          + (site.equals("same-site") ? site : "cross-site");
    }
    String origin = request.getHeaders().getOrigin();
    return origin == null || isSame(origin, request.getHeaders().getFirst(HttpHeaders.HOST))
        ? null
        : "the Origin header is not the address of this server";
  }

  private boolean isOurs(String host) {
    return host.equalsIgnoreCase("localhost")
        || ADDRESS.matcher(host).matches()
        || hosts.contains(host);
  }

  private static boolean isSame(String origin, @Nullable String host) {
    int authority = origin.indexOf("://");
    return authority > 0 && host != null && origin.substring(authority + 3).equalsIgnoreCase(host);
  }
}
