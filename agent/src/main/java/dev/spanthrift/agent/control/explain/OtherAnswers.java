package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.control.explain.Explanation.Otherwise;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.sampler.explain.LoggedDecision;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.PolicyTrial;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What other policies would have made of a trace. */
final class OtherAnswers {
  private static final int VERSIONS_MAX = 5;

  private final PolicyStore policies;

  OtherAnswers(PolicyStore policies) {
    this.policies = policies;
  }

  /**
   * The latest other versions, and which probability was needed.
   *
   * @param spans of the trace as far as they are recorded
   */
  List<Otherwise> of(LoggedDecision decision, byte[] spans) {
    List<Otherwise> answers = new ArrayList<>();
    for (PolicyVersion version : policies.latest(VERSIONS_MAX, decision.policyVersion())) {
      answers.add(under(version, decision, spans));
    }
    if (decision.allocation() != null) {
      answers.add(money(decision));
    }
    return answers;
  }

  private static Otherwise under(PolicyVersion version, LoggedDecision decision, byte[] spans) {
    Note name = Note.of(NoteCode.UNDER_VERSION, "version", version.version());
    if (spans.length == 0) {
      return Otherwise.unknown(name, Note.of(NoteCode.SPANS_NOT_RECORDED));
    }
    PolicySet set = version.set();
    List<Integer> unanswerable = RingTraffic.unanswerable(set.document());
    List<PolicyTrial> trials = set.trials(decision.fragment(), facts(set, spans));
    for (int i = 0; i < trials.size(); i++) {
      if (trials.get(i).policy().shadow()) {
        continue; // it decides nothing, whatever it asks for
      }
      if (unanswerable.contains(i)) {
        return Otherwise.unknown(
            name, Note.of(NoteCode.ASKS_UNRECORDED, "policy", trials.get(i).policy().name()));
      }
      if (trials.get(i).decides()) {
        return by(name, trials.get(i), decision);
      }
    }
    throw new IllegalStateException("no policy decides, not even the default");
  }

  private static long[] facts(PolicySet set, byte[] spans) {
    Batch batch = new Scanner(1 << 20).scan(spans, 0, spans.length);
    Observer observer = set.observer();
    observer.begin(batch);
    long[] facts = new long[Math.max(1, set.factWords())];
    for (int row = 0; row < batch.size(); row++) {
      observer.observe(row, facts, 0);
    }
    return facts;
  }

  private static Otherwise by(Note name, PolicyTrial trial, LoggedDecision decision) {
    String policy = trial.policy().name();
    Note decides = Note.of(NoteCode.POLICY_DECIDES, "policy", policy);
    Note toBudget = Note.of(NoteCode.POLICY_TO_BUDGET, "policy", policy);
    return switch (trial.policy().action()) {
      case Action.Keep keep -> Otherwise.byRules(name, "kept", decides);
      case Action.Drop drop -> Otherwise.byRules(name, "dropped", decides);
      case Action.Probability(double p) ->
          Otherwise.byRules(
              name,
              p >= needed(decision) ? "kept" : "dropped",
              new Note(
                  NoteCode.POLICY_DRAWS,
                  Map.of("policy", policy, "probability", p, "needed", needed(decision))));
      case Action.Rate rate ->
          Otherwise.unknown(name, Note.of(NoteCode.POLICY_RATE, "policy", policy));
      case Action.Weight weight -> Otherwise.byRules(name, "budget", toBudget);
      case Action.Budget budget -> Otherwise.byRules(name, "budget", toBudget);
    };
  }

  /** The smallest probability that would keep the trace: R ≥ 2^56 · (1 − p). */
  static double needed(LoggedDecision decision) {
    return Math.min(1, 1 - decision.randomness() / 0x1p56 + 0x1p-56);
  }

  private static Otherwise money(LoggedDecision decision) {
    double needed = needed(decision);
    double own = decision.probability();
    if (own >= needed) {
      return Otherwise.byRules(
          Note.of(NoteCode.UNDER_TIMES, "times", needed / own),
          "kept",
          Note.of(NoteCode.ANY_PROBABILITY, "needed", needed));
    }
    return Otherwise.byRules(
        own > 0
            ? Note.of(NoteCode.UNDER_TIMES, "times", needed / own)
            : Note.of(NoteCode.UNDER_MANY_TIMES),
        "kept",
        Note.of(NoteCode.NEEDS_PROBABILITY, "needed", needed));
  }
}
