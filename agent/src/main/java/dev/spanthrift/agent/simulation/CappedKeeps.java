package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.books.MustKeepCap;
import dev.spanthrift.sampler.budget.books.Treasury;

/**
 * The policies' share of an allowance in virtual time: what they keep for certain beyond it is the
 * budget's to choose, as it is live.
 *
 * <p>It begins with a minute's worth, as a process does that has just started.
 */
final class CappedKeeps implements Treasury {
  private static final double SECOND_NANOS = 1e9;

  private final MustKeepCap cap = new MustKeepCap();
  private long before = Long.MIN_VALUE;

  CappedKeeps(Allowance.PerSecond allowance, double share) {
    cap.allow(allowance.amount(), share);
  }

  void tick(long nanos) {
    if (before != Long.MIN_VALUE) {
      cap.pass((nanos - before) / SECOND_NANOS);
    }
    before = nanos;
  }

  @Override
  public boolean isFree() {
    return false;
  }

  @Override
  public boolean admits(long price) {
    return cap.admits(price);
  }
}
