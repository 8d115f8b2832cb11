package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.boost.ActiveBoost;
import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.explain.Explanation.Answer;
import dev.spanthrift.agent.control.explain.Explanation.Boosted;
import dev.spanthrift.agent.control.explain.Explanation.Budget;
import dev.spanthrift.agent.control.explain.Explanation.Decided;
import dev.spanthrift.agent.control.explain.Explanation.Draw;
import dev.spanthrift.agent.control.explain.Explanation.Tried;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.explain.LoggedDecision;
import dev.spanthrift.sampler.explain.LoggedDecision.Conclusion;
import dev.spanthrift.sampler.policy.PolicyTrial;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns a logged decision into words: asks its policies again, and names what they saw. */
final class Explainer {
  private final PipelineView pipeline;
  private final PolicyStore store;
  private final BoostKeeper boosts;
  private final SpendView spend;

  Explainer(PipelineView pipeline, PolicyStore policies, BoostKeeper boosts, SpendView spend) {
    this.pipeline = pipeline;
    this.boosts = boosts;
    store = policies;
    this.spend = spend;
  }

  Decided decided(LoggedDecision decision) {
    OperationMeasures.Labels operation = pipeline.operation(decision.operation());
    LoggedDecision.Amounts amounts = decision.amounts();
    return new Decided(
        decision.number(),
        Instant.ofEpochMilli(decision.unixMillis()),
        outcome(decision.outcome()),
        reason(decision),
        operation.service(),
        operation.operation(),
        amounts.spans(),
        amounts.bytes(),
        amounts.durationNanos() / 1e9,
        amounts.error(),
        amounts.rooted(),
        decision.policyVersion(),
        tried(decision),
        boost(decision),
        budget(decision),
        draw(decision),
        decision.outcome() == Conclusion.KEPT ? destinations() : List.of());
  }

  /** As it is counted; null in limbo. */
  static @Nullable String reason(LoggedDecision decision) {
    return decision.outcome() == Conclusion.WAITING ? null : decision.reason();
  }

  static String outcome(Conclusion state) {
    return switch (state) {
      case WAITING -> "limbo";
      case KEPT -> "kept";
      case DROPPED -> "dropped";
    };
  }

  private List<String> destinations() {
    return pipeline.status().destinations().stream().map(to -> to.name()).toList();
  }

  private @Nullable Budget budget(LoggedDecision decision) {
    LoggedDecision.OfBudget said = decision.allocation();
    return said == null
        ? null
        : new Budget(
            said.traceClass().name().toLowerCase(Locale.ROOT),
            said.price() / Money.PICOS,
            said.level() / Money.PICOS,
            spend.spend().currency());
  }

  Draw draw(LoggedDecision decision) {
    int precision = pipeline.sampler().precision();
    double inclusion = decision.inclusion();
    String threshold =
        inclusion < 0x1p-56 ? null : Threshold.of(Math.min(1, inclusion), precision).text();
    boolean unchanged =
        decision.outcome() != Conclusion.KEPT
            || (inclusion >= 1 && !pipeline.sampler().stampAlways());
    return new Draw(
        decision.probability(),
        inclusion,
        threshold,
        "%014x".formatted(decision.randomness()),
        decision.upstream(),
        unchanged || threshold == null ? null : "ot=th:" + threshold);
  }

  private static boolean isBoosted(LoggedDecision decision) {
    return decision.reason().startsWith(ActiveBoost.COUNTED_AS);
  }

  private @Nullable Boosted boost(LoggedDecision decision) {
    if (!isBoosted(decision)) {
      return null;
    }
    ActiveBoost boost = boosts.countedAs(decision.reason(), decision.unixMillis());
    return boost == null
        ? Boosted.FORGOTTEN
        : new Boosted(boost.id(), boost.match(), boost.match().words(), boost.reason());
  }

  private List<Tried> tried(LoggedDecision decision) {
    PolicyVersion version = store.version(decision.policyVersion());
    List<Tried> policies =
        version == null
            ? List.of()
            : version.set().trials(decision.fragment(), decision.factWords()).stream()
                .map(trial -> tried(trial, decision.amounts()))
                .toList();
    return isBoosted(decision) ? boosted(decision, policies) : policies;
  }

  /** A boost stood before them, so that none of them was asked. */
  private List<Tried> boosted(LoggedDecision decision, List<Tried> policies) {
    ActiveBoost boost = boosts.countedAs(decision.reason(), decision.unixMillis());
    Condition match = boost == null ? Condition.ALWAYS : boost.match().condition();
    Tried first =
        new Tried(
            "boost " + (boost == null ? "that is forgotten" : boost.id()),
            false,
            PolicyCompilation.action(Action.KEEP),
            true,
            true,
            new Answer(PolicyCompilation.condition(match), true, null, null));
    List<Tried> all = new ArrayList<>();
    all.add(first);
    policies.forEach(policy -> all.add(policy.undecided()));
    return all;
  }

  private static Tried tried(PolicyTrial trial, LoggedDecision.Amounts amounts) {
    return new Tried(
        trial.policy().name(),
        trial.policy().shadow(),
        PolicyCompilation.action(trial.policy().action()),
        trial.isMatch(),
        trial.decides(),
        answer(trial.answer(), amounts));
  }

  private static Answer answer(PolicyTrial.Answer answer, LoggedDecision.Amounts amounts) {
    List<Answer> parts = answer.parts().stream().map(part -> answer(part, amounts)).toList();
    return new Answer(
        PolicyCompilation.condition(answer.condition()),
        answer.holds(),
        saw(answer.condition(), amounts),
        parts.isEmpty() ? null : parts);
  }

  /** Of conditions about spans only the answer is known, not the value. */
  private static @Nullable String saw(Condition condition, LoggedDecision.Amounts amounts) {
    return switch (condition) {
      case Condition.Lasts lasts -> seconds(amounts.durationNanos());
      case Condition.SpanCount count -> amounts.spans() + " spans";
      case Condition.Bytes bytes -> amounts.bytes() + " bytes";
      case Condition.HasRootSpan root -> amounts.rooted() ? "a root span" : "no root span";
      case Condition.HasError error -> amounts.error() ? "an error" : "no error";
      case Condition.All all -> null;
      case Condition.Any any -> null;
      case Condition.Not not -> null;
      case Condition.SameSpan same -> null;
      case Condition.OfSpan span -> null;
    };
  }

  static String seconds(long nanos) {
    return Note.number(nanos / 1e9) + " s";
  }
}
