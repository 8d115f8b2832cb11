package dev.spanthrift.agent.control.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.Paging;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.explain.LoggedDecision;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last decisions, page by page, so that a person finds one to ask about. */
public final class DecisionSearch {
  private static final Set<String> OUTCOMES = Set.of("kept", "dropped", "limbo");

  private final PipelineView pipeline;

  public DecisionSearch(PipelineView pipeline) {
    this.pipeline = pipeline;
  }

  /** What is looked for; null means any. */
  public record DecisionQuery(
      @Nullable String service,
      @Nullable String operation,
      @Nullable String outcome,
      @Nullable String reason) {
    public DecisionQuery {
      if (outcome != null && !OUTCOMES.contains(outcome)) {
        throw ProblemException.invalid(
            "/outcome", "outcome is kept, dropped or limbo, not " + outcome, "outcome=dropped");
      }
    }
  }

  /**
   * One page, the youngest first.
   *
   * @param next the cursor of the page after; missing at the end
   * @param held decisions that the log has, of all that were noted
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(List<Row> decisions, @Nullable String next, long held, long noted) {}

  /**
   * One decision in short; the rest is in its explanation.
   *
   * @param traceClass what the budget saw in it; missing where a policy decided
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Row(
      String traceId,
      Instant at,
      String outcome,
      @Nullable String reason,
      String service,
      String operation,
      int spans,
      long bytes,
      double duration,
      boolean error,
      double probability,
      @Nullable String traceClass) {}

  Page page(DecisionLog log, DecisionQuery filter, Paging paging) {
    Map<Integer, Boolean> wanted = new HashMap<>(); // by operation
    List<LoggedDecision> found =
        log.recent(
            paging.before(),
            paging.limit() + 1,
            decision ->
                isOf(decision, filter)
                    && wanted.computeIfAbsent(decision.operation(), op -> isOf(op, filter)));
    DecisionLog.Counts counts = log.counts();
    return new Page(
        paging.page(found).stream().map(this::row).toList(),
        paging.next(found, LoggedDecision::number),
        counts.held(),
        counts.noted());
  }

  /** Whether one is looked for. */
  public boolean isWanted(LoggedDecision decision, DecisionQuery filter) {
    return isOf(decision, filter) && isOf(decision.operation(), filter);
  }

  private static boolean isOf(LoggedDecision decision, DecisionQuery filter) {
    boolean outcome =
        filter.outcome == null || filter.outcome.equals(Explainer.outcome(decision.outcome()));
    return outcome && (filter.reason == null || filter.reason.equals(decision.reason()));
  }

  private boolean isOf(int operation, DecisionQuery filter) {
    OperationMeasures.Labels named = pipeline.operation(operation);
    boolean service = filter.service == null || filter.service.equals(named.service());
    return service && (filter.operation == null || filter.operation.equals(named.operation()));
  }

  /** One in short. */
  public Row row(LoggedDecision decision) {
    OperationMeasures.Labels entry = pipeline.operation(decision.operation());
    LoggedDecision.Amounts amounts = decision.amounts();
    return new Row(
        new TraceId(decision.traceIdHigh(), decision.traceIdLow()).toString(),
        Instant.ofEpochMilli(decision.unixMillis()),
        Explainer.outcome(decision.outcome()),
        Explainer.reason(decision),
        entry.service(),
        entry.operation(),
        amounts.spans(),
        amounts.bytes(),
        amounts.durationNanos() / 1e9,
        amounts.error(),
        decision.probability(),
        traceClass(decision.allocation()));
  }

  private static @Nullable String traceClass(LoggedDecision.@Nullable OfBudget said) {
    return said == null ? null : said.traceClass().name().toLowerCase(Locale.ROOT);
  }
}
