package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the head of every request must have.
 *
 * <p>Two attacks by a browser, wherever this port listens: a foreign page writes (its Origin is not
 * ours), and a foreign name is made to resolve to us (its Host is not ours).
 */
final class FrontRules {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*)(.*)");

  private final Set<String> hosts;

  FrontRules(Set<String> hosts) {
    this.hosts =
        hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  /** The request, still without its body; throws what the client is to be told. */
  AdminRequest admit(HttpRequest head, InetSocketAddress peer, String id) {
    readable(head.decoderResult());
    HttpHeaders headers = head.headers();
    String host = host(headers.getAll(HttpHeaderNames.HOST));
    refuseForeign(host);
    URI uri = uri(host, head.uri());
    String method = head.method().name();
    if (!READS.contains(method)) {
      refuseOtherSites(headers, host);
    }
    if (announcesBody(head)) {
      refuseEncoded(headers);
    }
    return new AdminRequest(method, uri, headers, new byte[0], peer, Caller.ANYBODY, id);
  }

  static boolean announcesBody(HttpRequest head) {
    return HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
  }

  private static void readable(DecoderResult result) {
    if (result.isFailure()) {
      throw switch (result.cause()) {
        case TooLongHttpLineException e ->
            new ProblemException(ProblemType.HEAD_TOO_LARGE, "the path is too long");
        case TooLongHttpHeaderException e ->
            new ProblemException(ProblemType.HEAD_TOO_LARGE, "the headers are too long");
        default -> new ProblemException(ProblemType.SYNTAX, "this is not HTTP/1.1");
      };
    }
  }

  private static String host(List<String> hosts) {
    if (hosts.size() != 1) {
      throw new ProblemException(
          ProblemType.SYNTAX,
          hosts.isEmpty()
              ? "the request has no Host header"
              : "the request has " + hosts.size() + " Host headers");
    }
    return hosts.getFirst().strip();
  }

  private void refuseForeign(String authority) {
    Matcher parts = AUTHORITY.matcher(authority);
    if (!parts.matches()) {
      throw new ProblemException(
          ProblemType.SYNTAX, "the request's host is not a name or address with an optional port");
    }
    if (!isOurs(parts.group(1))) {
      throw new ProblemException(
          ProblemType.FOREIGN_ORIGIN,
          "the Host header names a host that is not this one (" + parts.group(1) + ")");
    }
  }

  private boolean isOurs(String name) {
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return plain.equalsIgnoreCase("localhost")
        || ADDRESS.matcher(plain).matches()
        || hosts.contains(plain.toLowerCase(Locale.ROOT));
  }

  /** Origin form or absolute form (RFC 9112 §3.2); the latter's host must be ours, too. */
  private URI uri(String host, String target) {
    Matcher absolute = ABSOLUTE.matcher(target);
    String path = target;
    if (absolute.matches()) {
      refuseForeign(absolute.group(1));
      path = absolute.group(2).startsWith("/") ? absolute.group(2) : "/" + absolute.group(2);
    }
    try {
      if (path.startsWith("/")) {
        return new URI("http://" + host + path);
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new ProblemException(ProblemType.SYNTAX, "the request's target is not a path");
  }

  private static void refuseOtherSites(HttpHeaders headers, String host) {
    String site = headers.get("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      String words = site.equals("same-site") ? site : "cross-site";
      throw new ProblemException(
          ProblemType.FOREIGN_ORIGIN, "the browser says that the request is " + words);
    }
    for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
      int authority = origin.indexOf("://");
      if (authority <= 0 || !origin.substring(authority + 3).equalsIgnoreCase(host)) {
        throw new ProblemException(
            ProblemType.FOREIGN_ORIGIN, "the Origin header is not the address of this server");
      }
    }
  }

  private static void refuseEncoded(HttpHeaders headers) {
    for (String encoding : headers.getAll(HttpHeaderNames.CONTENT_ENCODING)) {
      if (!encoding.strip().equalsIgnoreCase("identity")) {
        throw new ProblemException(
            ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body is encoded; send it plain");
      }
    }
  }
}
