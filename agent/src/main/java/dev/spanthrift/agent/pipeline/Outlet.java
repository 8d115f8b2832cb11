package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All destinations as one: every request goes to each that takes its signal, and shares its bytes.
 *
 * <p>The first destination of a signal is the one that the account is about; a queue that is full
 * costs its own destination the request, counted as {@link #QUEUE_FULL}, and nobody else: senders
 * are asked to wait only when no destination has room. What no destination takes is counted as
 * {@link #NO_DESTINATION}.
 */
final class Outlet {
  static final String QUEUE_FULL = "queue_full";
  static final String NO_DESTINATION = "no_destination";
  private static final long LOOK_AGAIN_NANOS = 1_000_000;
  private static final double FULL = 0.9; // of every queue: new requests are asked to wait

  private final List<Route> routes;
  private final Map<Signal, List<Integer>> takers = new EnumMap<>(Signal.class);
  private final AtomicLongArray overflowed; // items by destination and signal
  private final AtomicLongArray unrouted; // items by signal
  private final int signals = Signal.values().length;

  Outlet(List<Route> routes) {
    this.routes = List.copyOf(routes);
    overflowed = new AtomicLongArray(routes.size() * signals);
    unrouted = new AtomicLongArray(signals);
    for (Signal signal : Signal.values()) {
      List<Integer> indices = new ArrayList<>();
      for (int i = 0; i < routes.size(); i++) {
        if (routes.get(i).signals().contains(signal)) {
          indices.add(i);
        }
      }
      takers.put(signal, List.copyOf(indices));
    }
  }

  private List<Integer> takers(Signal signal) {
    return takers.getOrDefault(signal, List.of());
  }

  /**
   * Sends a request that nobody has acknowledged yet.
   *
   * @return false when no destination of the signal has room: the sender should come back later,
   *     and nothing was sent
   */
  boolean passOn(Signal signal, byte[] request, long items) {
    List<Integer> to = takers(signal);
    if (to.isEmpty()) {
      unrouted.addAndGet(signal.ordinal(), items);
      return true;
    }
    Shipment shipment = new Shipment(signal, request, items);
    int first = 0;
    while (!routes.get(to.get(first)).destination().offer(shipment)) {
      if (++first == to.size()) {
        return false;
      }
    }
    for (int refused : to.subList(0, first)) {
      overflow(refused, shipment);
    }
    for (int next : to.subList(first + 1, to.size())) {
      offer(next, shipment);
    }
    return true;
  }

  /** Sends kept spans; what finds no room is counted. */
  void ship(byte[] request, long spans) {
    Shipment shipment = new Shipment(Signal.TRACES, request, spans);
    List<Integer> to = takers(Signal.TRACES);
    if (to.isEmpty()) {
      unrouted.addAndGet(Signal.TRACES.ordinal(), spans);
    }
    for (int destination : to) {
      offer(destination, shipment);
    }
  }

  private void offer(int destination, Shipment shipment) {
    if (!routes.get(destination).destination().offer(shipment)) {
      overflow(destination, shipment);
    }
  }

  private void overflow(int destination, Shipment shipment) {
    int counter = destination * signals + shipment.signal().ordinal();
    overflowed.addAndGet(counter, shipment.items());
  }

  /** Whether the queues of this signal are all so full that callers should come back later. */
  boolean isFull(Signal signal) {
    List<Integer> to = takers(signal);
    return !to.isEmpty() && to.stream().allMatch(i -> isFull(routes.get(i).destination()));
  }

  private static boolean isFull(Destination destination) {
    return destination.queuedBytes() > destination.queueBytesMax() * FULL;
  }

  /** Waits until a queue of this signal has room, or until this moment. */
  void awaitRoom(Signal signal, long untilNanoTime) {
    while (isFull(signal) && untilNanoTime - System.nanoTime() > 0) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** What the first destination of this signal says of it; null before it was offered any. */
  DestinationStatus.@Nullable Counts first(Signal signal, List<DestinationStatus> status) {
    List<Integer> to = takers(signal);
    return to.isEmpty() ? null : status.get(to.getFirst()).signals().get(signal);
  }

  /** Items that the signal's first destination had no room for. */
  long overflowed(Signal signal) {
    List<Integer> to = takers(signal);
    return to.isEmpty() ? 0 : overflowed.get(to.getFirst() * signals + signal.ordinal());
  }

  /** Items that no destination takes. */
  long unrouted(Signal signal) {
    return unrouted.get(signal.ordinal());
  }

  List<DestinationStatus> status() {
    List<DestinationStatus> all = new ArrayList<>();
    routes.forEach(route -> all.add(route.destination().status()));
    return all;
  }

  void drain(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    for (Route route : routes) {
      route.destination().drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
  }
}
