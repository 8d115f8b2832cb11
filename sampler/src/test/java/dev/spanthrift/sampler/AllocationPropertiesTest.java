package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.VirtualPod.Made;
import dev.spanthrift.sampler.budget.Allowance;
import dev.spanthrift.sampler.budget.FleetSums;
import dev.spanthrift.sampler.budget.InProcessFleetSums;
import dev.spanthrift.sampler.budget.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.PriceOf;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Laws of the allocation, on whole samplers in virtual time. */
class AllocationPropertiesTest {
  private static final long SEED = Long.getLong("seed", 1);

  private static final int RUNS = Integer.getInteger("runs", 50);

  /** Weights are skewed, so that fifty runs stray further than a normal law's: 1000 do not. */
  private static final double Z_MAX = 4.5;

  @BeforeAll
  static void say() {
    System.out.println("seed " + SEED);
  }

  private static VirtualPod pod(long seed, Allowance allowance) {
    return new VirtualPod(seed, allowance, PriceOf.BYTES);
  }

  /** Eight operations, the rarest a hundredth of the commonest; errors and slow ones among them. */
  private static Made mixed(Random random) {
    int group = (int) (8 * random.nextDouble() * random.nextDouble());
    boolean error = random.nextInt(group == 3 ? 5 : 300) == 0;
    boolean slow = random.nextInt(100) == 0;
    double millis = (10 + group) * (1 + random.nextDouble()) * (slow ? 20 : 1);
    return new Made("op " + (char) ('a' + group), millis, error, 100 + 80 * group);
  }

  /** Received and re-weighted counts by operation. */
  private static final class Estimates {
    final Map<String, double[]> byOperation = new HashMap<>();
    private final Scanner scanner = new Scanner(1 << 20);

    void received(Made made) {
      of(made.name() + (made.error() ? " error" : ""))[0]++;
      of("all")[0]++;
    }

    void kept(byte[] request) {
      Batch batch = scanner.scan(request, 0, request.length);
      for (int row = 0; row < batch.size(); row++) {
        long threshold =
            TraceState.threshold(
                batch.buffer(), batch.traceStateOffset(row), batch.traceStateLength(row));
        double weight = 0x1p56 / (0x1p56 - Math.max(0, threshold));
        String name =
            new String(
                batch.buffer(),
                batch.nameOffset(row),
                batch.nameLength(row),
                StandardCharsets.UTF_8);
        weigh(name + (batch.isError(row) ? " error" : ""), weight);
        weigh("all", weight);
      }
    }

    private void weigh(String key, double weight) {
      of(key)[1] += weight;
      of(key)[2] += weight * weight;
    }

    private double[] of(String key) {
      return byOperation.computeIfAbsent(key, k -> new double[3]);
    }
  }

  /** Relative errors of the estimates over seeds, by operation. */
  private static final class Errors {
    /**
     * Fewer than so many examples of equal weight, and a mean says nothing: what is kept at the
     * base rate once in sixty times is mostly missing, and then its spread is missing, too.
     */
    private static final double EXAMPLES_MIN = 400;

    final Map<String, List<Double>> byOperation = new HashMap<>();
    private final Map<String, double[]> weights = new HashMap<>();

    void add(Estimates run) {
      run.byOperation.forEach(
          (name, sums) -> {
            double error = sums[0] == 0 ? 0 : sums[1] / sums[0] - 1;
            byOperation.computeIfAbsent(name, n -> new ArrayList<>()).add(error);
            double[] sum = weights.computeIfAbsent(name, n -> new double[2]);
            sum[0] += sums[1];
            sum[1] += sums[2];
          });
    }

    /** As many examples of equal weight would say as much. */
    private double examples(String name) {
      double[] sum = weights.get(name);
      return sum[0] * sum[0] / Math.max(1, sum[1]);
    }

    static double mean(List<Double> values) {
      return values.stream().mapToDouble(v -> v).average().orElse(0);
    }

    static double standardError(List<Double> values) {
      double mean = mean(values);
      double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
      return Math.sqrt(squares / (values.size() - 1) / values.size());
    }

    void assertUnbiased(double errorOfAllMax, int judgedMin) {
      int judged = 0;
      for (String name : byOperation.keySet()) {
        if (examples(name) >= EXAMPLES_MIN) {
          judged++;
          assertUnbiased(name, byOperation.get(name));
        }
      }
      assertTrue(judged >= judgedMin, "judged " + judged);
      double error = standardError(byOperation.get("all"));
      assertTrue(error < errorOfAllMax, "sharp enough to find a bias: " + error);
    }

    private void assertUnbiased(String name, List<Double> values) {
      double z = mean(values) / Math.max(1e-9, standardError(values));
      if (Boolean.getBoolean("print")) {
        System.out.println(name + " " + mean(values) + " z " + z + " n " + examples(name));
      }
      assertTrue(
          Math.abs(z) <= Z_MAX || Math.abs(mean(values)) < 1e-3,
          () -> name + ": " + mean(values) + ", z = " + z + ", seed " + SEED);
    }
  }

  @Test
  void s4_reweightedCountsHaveNoBias() {
    Errors errors = new Errors();
    for (int i = 0; i < RUNS; i++) {
      Estimates estimates = new Estimates();
      VirtualPod pod = pod(SEED * 1000 + i, new Allowance.ShareOfTraffic(.1));
      pod.shipped = estimates::kept;
      pod.run(
          120,
          () -> {
            for (int n = pod.count(60); n > 0; n--) {
              Made made = mixed(pod.random);
              estimates.received(made);
              pod.trace(0, made);
            }
          });
      pod.end();
      errors.add(estimates);
    }
    errors.assertUnbiased(.02, 7);
  }

  /** Two pods of a fleet: what one keeps the other joins, and the clocks differ by an hour. */
  @Test
  void s4_reweightedCountsHaveNoBiasInAFleetWhoseClocksDiffer() {
    Errors errors = new Errors();
    long[] whole = new long[2];
    for (int i = 0; i < RUNS; i++) {
      Estimates estimates = new Estimates();
      fleet(SEED * 1000 + i, estimates, whole, 3_600 * VirtualPod.SECOND);
      errors.add(estimates);
    }
    errors.assertUnbiased(.04, 6);
    assertTrue(whole[1] >= .995 * whole[0], whole[1] + " whole of " + whole[0]);
  }

  /** Front calls back; each sees its half. Counts traces kept at all, and kept in both. */
  private static void fleet(long seed, Estimates estimates, long[] whole, long skew) {
    InProcessKeepLedger ledger = VirtualPod.ledger(false);
    FleetSums sums = new InProcessFleetSums();
    Allowance allowance = new Allowance.ShareOfTraffic(.1);
    VirtualPod front = new VirtualPod(seed, allowance, PriceOf.BYTES, ledger, sums, "front");
    VirtualPod back = new VirtualPod(seed, allowance, PriceOf.BYTES, ledger, sums, "back");
    back.clockSkew = skew;
    List<Set<Long>> kept = List.of(new HashSet<>(), new HashSet<>());
    front.sampler.tellFates(new Kept(kept.get(0)));
    back.sampler.tellFates(new Kept(kept.get(1)));
    front.shipped = estimates::kept;
    back.shipped = estimates::kept;
    for (int tick = 0; tick < 5 * 150; tick++) {
      for (int n = tick < 5 * 100 ? front.count(30) : 0; n > 0; n--) {
        Made made = mixed(front.random);
        Made called = new Made("call " + made.name(), made.millis() / 2, made.error(), 300);
        long low = front.random.nextLong();
        front.add(1, low, 1, 0, new Made(made.name(), made.millis(), false, 200));
        back.add(1, low, 2, 1, called);
        estimates.received(new Made(made.name(), 1, false, 0));
        estimates.received(called);
      }
      front.tick();
      back.tick();
    }
    front.end();
    back.end();
    Set<Long> both = new HashSet<>(kept.get(0));
    both.retainAll(kept.get(1));
    Set<Long> any = new HashSet<>(kept.get(0));
    any.addAll(kept.get(1));
    whole[0] += any.size();
    whole[1] += both.size();
  }

  private record Kept(Set<Long> traces) implements Fates {
    @Override
    public void kept(long high, long low, int spans, long bytes, String reason) {
      traces.add(low);
    }

    @Override
    public void dropped(long high, long low, int spans, long bytes, String reason) {}
  }

  /** The same traces of each tick in another order: the same ones are kept, but for a few. */
  @Test
  void s4_decidesIndependentlyOfTheOrderOfKeys() {
    Set<Long> first = keptInOrder(false);
    Set<Long> second = keptInOrder(true);
    Set<Long> both = new HashSet<>(first);
    both.retainAll(second);
    int different = first.size() + second.size() - 2 * both.size();
    assertTrue(first.size() > 500, "kept " + first.size());
    // Not none: what is told in a tick lowers the level for what comes after it.
    assertTrue(different < .25 * first.size(), different + " of " + first.size() + " differ");
  }

  private static Set<Long> keptInOrder(boolean shuffled) {
    VirtualPod pod = pod(SEED, new Allowance.ShareOfTraffic(.1));
    Set<Long> kept = new HashSet<>();
    pod.sampler.tellFates(new Kept(kept));
    Random traffic = new Random(SEED);
    Random order = new Random(SEED + 1);
    record One(long low, Made made) {}
    pod.run(
        120,
        () -> {
          List<One> ones = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            ones.add(new One(traffic.nextLong(), mixed(traffic)));
          }
          if (shuffled) {
            Collections.shuffle(ones, order);
          }
          ones.forEach(one -> pod.add(1, one.low, 1, 0, one.made));
        });
    pod.end();
    return kept;
  }

  /** Watches a run: money in, money out, each second. */
  private static final class Watch {
    final VirtualPod pod;
    final Map<Long, long[]> bytes = new HashMap<>(); // by mark: received is not told, kept
    private final double slack;
    private double worst;

    /**
     * @param slack of the sum of spending over the allowance's, in bytes
     */
    Watch(VirtualPod pod, double slack) {
      this.pod = pod;
      this.slack = slack;
      pod.sampler.tellFates(
          new Fates() {
            @Override
            public void kept(long high, long low, int spans, long size, String reason) {
              of(high)[0] += spans;
              of(high)[1] += size;
            }

            @Override
            public void dropped(long high, long low, int spans, long size, String reason) {
              of(high)[2] += spans;
              of(high)[3] += size;
            }
          });
    }

    /** Kept spans and bytes, dropped spans and bytes of a mark. */
    long[] of(long high) {
      return bytes.computeIfAbsent(high & ~(1L << 62), h -> new long[4]);
    }

    void run(int seconds, Runnable send) {
      for (int s = 0; s < seconds; s++) {
        pod.run(1, send);
        double in = pod.ledger.inflowSum();
        double over = pod.ledger.spentSum() - 1.02 * in;
        worst = Math.max(worst, over);
        assertTrue(
            over <= slack,
            () -> "spent " + pod.ledger.spentSum() + " of " + in + " after " + pod.now / 1e9);
      }
    }

    double used(double spentBefore, double inBefore) {
      return (pod.ledger.spentSum() - spentBefore) / (pod.ledger.inflowSum() - inBefore);
    }
  }

  /** Up and down by ten in one step, each long enough that the other is what was learned. */
  @Test
  void s4_staysInTheBoundAndUsesAllThroughTenTimesTheLoadAndBack() {
    VirtualPod pod = pod(SEED, new Allowance.PerSecond(2_000));
    Watch watch = new Watch(pod, 20_000);
    double[] load = {20};
    Runnable send =
        () -> {
          for (int n = pod.count(load[0]); n > 0; n--) {
            pod.trace(0, mixed(pod.random));
          }
        };
    watch.run(1_200, send);
    for (double next : new double[] {200, 20, 200, 20}) {
      double spent = pod.ledger.spentSum();
      double in = pod.ledger.inflowSum();
      load[0] = next;
      watch.run(1_200, send);
      double used = watch.used(spent, in);
      assertTrue(used > .85, next + " traces a second: used " + used);
    }
    double expired = pod.ledger.expiredSum() / pod.ledger.inflowSum();
    assertTrue(expired < .03, "expired " + expired);
  }

  @Test
  void s4_aShareOfTrafficHoldsThroughTenTimesTheLoadAndBack() {
    VirtualPod pod = pod(SEED, new Allowance.ShareOfTraffic(.05));
    Watch watch = new Watch(pod, 20_000);
    for (double load : new double[] {30, 300, 30, 3}) {
      watch.run(
          300,
          () -> {
            for (int n = pod.count(load); n > 0; n--) {
              pod.trace(0, mixed(pod.random));
            }
          });
    }
    double used = pod.ledger.spentSum() / pod.ledger.inflowSum();
    assertTrue(used > .85 && used <= 1.02, "used " + used);
  }

  /** Nothing is known of sizes and demand: some seconds' money goes out in advance, no more. */
  @Test
  void s4_aColdStartSpendsAtMostFifteenSecondsInAdvance() {
    for (long seed = SEED; seed < SEED + 10; seed++) {
      VirtualPod pod = pod(seed, new Allowance.PerSecond(2_000));
      Watch watch = new Watch(pod, 15 * 2_000);
      watch.run(
          120,
          () -> {
            for (int n = pod.count(100); n > 0; n--) {
              pod.trace(0, mixed(pod.random));
            }
          });
      double used = pod.ledger.spentSum() / pod.ledger.inflowSum();
      assertTrue(used > .6, "used " + used + ", seed " + seed);
    }
  }

  @Test
  void s4_holdsForOneToAHundredThousandKeys() {
    for (int keys : new int[] {1, 10, 1_000, 100_000}) {
      VirtualPod pod = pod(SEED, new Allowance.ShareOfTraffic(.1));
      Watch watch = new Watch(pod, 40_000);
      Runnable send =
          () -> {
            for (int n = pod.count(500); n > 0; n--) {
              int key = pod.random.nextInt(keys);
              pod.trace(0, Made.ok("op " + LearnedStateTest.letters(key)));
            }
          };
      watch.run(300, send);
      double spent = pod.ledger.spentSum();
      double in = pod.ledger.inflowSum();
      watch.run(500, send);
      // The rest is saved: a bucket that fills, and scores that fall as examples become many.
      double used = watch.used(spent, in);
      assertTrue(used > .7, keys + " keys: used " + used);
      assertEquals(0, pod.ledger.expiredSum(), .01 * pod.ledger.inflowSum(), keys + " keys");
      LearnedCounts learned = pod.sampler.learnedCounts();
      assertTrue(learned.bytes() <= 8_000_000, keys + " keys: " + learned);
      assertEquals(keys > 20_000, learned.folded() > 0, keys + " keys: " + learned);
    }
  }

  /** Every trace of a new kind has a name of its own; the old ones must go on being seen. */
  @Test
  void s4_anExplosionOfKeysHoldsTheBudgetAndLeavesTheOldOnesTheirs() {
    VirtualPod pod = pod(SEED, new Allowance.PerSecond(4_000));
    Watch watch = new Watch(pod, 20_000);
    int[] junk = {0};
    boolean[] exploding = {false};
    Runnable send =
        () -> {
          for (int n = pod.count(100); n > 0; n--) {
            Made made = mixed(pod.random);
            pod.trace(made.error() ? 2 : 1, made);
          }
          for (int n = exploding[0] ? pod.count(400) : 0; n > 0; n--) {
            pod.trace(3, Made.ok("junk " + LearnedStateTest.letters(junk[0]++)));
          }
        };
    watch.run(300, send);
    long[] before = watch.of(1).clone();
    long[] errorsBefore = watch.of(2).clone();
    exploding[0] = true;
    watch.run(300, send);
    long[] after = watch.of(1);
    long[] errorsAfter = watch.of(2);
    double usedByOld = after[1] - before[1];
    assertTrue(usedByOld > .25 * before[1], "old ones: " + before[1] + ", then " + usedByOld);
    double kept = errorsAfter[0] - errorsBefore[0];
    double all = kept + errorsAfter[2] - errorsBefore[2];
    assertTrue(kept > .5 * all, "errors: " + kept + " of " + all);
    assertTrue(junk[0] > 100_000);
  }

  /** Sixty in a hundred fail in the same way: the rest keep their share, a rare error is seen. */
  @Test
  void s4_anErrorStormDoesNotStarveTheRest() {
    VirtualPod pod = pod(SEED, new Allowance.PerSecond(4_000));
    Watch watch = new Watch(pod, 20_000);
    boolean[] storm = {false};
    Runnable send =
        () -> {
          for (int n = pod.count(100); n > 0; n--) {
            if (storm[0] && pod.random.nextInt(100) < 60) {
              pod.trace(3, new Made("op a", 5, true, 200));
            } else if (pod.random.nextInt(200) == 0) {
              pod.trace(2, new Made("op rare", 5, true, 200));
            } else {
              Made made = mixed(pod.random);
              int mark = 100 + made.name().charAt(3);
              pod.trace(mark, new Made(made.name(), made.millis(), false, made.padding()));
            }
          }
        };
    watch.run(300, send);
    storm[0] = true;
    double spent = pod.ledger.spentSum();
    Map<Long, long[]> before = new HashMap<>();
    watch.bytes.forEach((mark, sums) -> before.put(mark, sums.clone()));
    watch.run(300, send);
    double[] rest = new double[1];
    watch.bytes.forEach(
        (mark, sums) -> {
          long[] earlier = before.getOrDefault(mark, new long[4]);
          long kept = sums[0] - earlier[0];
          long all = kept + sums[2] - earlier[2];
          if (mark > 3) {
            rest[0] += sums[1] - earlier[1];
            assertTrue(kept > .01 * all, (char) (mark - 100) + ": " + kept + " of " + all);
          }
        });
    double spentInStorm = pod.ledger.spentSum() - spent;
    assertTrue(rest[0] > .1 * spentInStorm, rest[0] + " of " + spentInStorm + " for the rest");
    double rare = watch.of(2)[0] - before.get(2L)[0];
    double rareAll = rare + watch.of(2)[2] - before.get(2L)[2];
    assertTrue(rare > .7 * rareAll, "rare errors: " + rare + " of " + rareAll);
    assertTrue(watch.of(3)[0] > 100, "and the storm itself is seen");
  }
}
