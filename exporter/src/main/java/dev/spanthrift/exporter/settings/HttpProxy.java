package dev.spanthrift.exporter.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy on the way to a destination.
 *
 * <p>Requests over plain HTTP go to it with the absolute URL, those over TLS and gRPC through a
 * tunnel that CONNECT opens. User and password never appear in {@link #toString}.
 *
 * @param host without the brackets of IPv6
 */
public record HttpProxy(String host, int port, @Nullable String user, @Nullable String password) {
  private static final int USUAL_PORT = 80;
  private static final String RIGHT = "a URL such as http://proxy:3128";

  /**
   * Reads the words of {@code HTTP_PROXY}: {@code [http://][user[:password]@]host[:port]}.
   *
   * @param key names the setting in a message; the value never does, because it may hold a password
   * @throws IllegalArgumentException saying what would be right
   */
  public static HttpProxy parse(String key, String text) {
    String trimmed = text.strip();
    try {
      URI uri = new URI(trimmed.contains("://") ? trimmed : "http://" + trimmed);
      if (!"http".equalsIgnoreCase(uri.getScheme())) {
        throw ExportSettings.bad(key, "a proxy of scheme " + uri.getScheme(), RIGHT);
      }
      if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 0xffff) {
        throw ExportSettings.bad(key, "(hidden)", RIGHT);
      }
      String host = uri.getHost();
      String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      int port = uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
      return withUser(plain, port, uri.getRawUserInfo());
    } catch (URISyntaxException e) {
      throw ExportSettings.bad(key, "(hidden)", RIGHT);
    }
  }

  private static HttpProxy withUser(String host, int port, @Nullable String userInfo) {
    if (userInfo == null || userInfo.isEmpty()) {
      return new HttpProxy(host, port, null, null);
    }
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return new HttpProxy(host, port, decoded(user), decoded(password));
  }

  /** Percent signs alone: in a URL, unlike in a form, a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Value of {@code Proxy-Authorization}; null without a user. */
  public @Nullable String authorization() {
    if (user == null) {
      return null;
    }
    byte[] plain = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(plain);
  }

  @Override
  public String toString() {
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
