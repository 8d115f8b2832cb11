package dev.spanthrift.agent.collector.tail;

/** A token bucket that begins full; what is larger than the bucket never passes. */
final class TokenBucket {
  private final double perSecond;
  private final double burst;
  private double tokens;
  private long last = Long.MIN_VALUE;

  TokenBucket(double perSecond, double burst) {
    this.perSecond = perSecond;
    this.burst = burst;
    tokens = burst;
  }

  /** Takes the tokens if there are enough of them, else none. */
  boolean allow(long nowNanos, long wanted) {
    if (last != Long.MIN_VALUE && nowNanos > last) {
      tokens = Math.min(burst, tokens + (nowNanos - last) / 1e9 * perSecond);
    }
    last = Math.max(last, nowNanos);
    if (wanted > tokens) {
      return false;
    }
    tokens -= wanted;
    return true;
  }
}
