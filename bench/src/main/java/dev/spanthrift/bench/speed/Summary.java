package dev.spanthrift.bench.speed;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The runs of one combination in short, and how many times less we need than the peer. */
record Summary(Map<String, List<Result>> results, double heldSeconds, int spansPerSecond) {
  private static final String PEER = "collector";

  void print() {
    results.forEach(
        (name, runs) ->
            System.out.printf(
                Locale.ROOT,
                "  %-14s CPU-s/M %s   ms/s %s   RSS MB %s   anon MB %s%s%n",
                name,
                range(runs, Result::cpuPerMillion, 2),
                range(runs, Result::millisPerSecond, 1),
                range(runs, r -> r.residentKb() / 1024.0, 0),
                range(runs, r -> r.anonymousKb() / 1024.0, 0),
                perHeldSpan(runs)));
    List<Result> peer = results.get(PEER);
    if (peer != null) {
      results.forEach((name, runs) -> printRatio(name, runs, peer));
    }
  }

  private String perHeldSpan(List<Result> runs) {
    if (spansPerSecond == 0 || spansPerSecond == Load.Plan.SATURATED) {
      return "";
    }
    return "   B/held span (RSS − idle) "
        + range(
            runs, r -> (r.residentKb() - r.idleKb()) * 1024.0 / (heldSeconds * spansPerSecond), 0);
  }

  /** Surely: our largest against its smallest; usually: median against median. */
  private static void printRatio(String name, List<Result> runs, List<Result> peer) {
    if (name.equals(PEER)) {
      return;
    }
    boolean idle = runs.stream().allMatch(run -> run.accepted() == 0);
    ToDoubleFunction<Result> of = idle ? Result::millisPerSecond : Result::cpuPerMillion;
    System.out.printf(
        Locale.ROOT,
        "  %s: %.1f times less CPU at the median, %.1f surely (our largest, its smallest)%n",
        name,
        median(peer, of) / median(runs, of),
        sorted(peer, of)[0] / sorted(runs, of)[runs.size() - 1]);
  }

  private static String range(List<Result> runs, ToDoubleFunction<Result> of, int digits) {
    double[] values = sorted(runs, of);
    String format = "%." + digits + "f";
    return String.format(
        Locale.ROOT,
        format + " [" + format + ".." + format + "]",
        median(runs, of),
        values[0],
        values[values.length - 1]);
  }

  private static double median(List<Result> runs, ToDoubleFunction<Result> of) {
    double[] values = sorted(runs, of);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  private static double[] sorted(List<Result> runs, ToDoubleFunction<Result> of) {
    return runs.stream().mapToDouble(of).sorted().toArray();
  }
}
