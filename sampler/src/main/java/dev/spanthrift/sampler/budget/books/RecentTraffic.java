package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.Traffic;

/** Mix and rate of traffic lately, older parts fading with a half-life. */
final class RecentTraffic {
  /** Until something comes: 1000 spans of the usual kind, 20 to a trace. */
  private static final Traffic USUAL = new Traffic(518_000, 1_000, 20, 50);

  private static final double MIX_SPANS = 1_000;

  private final double halfLifeSeconds;
  private double bytes;
  private double spans;
  private double events;
  private double traces;
  private double seconds;

  RecentTraffic(double halfLifeSeconds) {
    this.halfLifeSeconds = halfLifeSeconds;
  }

  void observe(Traffic more, double elapsedSeconds) {
    double keep = Math.pow(.5, elapsedSeconds / halfLifeSeconds);
    bytes = bytes * keep + more.bytes();
    spans = spans * keep + more.spans();
    events = events * keep + more.events();
    traces = traces * keep + more.traces();
    seconds = seconds * keep + elapsedSeconds;
  }

  boolean isKnown() {
    return spans >= 1;
  }

  /** A thousand spans of what came lately. */
  Traffic mix() {
    if (!isKnown()) {
      return USUAL;
    }
    double times = MIX_SPANS / spans;
    return new Traffic(
        Math.round(bytes * times),
        (long) MIX_SPANS,
        Math.round(events * times),
        Math.round(traces * times));
  }

  /** How often the mix comes in a second. */
  double mixesPerSecond() {
    return spans / MIX_SPANS / Math.max(5, seconds);
  }
}
