package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.control.boost.ActiveBoost;
import dev.spanthrift.agent.control.explain.Explanation.Otherwise;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.job.RingQuestions.Means;
import dev.spanthrift.agent.control.job.RingQuestions.Replay;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.TraceFate;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.explain.LoggedDecision;
import dev.spanthrift.sampler.explain.LoggedDecision.Conclusion;
import dev.spanthrift.sampler.policy.PolicyTrial;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.wire.Scanner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What other money would have made of a trace: half of the budget, twice of it, and one that is
 * asked for.
 *
 * <p>While the trace's spans are recorded, the recording is played to a sampler with that budget
 * until it decides this trace: what {@code budget:simulate} does, and the only way to know, for
 * other money would have kept other traces before this one. That sampler begins with what had been
 * learned when the recording begins, as far as that is remembered; and it is not believed where the
 * same with the budget of now gives this trace something else than it really got. That is asked
 * before all else where the recording does not begin with the process, else with the time that is
 * left ({@link RingQuestions#replays}).
 *
 * <p>Else by what the decision remembers. A class spends its money M as Σ price · min(1, μ ·
 * score), which is concave in μ: k times the money makes μ, and with it p, at least k times as
 * large where k > 1, and at most where k < 1. So {@code kept} by k > 1 and {@code dropped} by k < 1
 * stand as far as the level of money is the same; the others are about.
 */
final class OtherBudgets {
  /** An answer takes 300 ms at most, and the decisions are looked up before. */
  static final Duration PLAY_MAX = Duration.ofMillis(250);

  private static final double SECONDS_AN_HOUR = 3_600;

  /** So many times larger or smaller a played probability may be than the real one. */
  static final double LIKE = 1.25;

  private final PolicyStore policies;
  private final SpendView spend;
  private final RingQuestions questions;
  private final Duration playMax;

  /**
   * @param playMax time for all that is played for one answer
   */
  OtherBudgets(PolicyStore policies, SpendView spend, RingQuestions questions, Duration playMax) {
    this.playMax = playMax;
    this.policies = policies;
    this.spend = spend;
    this.questions = questions;
  }

  /** A budget that somebody wants to try, as it was written. */
  record Asked(String text, Means means) {}

  /** One of them; the factor is of the budget in force, 0 where that cannot be said. */
  private record Other(Note name, Means means, double factor) {}

  /**
   * Answers, the budget that was asked for first.
   *
   * @param decisions of the trace; the last is asked about
   * @param spans of the trace as far as they are recorded
   */
  List<Otherwise> of(
      List<LoggedDecision> decisions,
      SpanRing.@Nullable Snapshot recorded,
      byte[] spans,
      @Nullable Asked asked)
      throws IOException, InterruptedException {
    LoggedDecision decision = decisions.getLast();
    if (decision.allocation() == null) {
      return asked == null ? List.of() : List.of(unmoved(asked, decision));
    }
    List<Other> others = others(asked);
    List<Replay> replays =
        others.isEmpty() ? List.of() : replays(others, decisions, recorded, spans);
    List<Fate> fates = fates(others, replays, decision);
    List<Otherwise> answers = new ArrayList<>();
    for (int i = 0; i < replays.size(); i++) {
      answers.add(
          switch (replays.get(i)) {
            case Replay.Replayed(TraceFate.Told told) ->
                played(others.get(i), decision, told, fates);
            case Replay.NotReplayed(Note why) -> about(others.get(i), decision, why);
          });
    }
    return answers;
  }

  private Otherwise unmoved(Asked asked, LoggedDecision decision) {
    if (decision.outcome() == Conclusion.WAITING) {
      return Otherwise.unknown(name(asked), Note.of(NoteCode.WAITS_STILL));
    }
    PolicyVersion version = policies.version(decision.policyVersion());
    if (spend.policyShareMax() < 1 && keepsForCertain(version, decision)) {
      return Otherwise.unknown(
          name(asked), Note.of(NoteCode.IN_POLICY_SHARE, "policy", decision.policy()));
    }
    return Otherwise.byRules(
        name(asked),
        Explainer.outcome(decision.outcome()).equals("kept") ? "kept" : "dropped",
        Note.of(NoteCode.NO_BUDGET_ASKED, "policy", decision.policy()));
  }

  /** Whether a policy, or a boost, wanted it whatever it costs. */
  private static boolean keepsForCertain(@Nullable PolicyVersion version, LoggedDecision decision) {
    if (decision.policy().startsWith(ActiveBoost.COUNTED_AS)) {
      return true;
    }
    if (version == null) {
      return decision.allocation() == null && decision.probability() >= 1;
    }
    return version.set().trials(decision.fragment(), decision.factWords()).stream()
        .filter(PolicyTrial::decides)
        .map(PolicyTrial::policy)
        .filter(policy -> policy.name().equals(decision.policy())) // no switch stood before it
        .anyMatch(policy -> isCertain(policy.action()));
  }

  private static boolean isCertain(Action action) {
    return switch (action) {
      case Action.Keep keep -> true;
      case Action.Probability(double p) -> p >= 1;
      case Action.Drop drop -> false;
      case Action.Rate rate -> false;
      case Action.Weight weight -> false;
      case Action.Budget budget -> false;
    };
  }

  /** Where a fleet shares its money, the amounts are those of one of its sidecars. */
  private boolean isShared() {
    return spend.spend().scope().equals(Spend.FLEET);
  }

  private Note name(Asked asked) {
    boolean isPart = isShared() && asked.means().allowance() instanceof Allowance.PerSecond;
    return Note.of(
        isPart ? NoteCode.UNDER_BUDGET_HERE : NoteCode.UNDER_BUDGET,
        "budget",
        asked.text().strip());
  }

  private List<Other> others(@Nullable Asked asked) {
    List<Other> others = new ArrayList<>();
    Double now = spend.allowanceHere();
    if (asked != null) {
      others.add(new Other(name(asked), asked.means(), factor(asked.means(), now)));
    }
    if (now != null && now > 0) {
      boolean isPart = isShared();
      others.add(times(2, isPart ? NoteCode.UNDER_TWICE_HERE : NoteCode.UNDER_TWICE, now));
      others.add(times(.5, isPart ? NoteCode.UNDER_HALF_HERE : NoteCode.UNDER_HALF, now));
    }
    return others;
  }

  private static double factor(Means means, @Nullable Double now) {
    return now != null && now > 0 && means.allowance() instanceof Allowance.PerSecond(double other)
        ? other / now
        : 0;
  }

  private Other times(double factor, NoteCode name, double now) {
    double hour = factor * now * SECONDS_AN_HOUR / Money.PICOS;
    return new Other(
        new Note(name, Map.of("currency", spend.spend().currency(), "amount", hour)),
        new Means(new Allowance.PerSecond(factor * now), spend.allocation()),
        factor);
  }

  private List<Replay> replays(
      List<Other> others,
      List<LoggedDecision> decisions,
      SpanRing.@Nullable Snapshot recorded,
      byte[] spans)
      throws IOException, InterruptedException {
    LoggedDecision last = decisions.getLast();
    PolicyVersion version = policies.version(last.policyVersion());
    int found = new Scanner(1 << 20).scan(spans, 0, spans.length).size();
    int seen = decisions.stream().mapToInt(decision -> decision.amounts().spans()).sum();
    Note lack = lack(version, last, found, seen);
    if (lack == null && recorded != null && !recorded.knowsItsBeginning()) {
      lack = Note.of(NoteCode.BEGINNING_FORGOTTEN);
    }
    if (lack != null || version == null || recorded == null) {
      Replay unknown =
          new Replay.NotReplayed(lack == null ? Note.of(NoteCode.SPANS_NOT_RECORDED) : lack);
      return others.stream().map(other -> unknown).toList();
    }
    return questions.replays(
        version.set().document(),
        others.stream().map(Other::means).toList(),
        recorded,
        new TraceFate.Sought(last.traceIdHigh(), last.traceIdLow(), found),
        told -> objection(last, told),
        playMax);
  }

  /** What a replay with the money of now says must be what happened, or it began otherwise. */
  static @Nullable Note objection(LoggedDecision decision, TraceFate.Told told) {
    double real = decision.probability();
    Double played = told.probability();
    if (played == null) {
      if (told.kept() && real >= 1) {
        return null; // as where nothing costs anything now
      }
      return new Note(
          NoteCode.NOT_REPRODUCED_AS, Map.of("reason", told.reason(), "probability", real));
    }
    if (played > LIKE * real || played * LIKE < real) {
      return new Note(NoteCode.NOT_REPRODUCED, Map.of("played", played, "probability", real));
    }
    if (decision.outcome() == Conclusion.WAITING
        || told.kept() == (decision.outcome() == Conclusion.KEPT)) {
      return null;
    }
    return Note.of(NoteCode.NOT_REPRODUCED_BUT);
  }

  /**
   * Whether a trace is kept with so much money.
   *
   * @param money in times of the budget in force
   */
  record Fate(double money, boolean kept) {
    /** Whether more money drops what less keeps. */
    boolean isAgainst(Fate other) {
      return kept != other.kept && money != other.money && kept == money < other.money;
    }
  }

  /**
   * Less money may keep what more drops, since each budget keeps other traces before; but who reads
   * it must be told.
   *
   * @return what to say; null where all is in order
   */
  static @Nullable NoteCode against(@Nullable Fate one, List<Fate> all) {
    if (one == null || all.stream().noneMatch(one::isAgainst)) {
      return null;
    }
    return one.kept() ? NoteCode.KEPT_BY_LESS : NoteCode.DROPPED_BY_MORE;
  }

  /** What is known: what really happened, and what was played. */
  private static List<Fate> fates(
      List<Other> others, List<Replay> replays, LoggedDecision decision) {
    List<Fate> fates = new ArrayList<>();
    if (decision.outcome() != Conclusion.WAITING) {
      fates.add(new Fate(1, decision.outcome() == Conclusion.KEPT));
    }
    for (int i = 0; i < others.size(); i++) {
      if (replays.get(i) instanceof Replay.Replayed(TraceFate.Told told)) {
        Fate fate = fate(others.get(i), told);
        if (fate != null) {
          fates.add(fate);
        }
      }
    }
    return fates;
  }

  /** Null for a share of the traffic, whose money is not known before. */
  private static @Nullable Fate fate(Other other, TraceFate.Told told) {
    return other.factor() > 0 ? new Fate(other.factor(), told.kept()) : null;
  }

  /** Why the recording cannot be played. */
  private @Nullable Note lack(
      @Nullable PolicyVersion version, LoggedDecision decision, int found, int seen) {
    if (found == 0) {
      return Note.of(NoteCode.SPANS_NOT_RECORDED);
    }
    if (found < seen) {
      return new Note(NoteCode.RECORDED_IN_PART, Map.of("missing", seen - found, "spans", seen));
    }
    if (version == null) {
      return Note.of(NoteCode.VERSION_FORGOTTEN);
    }
    if (keepsForCertain(version, decision)) { // how full the policies' share was is not recorded
      return Note.of(NoteCode.OVER_POLICY_SHARE, "policy", decision.policy());
    }
    if (decision.upstream() < 1
        || decision.randomness()
            != questions.randomness(decision.traceIdHigh(), decision.traceIdLow())) {
      return Note.of(NoteCode.DRAWN_OTHERWISE);
    }
    PolicyDocument document = version.set().document();
    return RingTraffic.unanswerable(document).stream()
        .map(document.policies()::get)
        .filter(policy -> !policy.shadow())
        .findFirst()
        .map(policy -> Note.of(NoteCode.POLICY_ASKS_UNRECORDED, "policy", policy.name()))
        .orElse(null);
  }

  private static Otherwise played(
      Other other, LoggedDecision decision, TraceFate.Told told, List<Fate> fates) {
    Map<String, Object> values = new HashMap<>();
    values.put("spans", told.spans());
    values.put("seconds", told.seconds());
    Double probability = told.probability();
    if (probability == null) {
      values.put("reason", told.reason());
    } else {
      values.put("probability", probability);
      values.put("needed", OtherAnswers.needed(decision));
    }
    NoteCode code = probability == null ? NoteCode.PLAYED_AS : NoteCode.PLAYED_DRAW;
    Note played = new Note(code, values);
    NoteCode against = against(fate(other, told), fates);
    return Otherwise.byBudget(
        other.name(),
        told.kept(),
        against == null ? played : Note.of(against, "why", played),
        Otherwise.RECORDING,
        probability);
  }

  /** By the decision alone. */
  private static Otherwise about(Other other, LoggedDecision decision, Note whyNotPlayed) {
    // Where another sidecar told of a larger probability, that follows the money, too.
    double own = Math.max(decision.probability(), decision.inclusion());
    double needed = OtherAnswers.needed(decision);
    if (other.factor() == 0) {
      return Otherwise.unknown(other.name(), Note.of(NoteCode.ONLY_PLAYED, "why", whyNotPlayed));
    }
    if (other.factor() < 1 && own >= 1) {
      return Otherwise.unknown(other.name(), Note.of(NoteCode.MONEY_FOR_ALL, "why", whyNotPlayed));
    }
    double p = Math.min(1, own * other.factor());
    return Otherwise.byBudget(
        other.name(),
        p >= needed,
        new Note(NoteCode.ABOUT, Map.of("probability", p, "needed", needed, "why", whyNotPlayed)),
        Otherwise.APPROXIMATION,
        p);
  }
}
