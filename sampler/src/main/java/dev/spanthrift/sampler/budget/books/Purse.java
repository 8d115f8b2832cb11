package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import java.util.Arrays;

/**
 * The traces that the same budgets pay for; what one allocation spends from.
 *
 * <p>Written by the thread that counts and ticks.
 */
public final class Purse {
  /**
   * Allowance where nothing limits: more than anything costs in a second, far from a long's end.
   */
  public static final double UNLIMITED = 1e15;

  private static final double RECENT_SECONDS = 300;

  final long budgets; // bit i: the i-th budget pays
  final RecentTraffic recent = new RecentTraffic(RECENT_SECONDS);
  private final RecentArrivals arrivals = new RecentArrivals();
  private long arrived;
  final MustKeepCap mustKeep = new MustKeepCap();
  private final long[] received = new long[4];
  private final long[] kept = new long[4];
  Traffic receivedSince = Traffic.NONE;
  Traffic keptSince = Traffic.NONE;
  double demand;
  private volatile double allowance; // the one place where it stands
  double outstanding;
  private boolean told;
  boolean toldFirst; // since the last tick: what was planned knew nothing of it

  Purse(long budgets) {
    this.budgets = budgets;
  }

  /** Counts bytes as they arrive, decided or not: what demand follows, where anybody tells it. */
  public void arrived(long bytes) {
    arrived += Math.max(0, bytes);
  }

  /** Counts what was decided, kept or not. */
  public void received(long bytes, long spans, long events, long traces) {
    add(received, bytes, spans, events, traces);
  }

  /** Counts what was kept. */
  public void kept(long bytes, long spans, long events, long traces) {
    add(kept, bytes, spans, events, traces);
  }

  private static void add(long[] sums, long bytes, long spans, long events, long traces) {
    sums[0] += Math.max(0, bytes);
    sums[1] += Math.max(0, spans);
    sums[2] += Math.max(0, events);
    sums[3] += Math.max(0, traces);
  }

  /** Picos that may be spent in a second, by the whole fleet; any thread may ask. */
  public double allowancePerSecond() {
    return allowance;
  }

  void allow(double picosPerSecond) {
    allowance = picosPerSecond;
  }

  public MustKeepCap mustKeep() {
    return mustKeep;
  }

  /**
   * Tells what was allowed and is neither spent nor expired: level and reservations of the ledger,
   * in picos. Until it is told, and where it is not known, the controller guesses from what it
   * allowed: after a restart nothing, though the level may have been restored.
   */
  public void outstanding(double picos) {
    if (Double.isFinite(picos)) {
      toldFirst |= !told;
      told = true;
      outstanding = Math.max(0, picos);
    }
  }

  /** Takes the counts since the last tick. */
  void collect(SpanPrice price, double elapsedSeconds, double carrySeconds) {
    receivedSince = taken(received);
    keptSince = taken(kept);
    recent.observe(receivedSince, elapsedSeconds);
    arrivals.observe(arrived, elapsedSeconds);
    arrived = 0;
    demand = price.picos(recent.mix()) * mixesPerSecond();
    if (!told) {
      double left = outstanding + allowance * elapsedSeconds - price.picos(keptSince);
      outstanding = Math.clamp(left, 0, Math.max(0, allowance * carrySeconds));
    }
    mustKeep.pass(elapsedSeconds);
  }

  private double mixesPerSecond() {
    return arrivals.isKnown()
        ? arrivals.bytesPerSecond() / Math.max(1, recent.mix().bytes())
        : recent.mixesPerSecond();
  }

  private static Traffic taken(long[] sums) {
    Traffic traffic = new Traffic(cut(sums[0]), cut(sums[1]), cut(sums[2]), cut(sums[3]));
    Arrays.fill(sums, 0);
    return traffic;
  }

  /** A sum that ran over counts as the largest. */
  private static long cut(long sum) {
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  boolean isPaidBy(int budget) {
    return (budgets & 1L << budget) != 0;
  }
}
