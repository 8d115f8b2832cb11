package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.estimate.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What would have become of recorded traffic.
 *
 * @param requests read
 * @param sources pods that they came from
 * @param samplers that ran: one for each source, or one
 * @param seconds from the first request to the last
 * @param budgets of the configuration, when the question was asked with them
 * @param keptByReason policies by their name, classes of the budget as {@code budget:…}; a trace
 *     stands at the reason that kept the first of it, so that traces add up
 * @param droppedByReason likewise; only traces of which nothing is kept count as traces
 * @param operations those with at least {@link #SPANS_MIN} spans, worst first
 * @param warnings what the reader should know before trusting it
 */
public record WhatIfAnswer(
    long requests,
    int sources,
    int samplers,
    double seconds,
    Quantity received,
    Quantity kept,
    double shareOfBytes,
    Cost cost,
    List<OfBudget> budgets,
    long wholeTraces,
    Map<String, Quantity> keptByReason,
    Map<String, Quantity> droppedByReason,
    Errors errors,
    List<Operation> operations,
    List<String> warnings) {
  /** Operations with fewer spans are not estimated: nobody could. */
  public static final int SPANS_MIN = 100;

  /** The same with more warnings. */
  public WhatIfAnswer with(List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(warnings);
    return new WhatIfAnswer(
        requests,
        sources,
        samplers,
        seconds,
        received,
        kept,
        shareOfBytes,
        cost,
        budgets,
        wholeTraces,
        keptByReason,
        droppedByReason,
        errors,
        operations,
        List.copyOf(all));
  }

  /** A part of the traffic; bytes of encoded spans, without envelopes. */
  public record Quantity(long traces, long spans, long bytes) {}

  /**
   * Money at the price that was asked with.
   *
   * @param received what all of it would cost
   */
  public record Cost(String currency, double received, double kept, double saved) {}

  /**
   * One budget over the recording, in virtual time that begins with a period; money by the bill,
   * with allotments and tiers.
   *
   * @param scope resource attributes of what it pays for; empty: everything
   * @param amount for one period
   * @param period hour, day or month
   * @param periods that the recording lasts
   * @param allowed amount × periods; what flows forward inside a period may be spent early
   * @param spent in all of them
   * @param spentMost in a single one: above the amount only if the budget is not a hard one
   * @param received what all of it would have cost
   */
  public record OfBudget(
      String name,
      Map<String, String> scope,
      String currency,
      double amount,
      String period,
      double periods,
      double allowed,
      double spent,
      double spentMost,
      double received) {}

  /**
   * What became of errors.
   *
   * @param traces with an error span
   * @param keptTraces of these, those of which an error span is kept
   * @param signatures seen: operation and kind of error
   * @param lost signatures of which no span is kept, with their spans; at most 1000
   */
  public record Errors(
      long traces, long keptTraces, int signatures, int lostSignatures, List<Signature> lost) {}

  /** One kind of error. */
  public record Signature(String service, String operation, String error, long spans) {}

  /**
   * What a reader of the kept spans would say of an operation, and the truth.
   *
   * @param worst largest relative error of count and quantiles; infinite errors, where nothing is
   *     kept, count as 1
   */
  public record Operation(
      String service,
      String name,
      int keptSpans,
      int keptTraces,
      double worst,
      Estimate count,
      Estimate p50,
      Estimate p95,
      Estimate p99) {}

  /**
   * One estimate against the truth; durations in nanoseconds.
   *
   * @param relativeError (estimate − truth) / truth; −1 when nothing is kept
   */
  public record Estimate(double truth, double relativeError, Interval estimated) {}
}
