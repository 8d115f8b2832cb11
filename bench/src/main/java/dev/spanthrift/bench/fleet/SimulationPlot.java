package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.simulation.FleetHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Simulated fleets as SVG: spending over time against the allowance, and what one sidecar and one
 * fragment cost against the size of the fleet.
 */
final class SimulationPlot {
  private static final int PANEL = 420;
  private static final int HEIGHT = 260;
  private static final int LEFT = 46;
  private static final int RIGHT = 90;
  private static final int TOP = 34;
  private static final int BOTTOM = 40;
  private static final double PACE_MAX = 3;
  private static final List<String> COLOURS = List.of("#d1242f", "#0969da", "#1a7f37", "#8250df");

  private final StringBuilder svg = new StringBuilder();

  private SimulationPlot() {}

  static String svg(List<FleetHistory> fleets) {
    SimulationPlot plot = new SimulationPlot();
    plot.add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='11'>%n<rect width='100%%' height='100%%' fill='white'/>%n",
        2 * PANEL, HEIGHT);
    plot.spending(fleets);
    plot.add("<g transform='translate(%d 0)'>%n", PANEL);
    plot.cost(fleets);
    return plot.svg.append("</g>\n</svg>\n").toString();
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static double x(double part) {
    return LEFT + part * (PANEL - LEFT - RIGHT);
  }

  private static double y(double part) {
    return HEIGHT - BOTTOM - Math.clamp(part, 0, 1) * (HEIGHT - TOP - BOTTOM);
  }

  private void title(String title, String under) {
    add("<text x='%d' y='20' font-weight='bold'>%s</text>%n", LEFT, title);
    add("<text x='%.1f' y='%d' text-anchor='middle'>%s</text>%n", x(.5), HEIGHT - 8, under);
  }

  private void grid(double part, String label) {
    add("<path d='M%.1f %.1fH%.1f' stroke='#d0d7de'/>", x(0), y(part), x(1));
    add("<text x='%.1f' y='%.1f' text-anchor='end'>%s</text>%n", x(0) - 5, y(part) + 4, label);
  }

  private void line(List<double[]> points, int colour, String name, int row) {
    StringBuilder path = new StringBuilder();
    for (double[] point : points) {
      path.append(
          String.format(
              Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(point[0]), y(point[1])));
    }
    String stroke = COLOURS.get(colour % COLOURS.size());
    add("<path d='%s' fill='none' stroke='%s' stroke-width='1.5'/>", path, stroke);
    add("<text x='%.1f' y='%d' fill='%s'>%s</text>%n", x(1) + 6, TOP + 14 * row, stroke, name);
  }

  private void spending(List<FleetHistory> fleets) {
    title(
        "spent in 10 s, in parts of the allowance",
        "seconds; ten times the traffic from the middle on");
    for (int i = 0; i <= PACE_MAX; i++) {
      grid(i / PACE_MAX, String.valueOf(i));
    }
    for (int f = 0; f < fleets.size(); f++) {
      List<Double> pace = fleets.get(f).pace();
      List<double[]> points = new ArrayList<>();
      for (int i = 0; i < pace.size(); i++) {
        points.add(new double[] {(i + 1.0) / pace.size(), pace.get(i) / PACE_MAX});
      }
      line(points, f, fleets.get(f).pods() + " pods", f);
    }
    int seconds = fleets.getFirst().pace().size() * 10;
    for (int part = 0; part <= 4; part++) {
      add(
          "<text x='%.1f' y='%d' text-anchor='middle'>%d</text>%n",
          x(part / 4.0), HEIGHT - BOTTOM + 15, part * seconds / 4);
    }
  }

  private void cost(List<FleetHistory> fleets) {
    title("what one sidecar costs the engine", "pods");
    for (int i = 0; i <= 4; i++) {
      grid(i / 4.0, String.valueOf(i));
    }
    double bytes = fleets.stream().mapToDouble(f -> f.load(true).bytesAPod()).max().orElse(1);
    double scale = Math.pow(10, Math.floor(Math.log10(bytes)));
    line(against(fleets, f -> f.load(true).visitsAFragment()), 0, "visits", 0);
    add("<text x='%.1f' y='%d'>a fragment</text>%n", x(1) + 6, TOP + 14);
    line(against(fleets, f -> f.load(true).bytesAPod() / scale), 1, amount(scale), 3);
    add("<text x='%.1f' y='%d'>a second</text>%n", x(1) + 6, TOP + 56);
    for (int f = 0; f < fleets.size(); f++) {
      add(
          "<text x='%.1f' y='%d' text-anchor='middle'>%d</text>%n",
          x(place(fleets, f)), HEIGHT - BOTTOM + 15, fleets.get(f).pods());
    }
  }

  private static String amount(double scale) {
    return String.format(Locale.ROOT, "× %.0f bytes", scale);
  }

  private static double place(List<FleetHistory> fleets, int f) {
    return fleets.size() == 1 ? .5 : (double) f / (fleets.size() - 1);
  }

  private static List<double[]> against(
      List<FleetHistory> fleets, ToDoubleFunction<FleetHistory> value) {
    List<double[]> points = new ArrayList<>();
    for (int f = 0; f < fleets.size(); f++) {
      points.add(new double[] {place(fleets, f), value.applyAsDouble(fleets.get(f)) / 4});
    }
    return points;
  }
}
