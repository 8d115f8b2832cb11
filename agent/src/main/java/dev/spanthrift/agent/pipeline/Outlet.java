package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * All destinations as one: every request goes to each, and shares its bytes.
 *
 * <p>The first destination is the one that the account is about; a queue that is full costs its own
 * destination the request, counted as {@link #QUEUE_FULL}, and nobody else.
 */
final class Outlet {
  static final String QUEUE_FULL = "queue_full";
  private static final double FULL = 0.9; // of the first queue: new requests are asked to wait

  private final List<Destination> destinations;
  private final AtomicLongArray overflowed; // items by destination and signal
  private final int signals = Signal.values().length;

  Outlet(List<Destination> destinations) {
    this.destinations = List.copyOf(destinations);
    overflowed = new AtomicLongArray(destinations.size() * signals);
  }

  /**
   * Sends a request that nobody has acknowledged yet.
   *
   * @return false when the first destination has no room: the sender should come back later, and
   *     nothing was sent
   */
  boolean passOn(Signal signal, byte[] request, long items) {
    Shipment shipment = new Shipment(signal, request, items);
    if (!destinations.isEmpty() && !destinations.getFirst().offer(shipment)) {
      return false;
    }
    for (int i = 1; i < destinations.size(); i++) {
      offer(i, shipment);
    }
    return true;
  }

  /** Sends kept spans; what finds no room is counted. */
  void ship(byte[] request, long spans) {
    Shipment shipment = new Shipment(Signal.TRACES, request, spans);
    for (int i = 0; i < destinations.size(); i++) {
      offer(i, shipment);
    }
  }

  private void offer(int destination, Shipment shipment) {
    if (!destinations.get(destination).offer(shipment)) {
      int counter = destination * signals + shipment.signal().ordinal();
      overflowed.addAndGet(counter, shipment.items());
    }
  }

  /** Whether the first destination's queue is so full that callers should come back later. */
  boolean isFull() {
    if (destinations.isEmpty()) {
      return false;
    }
    Destination first = destinations.getFirst();
    return first.queuedBytes() > first.queueBytesMax() * FULL;
  }

  long overflowed(int destination, Signal signal) {
    return overflowed.get(destination * signals + signal.ordinal());
  }

  List<DestinationStatus> status() {
    List<DestinationStatus> all = new ArrayList<>();
    destinations.forEach(d -> all.add(d.status()));
    return all;
  }

  void drain(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    for (Destination destination : destinations) {
      destination.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
  }
}
