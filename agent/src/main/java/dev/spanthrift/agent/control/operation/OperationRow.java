package dev.spanthrift.agent.control.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.sampler.estimate.Interval;
import org.jspecify.annotations.Nullable;

/**
 * One operation since start.
 *
 * @param keptShare of spans
 * @param estimate what a reader of the kept spans says of all of them
 * @param floor the smallest probability that a kept span of it had; missing where none is kept
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OperationRow(
    String service,
    String operation,
    Side all,
    Side kept,
    double keptShare,
    Estimate estimate,
    @Nullable Double floor) {
  /**
   * Counts of all or of what is kept.
   *
   * @param errorRate missing where there is no span
   * @param perSecond spans, mean since start
   * @param perSecondLately of the last minute or two; missing until they are known
   * @param p50 seconds, of all only; likewise the others
   * @param money by the list
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Side(
      long spans,
      long errors,
      long bytes,
      @Nullable Double errorRate,
      double perSecond,
      @Nullable Double perSecondLately,
      @Nullable Double p50,
      @Nullable Double p95,
      @Nullable Double p99,
      double money) {}

  /** With 95 % intervals; durations in seconds. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Estimate(
      Interval spans,
      Interval errors,
      @Nullable Interval p50,
      @Nullable Interval p95,
      @Nullable Interval p99) {}
}
