package dev.spanthrift.sampler;

import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;

/**
 * Decides fragments: Spanthrift's own policies and budget, or another system's rules.
 *
 * <p>Two moments: each span is observed once, when it arrives and its bytes are at hand, and leaves
 * facts, bits that are OR-ed over the fragment; the fragment is judged when it is due, from its
 * columns and its facts. Must not look at the trace's randomness (a threshold chosen after seeing
 * it is biased: R2). Called by one thread at a time.
 */
public interface Judge {
  /** Words of facts that every fragment has. */
  int FACT_WORDS = 4;

  /** Number of the policies that it decides by; 0 where they have none. */
  default long version() {
    return 0;
  }

  /** Words of facts that it asks for, at most {@link #FACT_WORDS}. */
  default int factWords() {
    return 0;
  }

  /** Called for each batch, before its spans are observed. */
  default void begin(Batch batch) {}

  /** Sets the facts of one span, at {@code facts[offset]} and the words behind it. */
  void observe(Batch batch, int row, long[] facts, int offset);

  /** Fills in the verdict on a fragment that is due. */
  void judge(Fragment fragment, long[] facts, int offset, long nowNanos, Verdict verdict);

  /**
   * Decides a span at once, when it arrives, apart from its trace; fills in the verdict if so.
   * Spans decided so are not observed.
   */
  default boolean judgesSpan(Batch batch, int row, Verdict verdict) {
    return false;
  }

  /**
   * Whether a fragment is judged early when more of them wait than may; otherwise it is dropped
   * unjudged, and what comes later of its trace begins anew.
   */
  default boolean judgesWhenFull() {
    return true;
  }

  /**
   * Learns that the fragment which it has just judged to be kept for certain goes to the budget,
   * because policies have taken their share of the money.
   */
  default void overShare(Fragment fragment) {}

  /** Whether an error that comes late for a dropped trace is judged as a fragment of its own. */
  default boolean judgesLateErrors() {
    return true;
  }

  /** Called once for each tick, before fragments are judged. */
  default void tick(long nowNanos) {}
}
