package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.question.Expression;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.trace.Fragment;
import org.jspecify.annotations.Nullable;

/** One policy, ready to be asked; its counter and its rate outlive the set it stands in. */
record CompiledPolicy(
    Policy policy,
    Expression match,
    long threshold,
    @Nullable RateEstimator rate,
    PolicyCounter counter) {

  static CompiledPolicy of(Policy policy, Expression match, @Nullable CompiledPolicy previous) {
    long threshold =
        policy.action() instanceof Action.Probability fixed
            ? Threshold.valueOf(fixed.probability(), Threshold.DEFAULT_PRECISION)
            : Threshold.UNKNOWN;
    if (previous != null) {
      return new CompiledPolicy(policy, match, threshold, previous.rate, previous.counter);
    }
    RateEstimator rate =
        policy.action() instanceof Action.Rate limit
            ? new RateEstimator(
                limit.perSecond(), limit.per() == Action.Per.FLEET ? policy.name() : null)
            : null;
    return new CompiledPolicy(policy, match, threshold, rate, new PolicyCounter());
  }

  /** Writes what the action says of this fragment. */
  void apply(Fragment fragment, long nowNanos, FleetRates rates, Decision out) {
    switch (policy.action()) {
      case Action.Keep keep -> out.keep();
      case Action.Drop drop -> out.drop();
      case Action.Probability fixed -> out.probability(fixed.probability(), threshold, false);
      case Action.Rate limit -> applyRate(limit, fragment, nowNanos, rates, out);
      case Action.Weight weight -> out.budget(weight.weight());
      case Action.Budget budget -> out.budget(1);
    }
  }

  private void applyRate(
      Action.Rate limit, Fragment fragment, long nowNanos, FleetRates rates, Decision out) {
    double amount = limit.unit() == Action.Unit.SPANS ? fragment.size() : 1;
    double p = rate == null ? 1 : rate.probability(nowNanos, amount, rates);
    out.probability(p, Threshold.valueOf(p, Threshold.DEFAULT_PRECISION), true);
  }
}
