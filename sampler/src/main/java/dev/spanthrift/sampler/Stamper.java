package dev.spanthrift.sampler;

import dev.spanthrift.sampler.probability.TraceStateWriter;
import dev.spanthrift.sampler.wire.RequestWriter;
import java.util.Locale;

/** Writes one trace's threshold into the trace states of its spans, and counts what it found. */
final class Stamper implements RequestWriter.TraceStateEdit {
  private final boolean stampAlways;
  private final SamplerCounts.Counters counters;
  private long threshold;
  private long randomness;

  Stamper(boolean stampAlways, SamplerCounts.Counters counters) {
    this.stampAlways = stampAlways;
    this.counters = counters;
  }

  /** The trace whose spans follow. */
  void begin(long threshold, long randomness) {
    this.threshold = threshold;
    this.randomness = randomness;
  }

  @Override
  public int edit(byte[] source, int offset, int length, byte[] into) {
    if (length > LENGTH_MAX - TraceStateWriter.GROWTH_MAX) {
      counters.traceState("oversize");
      return TraceStateWriter.UNCHANGED;
    }
    TraceStateWriter.Stamp plan =
        TraceStateWriter.plan(source, offset, length, threshold, randomness, stampAlways);
    if (plan != TraceStateWriter.Stamp.STAMPED) {
      counters.traceState(plan.name().toLowerCase(Locale.ROOT));
    }
    return TraceStateWriter.write(source, offset, length, threshold, plan, into, 0);
  }
}
