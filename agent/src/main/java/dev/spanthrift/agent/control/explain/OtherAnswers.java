package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.control.explain.Explanation.Otherwise;
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
    String name = "policy version " + version.version();
    if (spans.length == 0) {
      return Otherwise.unknown(name, "its spans are not recorded, see recording.bytesMax");
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
            name,
            "policy "
                + trials.get(i).policy().name()
                + " comes first and asks for attributes, events or trace state, which are not"
                + " recorded");
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

  private static Otherwise by(String name, PolicyTrial trial, LoggedDecision decision) {
    String policy = "policy " + trial.policy().name() + " decides";
    return switch (trial.policy().action()) {
      case Action.Keep keep -> Otherwise.byRules(name, "kept", policy);
      case Action.Drop drop -> Otherwise.byRules(name, "dropped", policy);
      case Action.Probability(double p) ->
          Otherwise.byRules(
              name,
              p >= needed(decision) ? "kept" : "dropped",
              policy
                  + ": probability "
                  + VerdictWords.number(p)
                  + ", and it needs at least "
                  + VerdictWords.number(needed(decision)));
      case Action.Rate rate ->
          Otherwise.unknown(name, policy + " by a rate, which depends on the traffic then");
      case Action.Weight weight ->
          Otherwise.byRules(name, "budget", policy + " by leaving it there");
      case Action.Budget budget ->
          Otherwise.byRules(name, "budget", policy + " by leaving it there");
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
          VerdictWords.number(needed / own) + " times the probability",
          "kept",
          "any probability from " + VerdictWords.number(needed) + " keeps it");
    }
    String times = own > 0 ? VerdictWords.number(needed / own) : "many";
    return Otherwise.byRules(
        times + " times the probability",
        "kept",
        "it needs at least "
            + VerdictWords.number(needed)
            + "; what other money does stands below");
  }
}
