package dev.spanthrift.exporter.destination;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Senders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.random.RandomGenerator;
import reactor.netty.resources.LoopResources;

/** Opens destinations. */
public final class Destinations {
  private Destinations() {}

  /**
   * Opens a destination on the caller's event loops; connects when the first request is offered.
   *
   * @throws IllegalArgumentException when a certificate file cannot be used
   */
  public static Destination open(ExportSettings settings, ClientLoops loops) {
    return open(settings, loops, () -> {});
  }

  /** Opens a destination with one event loop of its own. */
  public static Destination open(ExportSettings settings) {
    LoopResources own = LoopResources.create("spanthrift-" + settings.name(), 1, true);
    return open(settings, ClientLoops.of(own), own::dispose);
  }

  private static Destination open(ExportSettings settings, ClientLoops loops, Runnable afterClose) {
    Sender sender = Senders.open(settings, loops);
    return new OtlpDestination(
        settings, sender, loops.timer(), RandomGenerator.getDefault(), afterClose);
  }

  /**
   * Refuses a destination that is one of this process's own ports: every span would go round for
   * ever (specs.md 1D).
   *
   * @param listening bound addresses, with their real ports
   * @throws IllegalArgumentException saying which and what would be right
   */
  public static void requireNotOwn(URI endpoint, Collection<InetSocketAddress> listening) {
    if (Endpoints.own(endpoint, listening)) {
      throw ExportSettings.bad(
          "endpoint", endpoint, "another address: Spanthrift itself listens on " + listening);
    }
  }

  /** As above, for the base and for each signal's own endpoint. */
  public static void requireNotOwn(
      ExportSettings settings, Collection<InetSocketAddress> listening) {
    requireNotOwn(settings.endpoint(), listening);
    settings.signalEndpoints().values().forEach(uri -> requireNotOwn(uri, listening));
  }
}
