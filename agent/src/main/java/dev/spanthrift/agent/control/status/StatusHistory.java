package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The last two minutes of a few counters, one reading a second: what rates are made of.
 *
 * <p>Bounded: the oldest reading gives way.
 */
public final class StatusHistory {
  private static final int READINGS = 121;
  private static final int RATE_SECONDS = 10;

  private final Supplier<PipelineStatus> source;
  private final Reading[] ring = new Reading[READINGS];
  private int taken;

  public StatusHistory(Supplier<PipelineStatus> source) {
    this.source = source;
  }

  /** Counters at one moment. */
  private record Reading(
      long unixMillis,
      long requests,
      long received,
      long receivedBytes,
      long kept,
      long dropped,
      long shipped,
      long keptBytes) {}

  /** Means over the last seconds; zeros until there are two readings. */
  record Rates(
      double windowSeconds,
      double requestsPerSecond,
      double receivedSpansPerSecond,
      double receivedBytesPerSecond,
      double keptSpansPerSecond,
      double keptBytesPerSecond,
      double droppedSpansPerSecond,
      double shippedSpansPerSecond) {}

  /** Spans per second in each of the last seconds, oldest first. */
  record Curve(int stepSeconds, List<Double> received, List<Double> kept, List<Double> dropped) {}

  /** Reads once a second from now on. */
  public void every(ScheduledExecutorService timer) {
    var unused =
        timer.scheduleAtFixedRate(
            Guarded.task("status history", this::read), 0, 1, TimeUnit.SECONDS);
  }

  /** Takes one reading. */
  void read() {
    PipelineStatus status = source.get();
    PipelineStatus.Spans spans = status.spans();
    PipelineStatus.Offers door = status.signals().get(Signal.TRACES);
    add(
        new Reading(
            status.nowUnixMillis(),
            door == null ? 0 : door.offered(),
            spans.received(),
            spans.receivedBytes(),
            spans.kept(),
            spans.dropped(),
            spans.shipped(),
            spans.keptBytes()));
  }

  private synchronized void add(Reading reading) {
    ring[taken++ % READINGS] = reading;
  }

  synchronized Rates rates() {
    int size = Math.min(taken, READINGS);
    if (size < 2) {
      return new Rates(0, 0, 0, 0, 0, 0, 0, 0);
    }
    Reading now = back(0);
    Reading then = back(Math.min(RATE_SECONDS, size - 1));
    double seconds = seconds(then, now);
    return new Rates(
        seconds,
        (now.requests - then.requests) / seconds,
        (now.received - then.received) / seconds,
        (now.receivedBytes - then.receivedBytes) / seconds,
        (now.kept - then.kept) / seconds,
        (now.keptBytes - then.keptBytes) / seconds,
        (now.dropped - then.dropped) / seconds,
        (now.shipped - then.shipped) / seconds);
  }

  synchronized Curve curve() {
    List<Double> received = new ArrayList<>();
    List<Double> kept = new ArrayList<>();
    List<Double> dropped = new ArrayList<>();
    for (int i = Math.min(taken, READINGS) - 1; i > 0; i--) {
      Reading then = back(i);
      Reading now = back(i - 1);
      double seconds = seconds(then, now);
      received.add((now.received - then.received) / seconds);
      kept.add((now.kept - then.kept) / seconds);
      dropped.add((now.dropped - then.dropped) / seconds);
    }
    return new Curve(1, received, kept, dropped);
  }

  private Reading back(int readings) {
    return ring[(taken - 1 - readings) % READINGS];
  }

  private static double seconds(Reading then, Reading now) {
    return Math.max(1, now.unixMillis - then.unixMillis) / 1e3;
  }
}
