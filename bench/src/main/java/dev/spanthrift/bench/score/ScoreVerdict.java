package dev.spanthrift.bench.score;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether ours is ahead: of each baseline in most columns, and nowhere far behind the best of them.
 */
final class ScoreVerdict {
  private static final double FAR_BEHIND = .75;
  private static final double COARSER = 1.5;

  private ScoreVerdict() {}

  /** A line for each question, the failed ones in capitals. */
  static List<String> of(SetScore score, double budget) {
    List<SetScore.Run> runs = score.of(budget);
    ScoreFigures ours = find(runs, Strategy.OURS);
    if (ours == null) {
      return List.of();
    }
    List<SetScore.Run> others =
        runs.stream()
            .filter(r -> !r.sampler().equals(Strategy.OURS) && isBaseline(r.sampler()))
            .toList();
    List<String> lines = new ArrayList<>();
    others.forEach(r -> lines.add(ahead(ours, r)));
    if (!others.isEmpty()) {
      lines.add(behind(ours, others));
    }
    ScoreFigures uniform = find(runs, Strategy.UNIFORM);
    if (uniform != null) {
      double times = ours.get("p95") / uniform.get("p95");
      lines.add(
          String.format(
              Locale.ROOT, "%s: p95 error is %.2f × uniform's", said(times <= COARSER), times));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%.0f ns a span for reading and deciding, %.0f ns a tick; bytes for errors %.1f, slow"
                + " %.1f, new %.1f, ordinary %.1f, base %.1f %%",
            ours.get("nanos"),
            ours.get("tick"),
            ours.get("for error"),
            ours.get("for slow"),
            ours.get("for new"),
            ours.get("for ordinary"),
            ours.get("for base")));
    return lines;
  }

  private static @Nullable ScoreFigures find(List<SetScore.Run> runs, String name) {
    return runs.stream()
        .filter(r -> r.sampler().equals(name))
        .map(SetScore.Run::figures)
        .findFirst()
        .orElse(null);
  }

  /** Not the oracle, nor one that was only tried. */
  private static boolean isBaseline(String name) {
    return !name.equals(Strategy.ORACLE) && !name.contains("=");
  }

  private static String said(boolean good) {
    return good ? "yes" : "NO";
  }

  private static String ahead(ScoreFigures ours, SetScore.Run other) {
    int ahead = 0;
    int even = 0;
    int all = 0;
    for (String column : Score.SIX) {
      double a = ours.get(column);
      double b = other.figures().get(column);
      if (!Double.isNaN(a)) {
        all++;
        ahead += a > b ? 1 : 0;
        even += a == b ? 1 : 0;
      }
    }
    return String.format(
        "%s: ahead of %s in %d of %d columns, even in %d",
        said(ahead > all - ahead - even), other.sampler(), ahead, all, even);
  }

  private static String behind(ScoreFigures ours, List<SetScore.Run> others) {
    StringBuilder far = new StringBuilder();
    for (String column : Score.SIX) {
      double best =
          others.stream().mapToDouble(r -> r.figures().get(column)).max().orElse(Double.NaN);
      if (ours.get(column) < FAR_BEHIND * best) {
        far.append(String.format(Locale.ROOT, " %s %.2f", column, ours.get(column) / best));
      }
    }
    return said(far.isEmpty()) + ": nowhere below ¾ of the best baseline" + far;
  }
}
