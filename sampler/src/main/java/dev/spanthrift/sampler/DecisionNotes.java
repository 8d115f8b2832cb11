package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.Hold;
import org.jspecify.annotations.Nullable;

/** Notes decisions in the log, where there is one. */
final class DecisionNotes {
  private @Nullable DecisionLog log;

  void in(@Nullable DecisionLog newLog) {
    log = newLog;
  }

  /** Notes a verdict; answers its number. */
  long judged(Hold hold, int slot, Fragment fragment, Judge judge, Verdict verdict) {
    DecisionLog into = log;
    return into == null
        ? DecisionLog.NONE
        : into.note(
            fragment,
            entry(fragment),
            judge.version(),
            verdict.reason(),
            verdict.probability(),
            verdict.isLeftToBudget(),
            hold.facts(slot),
            hold.factsOffset(slot),
            judge.factWords());
  }

  /** The operation of the local root that took longest, else of the longest span. */
  private static int entry(Fragment fragment) {
    int best = 0;
    for (int i = 1; i < fragment.size(); i++) {
      boolean root = fragment.isLocalRoot(i);
      boolean before = fragment.isLocalRoot(best);
      boolean longer = fragment.durationNanos(i) > fragment.durationNanos(best);
      if (root && !before || root == before && longer) {
        best = i;
      }
    }
    return fragment.operation(best);
  }

  void allocated(
      long number, double probability, TraceClass traceClass, double price, double level) {
    DecisionLog into = log;
    if (into != null) {
      into.allocated(number, traceClass, probability, price, level);
    }
  }

  void settled(long number, boolean kept, double inclusion, String reason) {
    DecisionLog into = log;
    if (into != null) {
      into.settled(number, kept, inclusion, reason);
    }
  }
}
