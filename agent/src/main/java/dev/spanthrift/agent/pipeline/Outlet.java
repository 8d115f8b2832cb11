package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.destination.Sifting;
import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All destinations as one: every request goes to each that takes its signal, and shares its bytes.
 *
 * <p>The first destination of a signal is the one that the account is about; a queue that is full
 * costs its own destination the request, counted as {@link #QUEUE_FULL} with what it was worth, and
 * nobody else: senders are asked to wait only when no destination has room, and nothing in its
 * queue would leave for better. What no destination takes is counted as {@link #NO_DESTINATION}.
 */
final class Outlet {
  static final String QUEUE_FULL = "queue_full";
  static final String NO_DESTINATION = "no_destination";
  private static final long LOOK_AGAIN_NANOS = 1_000_000;
  private static final long SIFT_NANOS = Duration.ofMinutes(10).toNanos(); // longer than a hold
  private static final int SIGNALS = Signal.values().length;
  private static final Worth[] WORTHS = Worth.values();

  private final Destination[] all;
  private final int[][] takers = new int[SIGNALS][]; // by signal, in order
  private final AtomicLongArray overflowed; // items by destination, signal and worth
  private final AtomicLongArray unrouted = new AtomicLongArray(SIGNALS); // items
  private final RefusalLog refusals = new RefusalLog();
  private boolean sifts; // these two only under the pipeline's lock
  private long malformedNanos;

  Outlet(List<Route> routes) {
    all = routes.stream().map(Route::destination).toArray(Destination[]::new);
    overflowed = new AtomicLongArray(all.length * SIGNALS * WORTHS.length);
    for (Signal signal : Signal.values()) {
      int[] found = new int[all.length];
      int count = 0;
      for (int i = 0; i < all.length; i++) {
        if (routes.get(i).signals().contains(signal)) {
          found[count++] = i;
        }
      }
      takers[signal.ordinal()] = java.util.Arrays.copyOf(found, count);
    }
  }

  private int[] takers(Signal signal) {
    return takers[signal.ordinal()];
  }

  /**
   * Sends a request that nobody has acknowledged yet.
   *
   * @return false when no destination of the signal has room: the sender should come back later,
   *     and nothing was sent
   */
  boolean passOn(Signal signal, byte[] request, long items) {
    int[] to = takers(signal);
    if (to.length == 0) {
      unrouted.addAndGet(signal.ordinal(), items);
      return true;
    }
    Shipment shipment = new Shipment(signal, request, items);
    int first = 0;
    while (!all[to[first]].offer(shipment)) {
      if (++first == to.length) {
        refusals.refused(signal, System.nanoTime());
        return false;
      }
    }
    for (int i = 0; i < first; i++) {
      overflow(to[i], shipment);
    }
    for (int i = first + 1; i < to.length; i++) {
      offer(to[i], shipment);
    }
    refusals.taken(signal, System.nanoTime());
    return true;
  }

  /** Sends kept spans; what finds no room is counted. */
  void ship(byte[] request, long spans, Worth worth) {
    int[] to = takers(Signal.TRACES);
    if (to.length == 0) {
      unrouted.addAndGet(Signal.TRACES.ordinal(), spans);
      return;
    }
    Shipment whole = new Shipment(Signal.TRACES, request, spans, worth);
    if (!sifts || System.nanoTime() - malformedNanos > SIFT_NANOS) {
      sifts = false;
      offer(to, whole);
    } else {
      Sifting.of(whole).forEach(part -> offer(to, part));
    }
  }

  /** Spans came in that the specification forbids: for a while such leave alone. */
  void malformed(long nowNanos) {
    malformedNanos = nowNanos;
    sifts = true;
  }

  private void offer(int[] to, Shipment shipment) {
    for (int destination : to) {
      offer(destination, shipment);
    }
  }

  private void offer(int destination, Shipment shipment) {
    if (!all[destination].offer(shipment)) {
      overflow(destination, shipment);
    }
  }

  private void overflow(int destination, Shipment shipment) {
    int counter = counter(destination, shipment.signal()) + shipment.worth().ordinal();
    overflowed.addAndGet(counter, shipment.items());
  }

  private static int counter(int destination, Signal signal) {
    return (destination * SIGNALS + signal.ordinal()) * WORTHS.length;
  }

  /** Whether any queue of this signal fills up, so that it matters what its requests are worth. */
  boolean isCrowded(Signal signal) {
    for (int destination : takers(signal)) {
      if (all[destination].isCrowded()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a sender of this signal should come back later: the queues are all full, and nothing in
   * them would leave.
   */
  boolean refuses(Signal signal) {
    for (int destination : takers(signal)) {
      if (!all[destination].isFullOfTheBest()) {
        refusals.taken(signal, System.nanoTime());
        return false;
      }
    }
    boolean any = takers(signal).length > 0;
    if (any) {
      refusals.refused(signal, System.nanoTime());
    }
    return any;
  }

  private boolean isFull(Signal signal) {
    for (int destination : takers(signal)) {
      if (!all[destination].isFull()) {
        return false;
      }
    }
    return takers(signal).length > 0;
  }

  /** Waits until a queue of this signal has room, or until this moment. */
  void awaitRoom(Signal signal, long untilNanoTime) {
    while (isFull(signal) && untilNanoTime - System.nanoTime() > 0) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** What the first destination of this signal says of it; null before it was offered any. */
  DestinationStatus.@Nullable Counts first(Signal signal, List<DestinationStatus> status) {
    int[] to = takers(signal);
    return to.length == 0 ? null : status.get(to[0]).signals().get(signal);
  }

  /** Items that the signal's first destination had no room for, by reason. */
  Map<String, Long> overflowed(Signal signal) {
    Map<String, Long> byReason = new TreeMap<>();
    if (takers(signal).length > 0) {
      int first = counter(takers(signal)[0], signal);
      for (Worth worth : WORTHS) {
        long items = overflowed.get(first + worth.ordinal());
        if (items > 0) {
          byReason.put(reason(worth), items);
        }
      }
    }
    return byReason;
  }

  private static String reason(Worth worth) {
    return worth == Worth.UNJUDGED ? QUEUE_FULL : QUEUE_FULL + "_" + worth.text();
  }

  /** Items that wait for the signal's first destination, or are on their way to it. */
  long queued(Signal signal) {
    DestinationStatus.Counts counts = first(signal, status());
    return counts == null ? 0 : counts.queued();
  }

  /** Items that no destination takes. */
  long unrouted(Signal signal) {
    return unrouted.get(signal.ordinal());
  }

  List<DestinationStatus> status() {
    List<DestinationStatus> status = new ArrayList<>();
    for (Destination destination : all) {
      status.add(destination.status());
    }
    return status;
  }

  void drain(Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    for (Destination destination : all) {
      destination.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
  }
}
