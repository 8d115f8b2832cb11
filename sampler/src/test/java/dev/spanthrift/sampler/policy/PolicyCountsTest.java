package dev.spanthrift.sampler.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What policies say they did is what was done, of traffic that others have sampled before. */
class PolicyCountsTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long[] NO_FACTS = {};

  private final Random random = new Random(SEED);
  private final Decision decision = new Decision();

  /** A trace that passed upstream's threshold, or says so and cannot have. */
  private Fragment trace(long upstream, boolean consistent) {
    long randomness = random.nextLong(Threshold.MAX);
    while (consistent && randomness < upstream) {
      randomness = random.nextLong(Threshold.MAX);
    }
    Fragment fragment = new Fragment().begin(1, random.nextLong(), randomness);
    fragment.setUpstreamThreshold(upstream);
    fragment.add(1, 0, 1, 1, 0, 0, Fragment.LOCAL_ROOT, 10);
    return fragment;
  }

  private long upstream() {
    return switch (random.nextInt(4)) {
      case 0 -> Threshold.UNKNOWN;
      case 1 -> 0;
      default -> (long) (Threshold.MAX * random.nextDouble(.9)) & -1L << 40;
    };
  }

  /** Whether the door keeps it: by the probability that the judge hands on. */
  private boolean isKept(Fragment fragment) {
    return switch (decision.outcome()) {
      case KEEP -> true;
      case DROP, BUDGET -> false;
      case PROBABILITY -> {
        double probability = decision.probability();
        long upstream = fragment.upstreamThreshold();
        if (decision.isOfArrived() && upstream > 0 && upstream <= fragment.randomness()) {
          probability *= (Threshold.MAX - upstream) / 0x1p56;
        }
        yield probability >= 0x1p-56
            && Threshold.of(probability, Threshold.DEFAULT_PRECISION).keeps(fragment.randomness());
      }
    };
  }

  @Test
  void aRateCountsWhatIsKeptOfTrafficThatWasSampledUpstream() {
    Policy rate = new Policy("rate", Condition.ALWAYS, new Action.Rate(100, Action.Unit.TRACES));
    PolicySet set = PolicySet.compile(new PolicyDocument(List.of(rate), Action.DROP));
    long kept = 0;
    for (int i = 0; i < 20_000; i++) {
      Fragment fragment = trace(1L << 55, true);
      set.decide(fragment, NO_FACTS, 0, i * 7_000_000L, decision);
      kept += isKept(fragment) ? 1 : 0;
    }
    PolicyCounts counts = set.counts().getFirst();
    assertTrue(kept < 15_000, "kept " + kept);
    assertEquals(kept, counts.kept().traces());
    assertEquals(20_000 - kept, counts.dropped().traces());
  }

  @Test
  void everyActionAndEveryShadowCountWhatWasDoneWhateverUpstreamSays() {
    List<Action> actions =
        List.of(
            Action.KEEP,
            Action.DROP,
            new Action.Probability(.3),
            new Action.Rate(50, Action.Unit.TRACES),
            new Action.Rate(90, Action.Unit.SPANS));
    for (Action action : actions) {
      for (Action shadowed : actions) {
        assertCounts(action, shadowed);
      }
    }
  }

  private void assertCounts(Action action, Action shadowed) {
    Policy shadow = new Policy("shadow", Condition.ALWAYS, shadowed, true);
    PolicySet set =
        PolicySet.compile(
            new PolicyDocument(
                List.of(shadow, new Policy("real", Condition.ALWAYS, action)), Action.BUDGET));
    PolicySet alone =
        PolicySet.compile(
            new PolicyDocument(
                List.of(new Policy("shadow", Condition.ALWAYS, shadowed)), Action.BUDGET));
    long kept = 0;
    long more = 0;
    long less = 0;
    for (int i = 0; i < 2_000; i++) {
      Fragment fragment = trace(upstream(), random.nextInt(5) > 0);
      long now = i * 7_000_000L;
      alone.decide(fragment, NO_FACTS, 0, now, decision);
      boolean would = isKept(fragment);
      set.decide(fragment, NO_FACTS, 0, now, decision);
      boolean was = isKept(fragment);
      kept += was ? 1 : 0;
      more += would && !was ? 1 : 0;
      less += was && !would ? 1 : 0;
    }
    List<PolicyCounts> counts = set.counts();
    String what = action + " with " + shadowed + " in shadow, seed " + SEED;
    assertEquals(kept, counts.get(1).kept().traces(), what);
    assertEquals(more, counts.get(0).more().traces(), what);
    assertEquals(less, counts.get(0).less().traces(), what);
  }
}
