package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.time.Duration;

/**
 * Constants of the allocation; all may be changed, the defaults are those that were measured.
 *
 * @param shares share of the budget of each class; what a class does not need goes to the others
 * @param exponents groups with n examples weigh n^-exponent: 1 keeps as many of each group, .5
 *     keeps the same precision of each count
 * @param slowCap largest weight of lost time, in (multiples of the fleet's p99)²
 * @param newCountMax a path seen at most so often is new
 * @param newShareMax a path with at most this share of the traces is new
 * @param base share of the budget that is spread evenly over everything, so that no probability is
 *     0
 * @param carryOver how long unused money waits for an incident, τ
 * @param carryOverOfElapsed τ is at most this share of the time with traffic so far
 * @param demandHalfLife over how much time with traffic demand is learned
 * @param askAfter between a decision and the one question to the ledger, L
 * @param rootWait how long the root's fragment waits for the whole trace's shape, W; zero: shapes
 *     are not summed, each fragment judges for itself
 */
public record AllocationSettings(
    PerClass shares,
    PerClass exponents,
    double slowCap,
    int newCountMax,
    double newShareMax,
    double base,
    Duration carryOver,
    double carryOverOfElapsed,
    Duration demandHalfLife,
    Duration askAfter,
    Duration rootWait) {

  /** A number for each class. */
  public record PerClass(double error, double slow, double fresh, double ordinary) {
    double of(int traceClass) {
      return switch (traceClass) {
        case 0 -> error;
        case 1 -> slow;
        case 2 -> fresh;
        default -> ordinary;
      };
    }
  }

  public static final AllocationSettings DEFAULT =
      new AllocationSettings(
          new PerClass(.60, .20, .08, .12),
          new PerClass(.5, .3, 1, .3),
          30,
          6,
          .001,
          .15,
          Duration.ofMinutes(15),
          1.0 / 8,
          Duration.ofHours(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(7));

  public AllocationSettings {
    for (int i = 0; i < TraceClass.COUNT; i++) {
      check(shares.of(i) >= 0 && shares.of(i) <= 1, "share", shares.of(i));
      check(exponents.of(i) >= 0 && exponents.of(i) <= 1, "exponent", exponents.of(i));
    }
    double sum = shares.error + shares.slow + shares.fresh + shares.ordinary;
    check(sum > 0 && sum <= 1 + 1e-9, "sum of the shares", sum);
    check(slowCap >= 1, "slowCap", slowCap);
    check(newCountMax >= 0, "newCountMax", newCountMax);
    check(newShareMax >= 0 && newShareMax <= 1, "newShareMax", newShareMax);
    check(base > 0 && base <= 1, "base", base);
    check(carryOver.toMillis() >= 1000, "carryOver, at least 1 s", carryOver);
    check(
        carryOverOfElapsed > 0 && carryOverOfElapsed <= 1,
        "carryOverOfElapsed",
        carryOverOfElapsed);
    check(demandHalfLife.toMillis() >= 1000, "demandHalfLife, at least 1 s", demandHalfLife);
    check(!askAfter.isNegative(), "askAfter", askAfter);
    check(!rootWait.isNegative(), "rootWait", rootWait);
  }

  private static void check(boolean good, String what, Object value) {
    if (!good) {
      throw new IllegalArgumentException(what + ": " + value);
    }
  }

  /** The same for a budget of a given period: money waits at most a thirtieth of it. */
  public AllocationSettings forPeriod(Duration period) {
    Duration most = period.dividedBy(30);
    Duration shorter = most.compareTo(carryOver) < 0 ? most : carryOver;
    return withCarryOver(shorter.toMillis() < 1000 ? Duration.ofSeconds(1) : shorter);
  }

  public AllocationSettings withCarryOver(Duration duration) {
    return new AllocationSettings(
        shares,
        exponents,
        slowCap,
        newCountMax,
        newShareMax,
        base,
        duration,
        carryOverOfElapsed,
        demandHalfLife,
        askAfter,
        rootWait);
  }

  /**
   * The root's fragment waits a quarter of what the others wait at most: after its wait comes the
   * answer, the decision and a tell, each up to a second later, and all of it before they ask.
   */
  public AllocationSettings withAskAfter(Duration wait) {
    Duration rootWaitMax = wait.dividedBy(4);
    return new AllocationSettings(
        shares,
        exponents,
        slowCap,
        newCountMax,
        newShareMax,
        base,
        carryOver,
        carryOverOfElapsed,
        demandHalfLife,
        wait,
        rootWait.compareTo(rootWaitMax) < 0 ? rootWait : rootWaitMax);
  }

  /** The same with the money divided otherwise. */
  public AllocationSettings withShares(PerClass divided) {
    return new AllocationSettings(
        divided,
        exponents,
        slowCap,
        newCountMax,
        newShareMax,
        base,
        carryOver,
        carryOverOfElapsed,
        demandHalfLife,
        askAfter,
        rootWait);
  }

  /** No shapes are summed. */
  public AllocationSettings withoutShape() {
    return new AllocationSettings(
        shares,
        exponents,
        slowCap,
        newCountMax,
        newShareMax,
        base,
        carryOver,
        carryOverOfElapsed,
        demandHalfLife,
        askAfter,
        Duration.ZERO);
  }

  boolean isShaped() {
    return !rootWait.isZero();
  }
}
