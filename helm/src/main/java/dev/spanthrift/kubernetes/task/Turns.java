package dev.spanthrift.kubernetes.task;

import java.time.Duration;

/** A bucket of turns that fills at an even pace; times are {@link System#nanoTime}. */
public final class Turns {
  private final long pause;
  private final long saved;
  private long next;

  /**
   * Begins full.
   *
   * @param pause between two turns in the long run
   * @param burst turns that may be taken at once, after a rest
   */
  public Turns(Duration pause, int burst, long now) {
    this.pause = pause.toNanos();
    saved = this.pause * (burst - 1);
    next = now - saved;
  }

  /** Takes the next turn; how long until it comes, in nanoseconds. */
  public synchronized long take(long now) {
    long turn = next - (now - saved) > 0 ? next : now - saved;
    next = turn + pause;
    return Math.max(0, turn - now);
  }

  /** Takes a turn if there is one now. */
  public synchronized boolean takeNow(long now) {
    if (next - now > 0) {
      return false;
    }
    return take(now) == 0;
  }
}
