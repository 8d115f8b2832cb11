package dev.spanthrift.sampler.explain;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision about one fragment, with what it was made from.
 *
 * @param number grows with every decision
 * @param policyVersion of the policies that it began under; 0 where others decide
 * @param operation id of its entry in the operations table
 * @param amounts what it is made of
 * @param policy name of the policy that matched, {@code default} when none did
 * @param probability of its own; what a policy gave or, where {@code allocation} is, the budget
 * @param allocation what the budget said; null where a policy decided
 * @param outcome what became of it
 * @param inclusion probability that the trace's kept spans carry: its own, or a larger one that
 *     another pod told
 * @param reason why it was kept or dropped, as counted; empty while it waits
 * @param randomness of the trace, 56 bits
 * @param upstream probability that it came with; 1 when nothing was said
 * @param facts answers to the questions of its policies
 */
public record LoggedDecision(
    long number,
    long traceIdHigh,
    long traceIdLow,
    long unixMillis,
    long policyVersion,
    int operation,
    Amounts amounts,
    String policy,
    double probability,
    @Nullable OfBudget allocation,
    Conclusion outcome,
    double inclusion,
    String reason,
    long randomness,
    double upstream,
    List<Long> facts) {
  public LoggedDecision {
    facts = List.copyOf(facts);
  }

  /** What became of it. */
  public enum Conclusion {
    /** In limbo: another pod, or a late error, may still keep it. */
    WAITING,
    KEPT,
    DROPPED
  }

  /**
   * What conditions about a trace look at.
   *
   * @param rooted whether the trace's root is among its spans
   */
  public record Amounts(int spans, long bytes, long durationNanos, boolean error, boolean rooted) {}

  /**
   * What the budget said.
   *
   * @param traceClass that gave the largest probability
   * @param price expected of the whole trace, in units of price
   * @param level money that was there, in the same
   */
  public record OfBudget(TraceClass traceClass, double price, double level) {}

  /** A fragment that has these amounts and no spans: for conditions that ask again. */
  public Fragment fragment() {
    return Fragment.ofSums(
        traceIdHigh,
        traceIdLow,
        randomness,
        amounts.spans,
        amounts.bytes,
        amounts.durationNanos,
        amounts.error,
        amounts.rooted);
  }

  /** The answers as conditions read them. */
  public long[] factWords() {
    return facts.stream().mapToLong(Long::longValue).toArray();
  }
}
