package dev.spanthrift.sampler;

import dev.spanthrift.sampler.policy.Decision;
import dev.spanthrift.sampler.policy.FleetRates;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;

/**
 * Policies in their order, the first that matches decides; what they leave to the budget is its
 * own.
 */
public final class PolicyJudge implements Judge {
  static final String BUDGET = "budget";

  private final PolicySet policies;
  private final FleetRates rates;
  private final Observer observer;
  private final Decision decision = new Decision();

  private final long version;

  /**
   * @throws IllegalArgumentException if the policies need more facts than a fragment has
   */
  public PolicyJudge(PolicySet policies) {
    this(policies, FleetRates.ALONE, 0);
  }

  /**
   * @param rates of the fleet, for policies whose rate is its
   * @param version of the policies, by which a decision is explained
   * @throws IllegalArgumentException if the policies need more facts than a fragment has
   */
  public PolicyJudge(PolicySet policies, FleetRates rates, long version) {
    if (policies.factWords() > FACT_WORDS) {
      throw new IllegalArgumentException(
          "policies ask more than " + FACT_WORDS * 64 + " questions about spans");
    }
    this.policies = policies;
    this.rates = rates;
    this.version = version;
    observer = policies.observer();
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public int factWords() {
    return policies.factWords();
  }

  @Override
  public void begin(Batch batch) {
    observer.begin(batch);
  }

  @Override
  public void observe(Batch batch, int row, long[] facts, int offset) {
    observer.observe(row, facts, offset);
  }

  @Override
  public void judge(Fragment fragment, long[] facts, int offset, long now, Verdict verdict) {
    policies.decide(fragment, facts, offset, now, rates, decision);
    switch (decision.outcome()) {
      case KEEP -> verdict.keep(decision.reason());
      case DROP -> verdict.drop(decision.reason());
      case PROBABILITY -> sample(fragment.trustedUpstreamThreshold(), verdict);
      case BUDGET -> verdict.leaveToBudget(BUDGET, decision.weight());
    }
  }

  @Override
  public void overShare(Fragment fragment) {
    policies.countOverShare(fragment, decision);
  }

  /** A rate is a part of what arrived; what upstream left out counts into its probability. */
  private void sample(long upstream, Verdict verdict) {
    double probability = decision.probabilityOfAll(upstream);
    if (probability < 0x1p-56) {
      verdict.drop(decision.reason());
    } else {
      verdict.sample(probability, decision.reason());
    }
  }
}
