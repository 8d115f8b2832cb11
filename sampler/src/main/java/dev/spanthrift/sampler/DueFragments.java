package dev.spanthrift.sampler;

import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.trace.DecisionMemory;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.Hold;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Step decide: a fragment that is due gets its verdict from its judge, or from the budget if the
 * judge leaves it to that, and departs.
 */
final class DueFragments {
  /** Keeps that no rule has asked for. */
  private static final Set<String> BY_NOBODY =
      Set.of(Sampler.KILL_SWITCH, Sampler.SHADOW, PolicySet.FALLBACK_REASON);

  private final Hold hold;
  private final DecisionMemory memory;
  private final JudgeVersions judges;
  private final @Nullable Budgeting budget;
  private final Departures departures;
  private final DecisionNotes notes;
  private final SamplerCounts.Counters counters;
  private final int precision;
  private final Fragment fragment = new Fragment();
  private final Verdict verdict = new Verdict();

  private boolean keepAll;
  private boolean shadow;

  DueFragments(
      Hold hold,
      DecisionMemory memory,
      JudgeVersions judges,
      @Nullable Budgeting budget,
      Departures departures,
      DecisionNotes notes,
      SamplerCounts.Counters counters,
      int precision) {
    this.hold = hold;
    this.memory = memory;
    this.judges = judges;
    this.budget = budget;
    this.departures = departures;
    this.notes = notes;
    this.counters = counters;
    this.precision = precision;
  }

  /** While on, every fragment that comes up is kept as it is, whatever its judge would say. */
  void keepAll(boolean on) {
    keepAll = on;
  }

  /** While on, judges decide and count as ever, and every fragment is kept whatever they said. */
  void shadow(boolean on) {
    shadow = on;
  }

  /** Whether everything is kept, whatever judges say. */
  boolean keepsAnyway() {
    return keepAll || shadow;
  }

  /** Decides what is due, then the oldest while too much waits. */
  void decide(long now) {
    judges.tick(now);
    for (int slot = hold.pollDue(now); slot != Hold.NONE; slot = hold.pollDue(now)) {
      decide(slot, now);
    }
    for (int slot = hold.pollPressed(); slot != Hold.NONE; slot = hold.pollPressed()) {
      counters.decidedEarly++;
      if (hold.isFull() && !keepsAnyway() && !judges.get(hold.version(slot)).judgesWhenFull()) {
        departures.dropForgotten(slot, Sampler.TOO_EARLY);
      } else {
        decideNow(slot, now);
      }
    }
  }

  private void decideNow(int slot, long now) {
    if (!hold.isInLimbo(slot)) {
      decide(slot, now);
    }
    if (budget != null) {
      budget.settleNow(slot);
    }
  }

  /** Decides everything that waits and does not wait for the ledger yet. */
  void decideUntold(long now) {
    for (int slot = hold.oldest(); slot != Hold.NONE; ) {
      int younger = hold.younger(slot);
      if (!hold.isInLimbo(slot)) {
        decide(slot, now);
      }
      slot = younger;
    }
  }

  /** Decides everything that waits, whether due or not, and waits for nobody's word. */
  void decideAllNow(long now) {
    for (int slot = hold.oldest(); slot != Hold.NONE; slot = hold.oldest()) {
      decideNow(slot, now);
    }
  }

  private void decide(int slot, long now) {
    Judge judge = judges.get(hold.version(slot));
    hold.load(slot, fragment);
    if (keepAll) {
      verdict.keep(Sampler.KILL_SWITCH);
    } else {
      judge.judge(fragment, hold.facts(slot), hold.factsOffset(slot), now, verdict);
      handOver(judge);
      if (shadow) {
        verdict.keep(Sampler.SHADOW);
      }
    }
    long number = notes.judged(hold, slot, fragment, judge, verdict);
    if (budget != null && verdict.isLeftToBudget()) {
      budget.submit(slot, number, fragment, isFirst(slot), verdict.weight(), now);
      return;
    }
    long threshold = BudgetVerdicts.threshold(verdict.probability(), precision);
    boolean kept = threshold <= fragment.randomness();
    if (budget != null && budget.asksOthers() && isDrawn()) {
      budget.sampledByPolicy(
          slot, number, fragment, verdict.probability(), kept, verdict.reason(), now);
    } else if (kept) {
      if (budget != null) {
        budget.keptByPolicy(fragment, verdict.probability(), now);
      }
      boolean byRule = verdict.isCertain() && !BY_NOBODY.contains(verdict.reason());
      Worth worth = byRule ? Worth.RULE : Worth.ORDINARY;
      double probability = verdict.probability();
      departures.keep(
          slot, number, probability, threshold, probability == 1, worth, verdict.reason());
    } else {
      departures.drop(slot, number, verdict.reason());
    }
  }

  /** Whether the verdict is a probability, which leaves it to the trace's randomness. */
  private boolean isDrawn() {
    return verdict.probability() > 0 && verdict.probability() < 1;
  }

  /** What a policy would keep beyond the policies' share of the money is the budget's to choose. */
  private void handOver(Judge judge) {
    if (budget != null && verdict.isCertain() && !budget.admits(fragment)) {
      counters.overPolicyShare++;
      judge.overShare(fragment);
      verdict.leaveToBudget(verdict.reason(), 1);
    }
  }

  private boolean isFirst(int slot) {
    return memory.find(hold.traceIdHigh(slot), hold.traceIdLow(slot)) == DecisionMemory.UNKNOWN;
  }

  long bytesHeld() {
    return fragment.bytesHeld();
  }
}
