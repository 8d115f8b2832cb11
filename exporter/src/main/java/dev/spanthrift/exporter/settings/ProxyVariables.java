package dev.spanthrift.exporter.settings;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, in upper or lower case, read as
 * programs in Go read them, which a Collector is.
 *
 * <p>{@code NO_PROXY} is a list of host names (with all below them), {@code .suffixes} (only those
 * below), addresses, ranges such as {@code 10.0.0.0/8}, each perhaps with a port, or {@code *}.
 * Loopback is never asked of a proxy. gRPC goes through the tunnel of {@code HTTPS_PROXY} even
 * without TLS, as everywhere with gRPC; where there is only {@code HTTP_PROXY}, through that one.
 */
public final class ProxyVariables {
  private final Map<String, String> environment;
  private final List<String> direct;
  private final List<String> ignored = new ArrayList<>();

  private ProxyVariables(Map<String, String> environment) {
    this.environment = environment;
    direct =
        List.of(value("NO_PROXY").split("[,\\s]+")).stream()
            .filter(entry -> !entry.isEmpty())
            .map(entry -> entry.toLowerCase(Locale.ROOT))
            .toList();
    for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY")) {
      check(name);
    }
  }

  private void check(String name) {
    try {
      boolean unused = value(name).isEmpty() || HttpProxy.parse(name, value(name)).port() > 0;
    } catch (IllegalArgumentException e) {
      ignored.add(e.getMessage() + "; until then it is not used");
    }
  }

  /** Variables that name no proxy that we can use, in words; they count as unset. */
  public List<String> ignored() {
    return ignored;
  }

  public static ProxyVariables of(Map<String, String> environment) {
    return new ProxyVariables(Map.copyOf(environment));
  }

  private String value(String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isBlank()
        ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "").strip()
        : upper.strip();
  }

  /** The proxy on the way to this endpoint; null when the way is direct. */
  public @Nullable HttpProxy proxyFor(URI endpoint, Protocol protocol) {
    String name = variableFor(endpoint, protocol);
    boolean usable = ignored.stream().noneMatch(message -> message.startsWith(name + " "));
    return name.isEmpty() || !usable ? null : HttpProxy.parse(name, value(name));
  }

  /** The variable that names the proxy for this endpoint; empty when the way is direct. */
  public String variableFor(URI endpoint, Protocol protocol) {
    boolean tunnel = Endpoints.secure(endpoint) || protocol == Protocol.GRPC;
    String name = tunnel && !value("HTTPS_PROXY").isEmpty() ? "HTTPS_PROXY" : "HTTP_PROXY";
    boolean ours = Endpoints.secure(endpoint) ? name.equals("HTTPS_PROXY") : true;
    boolean named = ours && !value(name).isEmpty();
    return named && !isDirect(Endpoints.host(endpoint), Endpoints.port(endpoint)) ? name : "";
  }

  private boolean isDirect(String host, int port) {
    String lower = host.toLowerCase(Locale.ROOT);
    InetAddress address = literal(lower);
    if (lower.equals("localhost") || address != null && address.isLoopbackAddress()) {
      return true;
    }
    return direct.stream().anyMatch(entry -> matches(entry, lower, address, port));
  }

  private static boolean matches(
      String entry, String host, @Nullable InetAddress address, int port) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.contains("/")) {
      return address != null && inRange(entry, address);
    }
    String name = withoutPort(entry);
    if (!name.equals(entry) && !entry.endsWith(":" + port)) {
      return false;
    }
    InetAddress named = literal(name);
    if (named != null) {
      return named.equals(address);
    }
    String suffix = name.startsWith("*.") ? name.substring(1) : name;
    return suffix.startsWith(".")
        ? host.endsWith(suffix)
        : host.equals(suffix) || host.endsWith("." + suffix);
  }

  private static String withoutPort(String entry) {
    if (entry.startsWith("[")) {
      int end = entry.indexOf(']');
      return end < 0 ? entry : entry.substring(1, end);
    }
    int colon = entry.indexOf(':');
    return colon < 0 || colon != entry.lastIndexOf(':') ? entry : entry.substring(0, colon);
  }

  private static boolean inRange(String range, InetAddress address) {
    int slash = range.indexOf('/');
    InetAddress network = literal(range.substring(0, slash));
    String bits = range.substring(slash + 1);
    if (network == null || !bits.matches("[0-9]{1,3}")) {
      return false;
    }
    byte[] one = network.getAddress();
    byte[] two = address.getAddress();
    int length = Integer.parseInt(bits);
    if (one.length != two.length || length > one.length * 8) {
      return false;
    }
    for (int bit = 0; bit < length; bit++) {
      if (((one[bit / 8] ^ two[bit / 8]) & 0x80 >>> bit % 8) != 0) {
        return false;
      }
    }
    return true;
  }

  /** An address that is written as one; never asks DNS. */
  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
