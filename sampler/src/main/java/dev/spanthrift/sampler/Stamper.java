package dev.spanthrift.sampler;

import dev.spanthrift.sampler.probability.Randomness;
import dev.spanthrift.sampler.probability.TraceStateWriter;
import dev.spanthrift.sampler.wire.RequestWriter;
import java.util.Locale;

/** Writes one trace's threshold into the trace states of its spans, and counts what it found. */
final class Stamper implements RequestWriter.TraceStateEdit {
  private final boolean stampAlways;
  private final SamplerCounts.Counters counters;
  private long threshold;
  private long randomness;
  private boolean explicit;

  Stamper(boolean stampAlways, SamplerCounts.Counters counters) {
    this.stampAlways = stampAlways;
    this.counters = counters;
  }

  /**
   * The trace whose spans follow.
   *
   * @param explicit whether its randomness cannot be read from its trace id
   */
  void begin(long threshold, long randomness, boolean explicit) {
    this.threshold = threshold;
    this.randomness = randomness;
    this.explicit = explicit && threshold > 0;
  }

  @Override
  public int edit(byte[] source, int offset, int length, byte[] into) {
    if (length > LENGTH_MAX - TraceStateWriter.GROWTH_MAX) {
      counters.traceState("oversize");
      return TraceStateWriter.UNCHANGED;
    }
    TraceStateWriter.Stamp plan =
        TraceStateWriter.plan(source, offset, length, threshold, randomness, stampAlways, explicit);
    if (plan != TraceStateWriter.Stamp.STAMPED) {
      counters.traceState(plan.name().toLowerCase(Locale.ROOT));
    }
    long rv = explicit ? randomness : Randomness.NONE;
    return TraceStateWriter.write(source, offset, length, threshold, rv, plan, into, 0);
  }
}
