package dev.spanthrift.exporter.settings;

import static dev.spanthrift.exporter.settings.ExportSettings.bad;

import dev.spanthrift.sampler.wire.Signal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;

/**
 * The rules for endpoint URLs: a base is followed by {@code v1/…}, a signal's own URL is used as it
 * is.
 *
 * <p>Source: OpenTelemetry specification, protocol/exporter.md, "Endpoint URLs for OTLP/HTTP"
 * (specs.md C15).
 */
public final class Endpoints {
  private Endpoints() {}

  static void check(String key, URI uri, Protocol protocol) {
    String example = "http://collector:" + usualPort(protocol);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw bad(key, uri, "a URL with scheme http or https, such as " + example);
    }
    if (String.valueOf(uri.getRawAuthority()).contains("@")) {
      throw bad(key, "a URL with user and password", "a URL without them, and a header");
    }
    if (Authority.of(uri) == null) {
      throw bad(key, uri, "a URL with host and port, such as " + example);
    }
    String path = uri.getPath();
    if (protocol == Protocol.GRPC && path != null && !path.isEmpty() && !path.equals("/")) {
      throw bad(key, uri, "a URL without path for gRPC, such as " + example);
    }
  }

  private static int usualPort(Protocol protocol) {
    return protocol == Protocol.GRPC ? 4317 : 4318;
  }

  /** Where requests of this signal go over HTTP. */
  public static URI http(ExportSettings settings, Signal signal) {
    URI own = settings.signalEndpoints().get(signal);
    if (own != null) {
      return own.getRawPath().isEmpty() ? own.resolve("/") : own;
    }
    URI base = settings.endpoint();
    String path = base.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
    return URI.create(
        base.getScheme() + "://" + base.getRawAuthority() + path + signal.httpPath() + query);
  }

  /** Where requests of this signal go over gRPC. */
  public static URI grpc(ExportSettings settings, Signal signal) {
    return settings.signalEndpoints().getOrDefault(signal, settings.endpoint());
  }

  public static boolean secure(URI uri) {
    return uri.getScheme().equalsIgnoreCase("https");
  }

  /** Whether any signal's connection is secured. */
  public static boolean anySecure(ExportSettings settings) {
    return secure(settings.endpoint())
        || settings.signalEndpoints().values().stream().anyMatch(Endpoints::secure);
  }

  public static int port(URI uri) {
    int port = authority(uri).port();
    return port > 0 ? port : secure(uri) ? 443 : 80;
  }

  /** Host without the brackets of IPv6. */
  public static String host(URI uri) {
    return authority(uri).host();
  }

  private static Authority authority(URI uri) {
    return Objects.requireNonNull(Authority.of(uri)); // checked with the settings
  }

  /**
   * Whether a connection to {@code endpoint} would come back to one of our own ports.
   *
   * <p>All loopback addresses count as one, so that a wrong guess is a message at start-up and not
   * a loop. Resolves the host; a name that cannot be resolved is not ours.
   */
  public static boolean own(URI endpoint, Collection<InetSocketAddress> listening) {
    for (InetSocketAddress door : listening) {
      if (door.getPort() == port(endpoint) && reaches(host(endpoint), door.getAddress())) {
        return true;
      }
    }
    return false;
  }

  private static boolean reaches(String host, InetAddress door) {
    try {
      for (InetAddress target : InetAddress.getAllByName(host)) {
        boolean loopback = target.isLoopbackAddress() || target.isAnyLocalAddress();
        if (target.equals(door)
            || (loopback && (door.isLoopbackAddress() || door.isAnyLocalAddress()))
            || (door.isAnyLocalAddress() && NetworkInterface.getByInetAddress(target) != null)) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException | SocketException e) {
      return false; // nobody is there yet, so it is not this process
    }
  }
}
