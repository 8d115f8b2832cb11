package dev.spanthrift.sampler;

import dev.spanthrift.sampler.policy.document.Condition;

/**
 * Keeps all that matches, for a while and up to a sum of money.
 *
 * <p>Its money is spent by the price of what it decided, before anybody looks at a trace's
 * randomness, so that no count gets a bias. Charged by the sampler's thread; any may read.
 */
public final class Boost {
  private final Condition match;
  private final String reason;
  private final long untilUnixMillis;
  private final long capPicos;
  private volatile Spent spent;
  private volatile boolean closed;

  /**
   * What it has decided.
   *
   * @param picos of the currency
   */
  public record Spent(long picos, long traces, long spans) {
    public static final Spent NOTHING = new Spent(0, 0, 0);

    private Spent with(long price, int sign, long spansMore) {
      return new Spent(picos + sign * price, traces + sign, spans + sign * spansMore);
    }
  }

  /**
   * Ready to decide.
   *
   * @param reason that its keeps are counted under; one of a bounded set
   * @param spent already, by an earlier process
   */
  public Boost(Condition match, String reason, long untilUnixMillis, long capPicos, Spent spent) {
    if (capPicos <= 0) {
      throw new IllegalArgumentException("a cap is above 0, not " + capPicos);
    }
    this.match = match;
    this.reason = reason;
    this.untilUnixMillis = untilUnixMillis;
    this.capPicos = capPicos;
    this.spent = spent;
  }

  public Condition match() {
    return match;
  }

  public String reason() {
    return reason;
  }

  public Spent spent() {
    return spent;
  }

  /** Whether its money is gone: what comes next no longer fits into the cap. */
  public boolean isSpent() {
    return closed;
  }

  boolean isOpen(long unixMillis) {
    return !closed && unixMillis < untilUnixMillis;
  }

  /** Takes the price of a fragment, if it fits; else this was the last. */
  boolean charge(long price, int spans) {
    Spent before = spent;
    if (price > capPicos - before.picos()) {
      closed = true;
      return false;
    }
    spent = before.with(price, 1, spans);
    return true;
  }

  /** Gives it back: somebody else pays. */
  void refund(long price, int spans) {
    spent = spent.with(price, -1, spans);
  }
}
