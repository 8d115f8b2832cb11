package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The last two minutes of a few counters, one reading a second: what rates are made of.
 *
 * <p>Reads nothing itself: who reads once a second anyway hands it on. While nothing moves nobody
 * does: the seconds that are missing were all like the last one. Bounded: the oldest reading gives
 * way.
 */
public final class StatusHistory {
  private static final int READINGS = 121;
  private static final int RATE_SECONDS = 10;

  private static final long STEP_MILLIS = 1_000;

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
      long keptBytes) {
    Reading at(long millis) {
      return new Reading(
          millis, requests, received, receivedBytes, kept, dropped, shipped, keptBytes);
    }
  }

  /** Means over the last seconds; zeros until there are two readings. */
  public record Rates(
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

  /** Takes one reading, as a rule once a second. */
  public void note(PipelineStatus status) {
    makeUp(status.nowUnixMillis());
    add(readingOf(status));
  }

  /** Repeats the last reading for each second that nobody has read since. */
  private synchronized void makeUp(long nowMillis) {
    if (taken == 0) {
      return;
    }
    if (nowMillis < back(0).unixMillis) {
      shift(nowMillis - STEP_MILLIS - back(0).unixMillis);
    }
    Reading last = back(0);
    long missing = (nowMillis - last.unixMillis) / STEP_MILLIS - 1;
    for (long i = Math.max(0, missing - READINGS); i < missing; i++) {
      add(last.at(last.unixMillis + (i + 1) * STEP_MILLIS));
    }
  }

  /** The clock was set back: what was read goes with it, or rates would be over no time at all. */
  private void shift(long millis) {
    for (int i = 0; i < Math.min(taken, READINGS); i++) {
      ring[i] = ring[i].at(ring[i].unixMillis + millis);
    }
  }

  private static Reading readingOf(PipelineStatus status) {
    SamplerCounts spans = status.spans();
    PipelineStatus.Offers door = status.signals().get(Signal.TRACES);
    return new Reading(
        status.nowUnixMillis(),
        door == null ? 0 : door.offered(),
        spans.received().spans(),
        spans.received().bytes(),
        spans.kept().spans(),
        spans.dropped().spans(),
        status.shipping().shipped(),
        spans.kept().bytes());
  }

  private synchronized void add(Reading reading) {
    ring[taken++ % READINGS] = reading;
  }

  public synchronized Rates rates() {
    makeUp(source.get().nowUnixMillis());
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
    makeUp(source.get().nowUnixMillis());
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
