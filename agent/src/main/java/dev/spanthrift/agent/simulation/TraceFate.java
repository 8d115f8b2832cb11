package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.wire.Batch;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What would become of one trace? The same as {@link WhatIf} decides where nothing was learned
 * before, since it is the same sampler over the same traffic; but nothing is written down of the
 * others, and it ends when this one is decided.
 */
public final class TraceFate implements Playback.Listener, Fates {
  private final long high;
  private final long low;
  private final long deadline;
  private final LongSupplier nanos;
  private final RecordedTraffic traffic;
  private final Question question;
  private final SpanRing.@Nullable LearnedBefore learned;

  private int missing; // spans of the trace that are not decided
  private long spans;
  private int kept;
  private String reason = "";
  private @Nullable Double probability;
  private boolean late;

  private TraceFate(
      RecordedTraffic traffic,
      Question question,
      SpanRing.@Nullable LearnedBefore learned,
      Sought sought,
      long deadline,
      LongSupplier nanos) {
    this.traffic = traffic;
    this.question = question;
    this.learned = learned;
    high = sought.high;
    low = sought.low;
    missing = sought.spans;
    this.deadline = deadline;
    this.nanos = nanos;
  }

  /**
   * One trace of the recording.
   *
   * @param spans of it that are recorded
   */
  public record Sought(long high, long low, int spans) {}

  /**
   * What became of it.
   *
   * @param reason as it is counted
   * @param probability that the budget found for it; null where it was not asked
   * @param spans played until it was decided, its own among them
   * @param seconds that they took to come
   */
  public record Told(
      boolean kept, String reason, @Nullable Double probability, long spans, double seconds) {}

  /**
   * Plays the recording until the trace is decided.
   *
   * @param learned when the recording begins; null: nothing, as in a process that has just started
   * @param deadline by {@code nanos}, at which it gives up
   * @return null when time was too short
   * @throws IOException if the traffic cannot be read
   * @throws InterruptedException when it is to stop
   */
  public static @Nullable Told of(
      RecordedTraffic traffic,
      Question question,
      SpanRing.@Nullable LearnedBefore learned,
      Sought sought,
      long deadline,
      LongSupplier nanos)
      throws IOException, InterruptedException {
    return new TraceFate(traffic, question, learned, sought, deadline, nanos).play();
  }

  private @Nullable Told play() throws IOException, InterruptedException {
    try (Fleet fleet = new Fleet(question, this, request -> {}, learned)) {
      Playback playback = new Playback(traffic, question, fleet, this);
      playback.play();
      return late || missing > 0
          ? null
          : new Told(kept > 0, reason, probability, spans, playback.seconds());
    }
  }

  @Override
  public void received(Batch batch) {
    spans += batch.size();
  }

  @Override
  public boolean read(long requests) {
    return goesOn();
  }

  @Override
  public boolean ticked() {
    return goesOn();
  }

  private boolean goesOn() {
    late |= nanos.getAsLong() - deadline > 0;
    return missing > 0 && !late;
  }

  @Override
  public void decided(long traceHigh, long traceLow, double found) {
    if (traceHigh == high && traceLow == low) {
      probability = found;
    }
  }

  @Override
  public void kept(long traceHigh, long traceLow, int of, long bytes, String why) {
    if (traceHigh == high && traceLow == low) {
      missing -= of;
      kept += of;
      reason = why;
    }
  }

  @Override
  public void dropped(long traceHigh, long traceLow, int of, long bytes, String why) {
    if (traceHigh == high && traceLow == low) {
      missing -= of;
      reason = kept > 0 ? reason : why;
    }
  }
}
