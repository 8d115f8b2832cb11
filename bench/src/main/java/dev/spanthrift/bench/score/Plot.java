package dev.spanthrift.bench.score;

import java.util.List;
import java.util.Locale;

/**
 * Information kept against bytes, a panel for each set, as SVG.
 *
 * <p>Information is the mean over errors, affected, slow and rare traces, faults and structures of
 * the share that was kept. Bytes on a logarithmic axis.
 */
final class Plot {
  private static final int PANEL = 340;
  private static final int HEIGHT = 300;
  private static final int LEFT = 42;
  private static final int TOP = 34;
  private static final int RIGHT = 12;
  private static final int BOTTOM = 40;
  private static final int LEGEND = 46;
  private static final double BYTES_MIN = .3;
  private static final double BYTES_MAX = 25;
  private static final List<String> COLOURS =
      List.of(
          "#d1242f", "#57606a", "#0969da", "#1a7f37", "#8250df", "#bf8700", "#1b7c83", "#000000");

  private final StringBuilder svg = new StringBuilder();

  private Plot() {}

  static String svg(List<SetScore> scores) {
    Plot plot = new Plot();
    int width = Math.max(2, scores.size()) * PANEL;
    plot.add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='11'>%n<rect width='100%%' height='100%%' fill='white'/>%n",
        width, HEIGHT + LEGEND);
    for (int i = 0; i < scores.size(); i++) {
      plot.panel(scores.get(i), i * PANEL);
    }
    if (!scores.isEmpty()) {
      plot.legend(scores.getFirst(), width);
    }
    return plot.svg.append("</svg>\n").toString();
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static double x(double bytes) {
    double at = Math.log(Math.clamp(bytes, BYTES_MIN, BYTES_MAX) / BYTES_MIN);
    return LEFT + at / Math.log(BYTES_MAX / BYTES_MIN) * (PANEL - LEFT - RIGHT);
  }

  private static double y(double information) {
    return HEIGHT - BOTTOM - information / 100 * (HEIGHT - TOP - BOTTOM);
  }

  private void panel(SetScore score, int offset) {
    add("<g transform='translate(%d 0)'>%n", offset);
    add("<text x='%d' y='20' font-weight='bold'>%s</text>%n", LEFT, score.name());
    for (int share = 0; share <= 100; share += 25) {
      double y = y(share);
      add("<path d='M%d %.1fH%d' stroke='#d0d7de'/>", LEFT, y, PANEL - RIGHT);
      add("<text x='%d' y='%.1f' text-anchor='end'>%d</text>%n", LEFT - 5, y + 4, share);
    }
    for (int bytes : new int[] {1, 2, 5, 10, 20}) {
      add("<path d='M%.1f %dV%d' stroke='#eaeef2'/>", x(bytes), TOP, HEIGHT - BOTTOM);
      add(
          "<text x='%.1f' y='%d' text-anchor='middle'>%d</text>%n",
          x(bytes), HEIGHT - BOTTOM + 15, bytes);
    }
    add(
        "<text x='%d' y='%d' text-anchor='middle'>bytes kept, %%</text>%n",
        (LEFT + PANEL) / 2, HEIGHT - 10);
    List<String> names = names(score);
    for (int i = 0; i < names.size(); i++) {
      line(score, names.get(i), i);
    }
    add("</g>%n");
  }

  private static List<String> names(SetScore score) {
    return score.runs().stream().map(SetScore.Run::sampler).distinct().toList();
  }

  private void line(SetScore score, String name, int index) {
    add("<path d='");
    String step = "M";
    for (SetScore.Run run : score.runs()) {
      if (run.sampler().equals(name)) {
        add("%s%.1f %.1f", step, x(run.figures().get("bytes")), y(information(run)));
        step = "L";
      }
    }
    add("' %s/>%n", stroke(name, index));
  }

  private static double information(SetScore.Run run) {
    double value = run.figures().get("information");
    return Double.isNaN(value) ? 0 : value;
  }

  private static String stroke(String name, int index) {
    return "fill='none' stroke='"
        + COLOURS.get(index % COLOURS.size())
        + "' stroke-width='"
        + (name.equals(Strategy.OURS) ? 3 : 1.5)
        + (name.equals(Strategy.ORACLE) ? "' stroke-dasharray='5 3'" : "'");
  }

  private void legend(SetScore score, int width) {
    List<String> names = names(score);
    double step = (width - LEFT) / (double) names.size();
    for (int i = 0; i < names.size(); i++) {
      double x = LEFT + i * step;
      add("<path d='M%.1f %dh20' %s/>", x, HEIGHT + 16, stroke(names.get(i), i));
      add("<text x='%.1f' y='%d'>%s</text>%n", x + 25, HEIGHT + 20, names.get(i));
    }
    add(
        "<text x='%d' y='%d' fill='#57606a'>vertical: mean share kept of errors, affected, slow and"
            + " rare traces, faults and structures, as far as the set has them, %%</text>%n",
        LEFT, HEIGHT + 40);
  }
}
