package dev.spanthrift.bench.score;

import java.util.List;

/** The figures of all samplers on one set. */
record SetScore(
    String name, int traces, int spans, int pods, int faults, int structures, List<Run> runs) {

  /** One sampler with one budget, over all seeds. */
  record Run(String sampler, double budget, ScoreFigures figures) {}

  SetScore {
    runs = List.copyOf(runs);
  }

  List<Run> of(double budget) {
    return runs.stream().filter(r -> r.budget == budget).toList();
  }
}
