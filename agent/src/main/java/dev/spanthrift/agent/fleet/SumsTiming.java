package dev.spanthrift.agent.fleet;

/**
 * When the fleet's sums are asked again: once in each of the engine's generations of reports, and
 * with the next exchange where money moves so fast that others should know.
 *
 * <p>Each pod has its own moment in the generation, so that not all come at once, early enough that
 * a late exchange is still in it. Used by one thread, but for {@link #generation}.
 */
final class SumsTiming {
  /** Reports are added up over so long; the script knows the same. */
  private static final double GENERATION_SECONDS = 5;

  /** Part of the level that all pods together may move before they say so. */
  private static final double MOVED_MAX = .05;

  /** One late report does not make a pod a new one. */
  private static final long LATE_MAX = 2;

  private static final double PHASE_MAX = .5; // of a generation

  private final double phase;
  private double toldSeconds; // by the engine's clock
  private long toldNanos;
  private volatile long reportedIn = -1;

  /**
   * @param place of this pod among the others, from 0 to 1
   */
  SumsTiming(double place) {
    phase = place * PHASE_MAX;
  }

  /** Whether the generation of this moment has no report of this pod yet. */
  boolean isReportDue(long nowNanos) {
    double seconds = toldSeconds + (nowNanos - toldNanos) / 1e9;
    return reportedIn < 0 || Math.floor(seconds / GENERATION_SECONDS - phase) > reportedIn;
  }

  /**
   * Whether this pod moved more than its part of what may be moved unsaid.
   *
   * @param moved since the engine was told last
   */
  static boolean isMoneyDue(double moved, double level, double pods) {
    return Math.abs(moved) * pods > MOVED_MAX * level;
  }

  /** Whether the generation before that of this moment, whose sums are whole now, has this pod. */
  boolean isInSumsOf(double engineSeconds) {
    long generation = (long) Math.floor(engineSeconds / GENERATION_SECONDS);
    return reportedIn >= 0 && generation - reportedIn <= LATE_MAX;
  }

  /** Takes the engine's clock from the answer to a report. */
  void reported(double engineSeconds, long nowNanos) {
    toldSeconds = engineSeconds;
    toldNanos = nowNanos;
    reportedIn = (long) Math.floor(engineSeconds / GENERATION_SECONDS);
  }

  /** The last one that has this pod's report; −1 before the first. */
  long generation() {
    return reportedIn;
  }
}
