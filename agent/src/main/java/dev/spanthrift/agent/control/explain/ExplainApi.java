package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.explain.Explanation.Decided;
import dev.spanthrift.agent.control.explain.Explanation.Held;
import dev.spanthrift.agent.control.explain.Explanation.Otherwise;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.Paging;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.Whereabouts;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.explain.LoggedDecision;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Why was this trace kept or dropped? And what was decided lately? */
@RestController
public final class ExplainApi {
  private static final double MILLIS_AN_HOUR = 3_600_000;

  private final PipelineView pipeline;
  private final Explainer explainer;
  private final OtherAnswers others;
  private final OtherBudgets budgets;
  private final RingQuestions questions;
  private final DecisionSearch search;
  private final @Nullable String traceUrl;

  public ExplainApi(
      PipelineView pipeline,
      PolicyStore policies,
      BoostKeeper boosts,
      SpendView spend,
      RingQuestions questions,
      @Nullable String traceUrl) {
    this.pipeline = pipeline;
    this.traceUrl = traceUrl;
    this.questions = questions;
    budgets = new OtherBudgets(policies, spend, questions, OtherBudgets.PLAY_MAX);
    explainer = new Explainer(pipeline, policies, boosts, spend);
    others = new OtherAnswers(policies);
    search = new DecisionSearch(pipeline);
  }

  @GetMapping("/api/v1/traces/{id}/explain")
  Mono<Explanation> explain(
      @PathVariable String id, @RequestParam(required = false) @Nullable String budget) {
    TraceId trace = TraceId.parse(id);
    OtherBudgets.Asked asked =
        budget == null ? null : new OtherBudgets.Asked(budget, questions.means(budget));
    return Mono.fromCallable(() -> explain(trace, asked)).subscribeOn(Schedulers.boundedElastic());
  }

  private Explanation explain(TraceId id, OtherBudgets.@Nullable Asked asked)
      throws IOException, InterruptedException {
    DecisionLog log = pipeline.decisions();
    List<LoggedDecision> known = log == null ? List.of() : log.of(id.high(), id.low());
    Whereabouts where = pipeline.find(id.high(), id.low());
    List<Decided> decisions = known.stream().map(explainer::decided).toList();
    String state = state(where, decisions);
    Note verdict = decisions.isEmpty() ? VerdictWords.of(where) : null;
    List<Note> reasons = state.equals("unknown") ? reasons(log) : List.of();
    return new Explanation(
        id.toString(),
        verdict == null ? VerdictWords.of(decisions.getLast()) : verdict.text(),
        verdict,
        state,
        where.state() == Whereabouts.Stage.ABSENT
            ? null
            : new Held(where.spans(), where.bytes(), where.heldNanos() / 1e9),
        decisions,
        known.isEmpty() ? List.of() : otherwise(known, asked),
        Note.texts(reasons),
        reasons,
        backend(id, where, decisions));
  }

  /** Of what was dropped here, or only waits, the backend has nothing to show. */
  private @Nullable URI backend(TraceId id, Whereabouts where, List<Decided> decisions) {
    boolean kept =
        where.remembered() == Whereabouts.Remembered.KEPT
            || decisions.stream().anyMatch(one -> one.outcome().equals("kept"));
    // Of what was never seen here others may know.
    boolean unknown = state(where, decisions).equals("unknown");
    return traceUrl == null || !(kept || unknown)
        ? null
        : URI.create(traceUrl.replace(SpanthriftSettings.Explain.TRACE_ID, id.toString()));
  }

  private List<Otherwise> otherwise(
      List<LoggedDecision> decisions, OtherBudgets.@Nullable Asked asked)
      throws IOException, InterruptedException {
    LoggedDecision last = decisions.getLast();
    SpanRing ring = pipeline.recorded();
    SpanRing.Snapshot recorded = ring == null ? null : ring.snapshot(System.currentTimeMillis());
    byte[] spans =
        recorded == null ? new byte[0] : recorded.trace(last.traceIdHigh(), last.traceIdLow());
    List<Otherwise> all = new ArrayList<>(others.of(last, spans));
    all.addAll(budgets.of(decisions, recorded, spans, asked));
    return all;
  }

  private static String state(Whereabouts where, List<Decided> decisions) {
    if (where.state() != Whereabouts.Stage.ABSENT) {
      return where.state().name().toLowerCase(Locale.ROOT);
    }
    if (!decisions.isEmpty()) {
      return "decided";
    }
    return where.remembered() == Whereabouts.Remembered.NOTHING ? "unknown" : "remembered";
  }

  private List<Note> reasons(@Nullable DecisionLog log) {
    if (log == null) {
      return VerdictWords.reasons(null, 0);
    }
    double hours = (System.currentTimeMillis() - log.oldestUnixMillis()) / MILLIS_AN_HOUR;
    return VerdictWords.reasons(log.counts().held(), hours);
  }

  @GetMapping("/api/v1/decisions")
  Mono<DecisionSearch.Page> decisions(
      @RequestParam(required = false) @Nullable String service,
      @RequestParam(required = false) @Nullable String operation,
      @RequestParam(required = false) @Nullable String outcome,
      @RequestParam(required = false) @Nullable String reason,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    DecisionSearch.DecisionQuery filter =
        new DecisionSearch.DecisionQuery(service, operation, outcome, reason);
    Paging paging = Paging.of(limit, cursor);
    DecisionLog log = pipeline.decisions();
    if (log == null) {
      throw new ProblemException(
          ProblemType.NOT_RECORDED, "decisions are not noted: explain.bytesMax is 0");
    }
    return Mono.fromCallable(() -> search.page(log, filter, paging))
        .subscribeOn(Schedulers.boundedElastic());
  }
}
