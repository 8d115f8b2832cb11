package dev.spanthrift.sampler.policy;

/**
 * What one policy did since it came into force; matched = kept + dropped + leftToBudget +
 * overShare.
 *
 * <p>Of a policy in shadow the parts are what it would have done, and the last two compare that
 * with what was really decided, where that is known without the budget.
 *
 * @param overShare it kept for certain, but policies had taken their share of the money, and the
 *     budget decided
 * @param more it would have kept, but was dropped
 * @param less it would have dropped, but was kept
 */
public record PolicyCounts(
    String name,
    boolean shadow,
    Amount matched,
    Amount kept,
    Amount dropped,
    Amount leftToBudget,
    Amount overShare,
    Amount more,
    Amount less) {
  /** Fragments, and their spans and encoded bytes. */
  public record Amount(long traces, long spans, long bytes) {
    Amount plus(Amount other) {
      return new Amount(traces + other.traces, spans + other.spans, bytes + other.bytes);
    }
  }
}
