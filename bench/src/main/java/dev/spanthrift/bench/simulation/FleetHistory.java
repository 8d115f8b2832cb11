package dev.spanthrift.bench.simulation;

import java.util.ArrayList;
import java.util.List;

/** What a simulated fleet did, in steps of ten seconds; the traffic steps up in the middle. */
public final class FleetHistory {
  static final int SECONDS = 10;
  private static final int WINDOW = 6; // steps: a minute
  private static final double NEAR = .25;

  /** Sums since the start. */
  record Point(
      double spent,
      double expired,
      long fragments,
      long visits,
      long scripts,
      long bytes,
      int entries,
      long refused,
      long kept,
      long whole,
      long nanos) {}

  private static final Point START = new Point(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final int pods;
  private final double allowance;
  private final List<Point> points = new ArrayList<>();

  FleetHistory(int pods, double allowance) {
    this.pods = pods;
    this.allowance = allowance;
  }

  void add(Point point) {
    points.add(point);
  }

  public int pods() {
    return pods;
  }

  private Point at(int step) {
    return step < 0 ? START : points.get(Math.min(step, points.size() - 1));
  }

  private int middle() {
    return points.size() / 2;
  }

  /** Spending in a step, in parts of the allowance. */
  public List<Double> pace() {
    List<Double> pace = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      pace.add((at(i).spent - at(i - 1).spent) / (allowance * SECONDS));
    }
    return pace;
  }

  /** The largest of (spent so far / allowed so far − 1), from the end of the first minute on. */
  public double worstExcess() {
    double worst = Double.NEGATIVE_INFINITY;
    for (int i = WINDOW - 1; i < points.size(); i++) {
      worst = Math.max(worst, at(i).spent / (allowance * SECONDS * (i + 1)) - 1);
    }
    return worst;
  }

  /** What was spent of all that was allowed. */
  public double used() {
    return at(points.size()).spent / (allowance * SECONDS * points.size());
  }

  public double expired() {
    return at(points.size()).expired / (allowance * SECONDS * points.size());
  }

  /** Of the kept traces. */
  public double whole() {
    Point last = at(points.size());
    return last.kept == 0 ? Double.NaN : (double) last.whole / last.kept;
  }

  public long kept() {
    return at(points.size()).kept;
  }

  public long refused() {
    return at(points.size()).refused;
  }

  public int entriesMost() {
    return points.stream().mapToInt(Point::entries).max().orElse(0);
  }

  /**
   * Seconds from the step until a minute begins from which on the spending of every minute is the
   * allowance, within a quarter; −1 when that does not happen.
   */
  public int converged() {
    int last = points.size() - WINDOW;
    int from = last + 1;
    while (from > middle() && isNear(from - 1)) {
      from--;
    }
    return from > last ? -1 : (from - middle()) * SECONDS;
  }

  private boolean isNear(int step) {
    double minute = at(step + WINDOW - 1).spent - at(step - 1).spent;
    return Math.abs(minute / (allowance * SECONDS * WINDOW) - 1) <= NEAR;
  }

  /**
   * Rates of the last minute.
   *
   * @param stepped of the whole time, or of the time before the step
   */
  public Load load(boolean stepped) {
    int end = (stepped ? points.size() : middle()) - 1;
    Point to = at(end);
    Point from = at(end - WINDOW);
    double seconds = SECONDS * WINDOW;
    double fragments = to.fragments - from.fragments;
    return new Load(
        fragments / seconds,
        (to.visits - from.visits) / seconds,
        (to.scripts - from.scripts) / seconds,
        (to.bytes - from.bytes) / seconds,
        (to.visits - from.visits) / Math.max(1, fragments),
        (to.bytes - from.bytes) / seconds / pods,
        (to.nanos - from.nanos) / 1e3 / seconds / pods);
  }

  /** What a second costs. */
  public record Load(
      double fragments,
      double visits,
      double scripts,
      double bytes,
      double visitsAFragment,
      double bytesAPod,
      double microsAPod) {}
}
