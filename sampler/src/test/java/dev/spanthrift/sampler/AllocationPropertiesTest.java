package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.VirtualPod.Made;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Laws of the allocation, on whole samplers in virtual time. */
class AllocationPropertiesTest {
  private static final long SEED = Long.getLong("seed", 1);

  private static final int RUNS = Integer.getInteger("runs", 50);

  /** Of some two hundred sums over eight seeds, none is beyond by chance. */
  private static final double Z_MAX = 4;

  @BeforeAll
  static void say() {
    System.out.println("seed " + SEED);
  }

  private static VirtualPod pod(long seed, Allowance allowance) {
    return new VirtualPod(seed, allowance, PriceOf.BYTES);
  }

  /** Eight operations, the rarest a hundredth of the commonest; errors and slow ones among them. */
  private static Made mixed(Random random) {
    return mixed(random, 100);
  }

  private static Made mixed(Random random, int oneSlowOf) {
    int group = (int) (8 * random.nextDouble() * random.nextDouble());
    boolean error = random.nextInt(group == 3 ? 5 : 300) == 0;
    boolean slow = random.nextInt(oneSlowOf) == 0;
    double millis = (10 + group) * (1 + random.nextDouble()) * (slow ? 20 : 1);
    return new Made("op " + (char) ('a' + group), millis, error, 100 + 80 * group);
  }

  /**
   * Received and re-weighted counts of an operation over all runs, and how far chance alone takes
   * them apart.
   *
   * <p>Given what was decided before, a span adds (kept ? 1/P : 0) − 1 with mean 0, variance (1 −
   * P)/P and third moment (1 − P)(1 − 2P)/P². Summed over all spans, kept or not, that is exact;
   * read from what was kept it is not: where heavy examples are missing by chance, so is the spread
   * they would have shown, and z = 5 came up without any bias.
   */
  private static final class Sums {
    double received;
    double estimated;
    double variance;
    double thirdMoment;

    void received(double p) {
      received++;
      variance += (1 - p) / p;
      thirdMoment += (1 - p) * (1 - 2 * p) / (p * p);
    }

    double z() {
      return (estimated - received) / Math.sqrt(Math.max(1e-9, variance));
    }

    double skewness() {
      return thirdMoment / Math.pow(Math.max(1e-9, variance), 1.5);
    }

    /** Else too few were kept at all. */
    boolean isJudged() {
      return received > 0 && Math.abs(skewness()) < 1;
    }

    /** Like {@link #Z_MAX} in a normal law, to the first order in the skewness (Cornish-Fisher). */
    boolean isUnbiased() {
      double longer = skewness() / 6 * (Z_MAX * Z_MAX - 1);
      return z() >= Math.min(-Z_MAX, -Z_MAX + longer) && z() <= Math.max(Z_MAX, Z_MAX + longer);
    }
  }

  /** Counts of all runs by operation. */
  private static final class Estimates implements Fates {
    private final Map<String, Sums> byOperation = new TreeMap<>();
    private final Map<Long, List<String>> operations = new HashMap<>(); // of a run's traces
    private final Map<Long, Double> probabilities = new HashMap<>(); // the largest of any pod
    private final Scanner scanner = new Scanner(1 << 20);

    void received(long low, Made made) {
      operations.computeIfAbsent(low, l -> new ArrayList<>(2)).add(operation(made));
    }

    private static String operation(Made made) {
      return made.name() + (made.error() ? " error" : "");
    }

    @Override
    public void decided(long high, long low, double probability) {
      probabilities.merge(low, probability, Math::max);
    }

    @Override
    public void kept(long high, long low, int spans, long bytes, String reason) {}

    @Override
    public void dropped(long high, long low, int spans, long bytes, String reason) {}

    void shipped(byte[] request) {
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
        sums(name + (batch.isError(row) ? " error" : "")).estimated += weight;
        sums("all").estimated += weight;
      }
    }

    private Sums sums(String operation) {
      return byOperation.computeIfAbsent(operation, o -> new Sums());
    }

    void endOfRun() {
      operations.forEach(
          (low, spans) -> {
            double p = probabilities.get(low);
            spans.forEach(span -> sums(span).received(p));
            spans.forEach(span -> sums("all").received(p));
          });
      operations.clear();
      probabilities.clear();
    }

    void assertUnbiased(double errorOfAllMax, int judgedMin) {
      int judged = 0;
      for (Map.Entry<String, Sums> entry : byOperation.entrySet()) {
        Sums sums = entry.getValue();
        if (sums.isJudged()) {
          judged++;
          String what = entry.getKey() + ": z = " + sums.z() + ", seed " + SEED;
          assertTrue(sums.isUnbiased(), what);
        }
      }
      assertTrue(judged >= judgedMin, "judged " + judged);
      Sums all = sums("all");
      double error = Math.sqrt(all.variance) / all.received;
      assertTrue(error < errorOfAllMax, "sharp enough to find a bias: " + error);
    }
  }

  @Test
  void s4_reweightedCountsHaveNoBias() {
    Estimates estimates = new Estimates();
    for (int i = 0; i < RUNS; i++) {
      VirtualPod pod = pod(SEED * 1000 + i, new Allowance.ShareOfTraffic(.1));
      pod.shipped = estimates::shipped;
      pod.sampler.tellFates(estimates);
      pod.run(
          120,
          () -> {
            for (int n = pod.count(60); n > 0; n--) {
              Made made = mixed(pod.random);
              estimates.received(pod.trace(0, made), made);
            }
          });
      pod.end();
      estimates.endOfRun();
    }
    estimates.assertUnbiased(.02, 10);
  }

  /** Two pods of a fleet: what one keeps the other joins, and the clocks differ by an hour. */
  @Test
  void s4_reweightedCountsHaveNoBiasInAFleetWhoseClocksDiffer() {
    Estimates estimates = new Estimates();
    long[] whole = new long[2];
    for (int i = 0; i < RUNS; i++) {
      fleet(SEED * 1000 + i, estimates, whole, 3_600 * VirtualPod.SECOND);
      estimates.endOfRun();
    }
    estimates.assertUnbiased(.04, 17);
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
    front.sampler.tellFates(new Kept(kept.get(0), estimates));
    back.sampler.tellFates(new Kept(kept.get(1), estimates));
    front.shipped = estimates::shipped;
    back.shipped = estimates::shipped;
    for (int tick = 0; tick < 5 * 150; tick++) {
      for (int n = tick < 5 * 100 ? front.count(30) : 0; n > 0; n--) {
        Made made = mixed(front.random);
        Made calling = new Made(made.name(), made.millis(), false, 200);
        Made called = new Made("call " + made.name(), made.millis() / 2, made.error(), 300);
        long low = front.random.nextLong();
        front.add(1, low, 1, 0, calling);
        back.add(1, low, 2, 1, called);
        estimates.received(low, calling);
        estimates.received(low, called);
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

  private record Kept(Set<Long> traces, Fates others) implements Fates {
    @Override
    public void decided(long high, long low, double probability) {
      others.decided(high, low, probability);
    }

    @Override
    public void kept(long high, long low, int spans, long bytes, String reason) {
      traces.add(low);
    }

    @Override
    public void dropped(long high, long low, int spans, long bytes, String reason) {}
  }

  /** The traces of each tick shuffled, or sorted by key: the same ones are kept, but for a few. */
  @Test
  void s4_decidesIndependentlyOfTheOrderOfKeys() {
    Drawn first = drawn(ones -> {});
    Random order = new Random(SEED + 1);
    Comparator<One> byKey = Comparator.comparing((One one) -> one.made.error());
    byKey = byKey.thenComparing(one -> one.made.name());
    Comparator<One> last = byKey.reversed();
    Comparator<One> plain = byKey;
    // What is told in a tick lowers the level for what comes after it, and durations are learned.
    first.assertLike(drawn(ones -> Collections.shuffle(ones, order)), "shuffled");
    first.assertLike(drawn(ones -> ones.sort(plain)), "errors last");
    first.assertLike(drawn(ones -> ones.sort(last)), "errors first");
  }

  private record One(long low, Made made) {}

  /** Kept traces, and the sum of probabilities of errors and of the rest. */
  private static final class Drawn implements Fates {
    final Map<Long, Boolean> errors = new HashMap<>();
    final Set<Long> kept = new HashSet<>();
    final double[] sums = new double[2];

    @Override
    public void decided(long high, long low, double probability) {
      sums[errors.get(low) ? 0 : 1] += probability;
    }

    @Override
    public void kept(long high, long low, int spans, long bytes, String reason) {
      kept.add(low);
    }

    @Override
    public void dropped(long high, long low, int spans, long bytes, String reason) {}

    void assertLike(Drawn other, String order) {
      assertTrue(kept.size() > 500, "kept " + kept.size());
      Set<Long> both = new HashSet<>(kept);
      both.retainAll(other.kept);
      int different = kept.size() + other.kept.size() - 2 * both.size();
      String what = order + ": " + different + " of " + kept.size() + " differ, seed " + SEED;
      assertTrue(different < .04 * kept.size(), what);
      assertEquals(sums[0], other.sums[0], .03 * sums[0], order + ": errors");
      assertEquals(sums[1], other.sums[1], .04 * sums[1], order + ": the rest");
    }
  }

  /**
   * Three in a hundred are slow. With one in a hundred the fleet's 99th percentile lies on a cliff,
   * where one trace more or less, in any order, moves it a thousandfold.
   */
  private static Drawn drawn(Consumer<List<One>> inOrder) {
    VirtualPod pod = pod(SEED, new Allowance.ShareOfTraffic(.1));
    Drawn drawn = new Drawn();
    pod.sampler.tellFates(drawn);
    Random traffic = new Random(SEED);
    pod.run(
        120,
        () -> {
          List<One> ones = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            ones.add(new One(traffic.nextLong(), mixed(traffic, 33)));
          }
          inOrder.accept(ones);
          for (One one : ones) {
            drawn.errors.put(one.low, one.made.error());
            pod.add(1, one.low, 1, 0, one.made);
          }
        });
    pod.end();
    return drawn;
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
        double waits = in - pod.ledger.spentSum() - pod.ledger.expiredSum();
        assertEquals(Math.max(0, waits), pod.ledger.outstanding(), 1e-6 * in);
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
