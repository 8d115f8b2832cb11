package dev.spanthrift.agent.config.settings;

import java.util.Locale;
import java.util.Set;

/**
 * Tells whether a destination is this program's own OTLP port, which would send spans in a circle
 * (specs.md 1D, "Loops").
 *
 * <p>Compares names as they are written; a name that only DNS leads back here is found when the
 * destination connects.
 */
final class OwnAddress {
  private static final Set<String> LOOPBACK =
      Set.of("localhost", "localhost.", "127.0.0.1", "::1", "0.0.0.0", "::");

  private OwnAddress() {}

  static boolean is(DestinationSettings destination, ListenSettings listen) {
    return is(destination, listen.grpc().host(), listen.grpc().port())
        || is(destination, listen.http().host(), listen.http().port());
  }

  private static boolean is(DestinationSettings destination, String host, int port) {
    String there = destination.host().toLowerCase(Locale.ROOT);
    String here = host.toLowerCase(Locale.ROOT);
    boolean sameHost = there.equals(here) || (isLoopback(there) && isLoopback(here));
    return sameHost && destination.port() == port;
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.contains(host) || host.startsWith("127.");
  }
}
