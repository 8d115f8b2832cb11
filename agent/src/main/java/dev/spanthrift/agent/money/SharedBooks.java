package dev.spanthrift.agent.money;

import dev.spanthrift.agent.fleet.FleetCounts;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.math.BigDecimal;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Keeps one program's books for a whole fleet: every sidecar counts what all have counted, so that
 * all come to the same allowance, prices and forecast without anybody who leads.
 *
 * <p>Who joins takes over the fleet's books; who loses the engine counts itself alone until it is
 * back. A sum that is seen twice, or goes back for a while, is counted once. Used by one thread.
 */
final class SharedBooks {
  private static final long LEAVE_NANOS = 10_000_000_000L;

  private final FleetCounts fleet;
  private final double[] own = new double[FleetCounts.SIZE];
  private double[] counted = new double[FleetCounts.SIZE];
  private boolean joined;
  private long leftNanos;

  SharedBooks(FleetCounts fleet) {
    this.fleet = fleet;
  }

  /** Adds to this sidecar's own cost. */
  void ownCost(Money amount) {
    own[8] += amount.picos();
  }

  /**
   * Counts what came since the last call, here or elsewhere.
   *
   * @param arrived bytes at this sidecar since start
   * @param here what of it is decided
   * @param adopt takes over saved books; says whether it could
   */
  void count(
      long arrived,
      DecidedTraffic here,
      Purse purse,
      BudgetController controller,
      Predicate<byte[]> adopt) {
    put(here.all(), 0);
    put(here.kept(), 4);
    own[9] = arrived;
    double[] sums = fleet.exchange(own);
    if (!joined && fleet.isJoined()) {
      joined = true;
      FleetCounts.LeftBooks books = fleet.joined();
      boolean adopted = books != null && adopt.test(books.saved());
      counted = adopted && books != null ? books.counts().clone() : sums.clone();
    }
    purse.arrived(since(sums, 9));
    purse.received(since(sums, 0), since(sums, 1), since(sums, 2), since(sums, 3));
    purse.kept(since(sums, 4), since(sums, 5), since(sums, 6), since(sums, 7));
    double picos = Math.max(0, sums[8] - counted[8]);
    controller.ownCost(
        new Money(
            BigDecimal.valueOf(picos / Money.PICOS), controller.view().nextGigabyte().currency()));
    for (int i = 0; i < counted.length; i++) {
      counted[i] = Math.max(counted[i], sums[i]);
    }
  }

  private void put(Traffic traffic, int at) {
    own[at] = traffic.bytes();
    own[at + 1] = traffic.spans();
    own[at + 2] = traffic.events();
    own[at + 3] = traffic.traces();
  }

  private long since(double[] sums, int i) {
    return (long) (Math.floor(sums[i]) - Math.floor(counted[i]));
  }

  /** Leaves the books for others, now and then. */
  void leave(BudgetController controller, long now, Function<BudgetController, byte[]> save) {
    if (joined && now - leftNanos >= LEAVE_NANOS) {
      leftNanos = now;
      fleet.leave(new FleetCounts.LeftBooks(save.apply(controller), counted.clone()));
    }
  }
}
