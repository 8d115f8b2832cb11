package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.wire.Batch;

/**
 * {@code probabilistic_sampler}, asked of one span: whether it stays, and with what trace state.
 *
 * <pre>
 * randomness   hash_seed: from a hash of the trace id, else rv, else the trace id's last 56 bits
 * threshold    hash_seed: of 14 bits; equalizing: at least; proportional: times what there was
 * error        a malformed trace state, an empty trace id, th above the randomness, and for
 *              hash_seed rv or th at all: drops with fail_closed, else keeps
 * priority     sampling.priority above 0 keeps and 0 drops, whatever the rest says
 * kept         th is written, unless the trace state is malformed; hash_seed writes rv too
 * </pre>
 *
 * <p>Source: opentelemetry-collector-contrib, processor/probabilisticsamplerprocessor.
 */
final class SpanSampler {
  private static final long ALWAYS = 0;
  private static final long NEVER = Threshold.MAX;
  private static final long RANDOMNESS_MAX = Threshold.MAX - 1;

  private final ProbabilisticSampler settings;
  private final OtelTraceState state = new OtelTraceState();
  private final SamplingPriority priority = new SamplingPriority();
  private final long fixed; // threshold, but for proportional
  private boolean writes;

  SpanSampler(ProbabilisticSampler settings) {
    this.settings = settings;
    fixed = settings.threshold();
  }

  /** Decides the span, whose trace state is here (an earlier sampler may have written it). */
  boolean keeps(Batch batch, int row, byte[] buffer, int offset, int length) {
    boolean wellFormed = state.read(buffer, offset, length);
    if (fixed == NEVER) {
      return keepsNever(batch, row, wellFormed);
    }
    boolean named = (batch.traceIdHigh(row) | batch.traceIdLow(row)) != 0;
    boolean hashes = settings.mode() == ProbabilisticSampler.Mode.HASH_SEED;
    boolean inUse = hashes && (state.randomness() >= 0 || state.threshold() >= 0);
    writes = wellFormed && !inUse;
    long randomness = named ? randomness(batch, row, hashes) : RANDOMNESS_MAX;
    if (hashes && writes) {
      state.setRandomness(randomness);
    }
    boolean error =
        !writes || !isConsistent(named || (!hashes && state.randomness() >= 0), randomness);
    return keeps(batch, row, error ? whenUnclear() : threshold(), randomness);
  }

  private long whenUnclear() {
    return settings.failClosed() ? NEVER : ALWAYS;
  }

  /** At 0 %: by priority, or because it is unclear and that keeps. */
  private boolean keepsNever(Batch batch, int row, boolean wellFormed) {
    writes = true;
    boolean error = !wellFormed || !isConsistent(true, RANDOMNESS_MAX);
    return keeps(batch, row, error ? whenUnclear() : NEVER, RANDOMNESS_MAX);
  }

  private boolean keeps(Batch batch, int row, long threshold, long randomness) {
    long decided =
        switch (priority.of(batch, row)) {
          case KEEP -> ALWAYS;
          case DROP -> NEVER;
          case NONE -> threshold;
        };
    boolean kept = decided <= randomness;
    if (kept && writes) {
      state.raiseThreshold(decided);
    }
    return kept;
  }

  private long randomness(Batch batch, int row, boolean hashes) {
    if (hashes) {
      return Fnv.randomness(settings.hashSeed(), batch.traceIdHigh(row), batch.traceIdLow(row));
    }
    return state.randomness() >= 0 ? state.randomness() : batch.traceIdLow(row) & RANDOMNESS_MAX;
  }

  /** A threshold that the span should not have passed is a lie, and cleared. */
  private boolean isConsistent(boolean hasRandomness, long randomness) {
    if (!hasRandomness) {
      return false;
    }
    if (state.threshold() > randomness) {
      state.clearThreshold();
      return false;
    }
    return true;
  }

  private long threshold() {
    return settings.mode() == ProbabilisticSampler.Mode.HASH_SEED
        ? fixed
        : settings.threshold(state.threshold());
  }

  /** Whether the span that is kept gets another trace state. */
  boolean writes() {
    return writes;
  }

  /** That trace state; its length. */
  int write(byte[] out) {
    return state.write(out, 0);
  }
}
