package dev.spanthrift.agent;

import dev.spanthrift.sampler.Boost;
import dev.spanthrift.sampler.BoostedJudge;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts boosts before the policies in force, whichever of the two changes. */
final class Boosting {
  private final PriceOf price;
  private @Nullable Judge policies;
  private List<Boost> boosts = List.of();
  private boolean inForce = true;

  /**
   * @param policies that decide; null where another system's rules do, before which none stands
   */
  Boosting(@Nullable Judge policies, PriceOf price) {
    this.policies = policies;
    this.price = price;
  }

  synchronized void usePolicy(Judge next, Consumer<Judge> then) {
    policies = next;
    inForce = BoostedJudge.fits(next, boosts);
    then.accept(inForce ? before(next) : next);
  }

  synchronized boolean boost(List<Boost> next, Consumer<Judge> then) {
    Judge judge = policies;
    if (judge == null || !BoostedJudge.fits(judge, next)) {
      inForce = next.isEmpty();
      return inForce;
    }
    boosts = List.copyOf(next);
    inForce = true;
    then.accept(before(judge));
    return true;
  }

  synchronized boolean inForce() {
    return inForce;
  }

  private Judge before(Judge judge) {
    return boosts.isEmpty()
        ? judge
        : new BoostedJudge(judge, boosts, price, System::currentTimeMillis);
  }
}
