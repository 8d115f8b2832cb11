package dev.spanthrift.agent.collector.tail;

/** Counts within one second of the clock; a refusal leaves the count, so a smaller one may pass. */
final class SecondCounter {
  private long second = Long.MIN_VALUE;
  private long count;

  boolean add(long nowNanos, long amount, long max) {
    long current = Math.floorDiv(nowNanos, Voter.SECOND);
    if (current != second) {
      second = current;
      count = 0;
    }
    if (count + amount > max) {
      return false;
    }
    count += amount;
    return true;
  }
}
