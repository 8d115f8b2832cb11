package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.VirtualPod.Made;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What was learned, over a restart, a change of policy, and a damaged file. */
class LearnedStateTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long DAY_MILLIS = 86_400_000L;
  private static final long SAVED = 1_800_000_000_000L;

  private static VirtualPod pod(long seed) {
    return new VirtualPod(seed, new Allowance.ShareOfTraffic(.1), PriceOf.BYTES);
  }

  /** Twenty operations, a few of them slow or in error now and then. */
  private static void traffic(VirtualPod pod, int seconds) {
    pod.run(
        seconds,
        () -> {
          for (int i = pod.count(100); i > 0; i--) {
            int group = pod.random.nextInt(20);
            boolean error = pod.random.nextInt(200) == 0;
            double millis = 10 + pod.random.nextDouble() + (pod.random.nextInt(300) == 0 ? 90 : 0);
            pod.trace(group, new Made("op " + (char) ('a' + group), millis, error, 200));
          }
        });
  }

  private static VirtualPod restarted(byte[] saved, long unixMillis) {
    VirtualPod next = pod(SEED + 1);
    next.now = 99 * VirtualPod.SECOND; // another clock
    assertEquals(Optional.empty(), next.sampler.restore(saved, next.now, unixMillis).warning());
    return next;
  }

  @Test
  void s4_survivesARestart() {
    VirtualPod first = pod(SEED);
    traffic(first, 300);
    LearnedCounts known = first.sampler.learnedCounts();
    assertTrue(known.operations() == 20 && known.edges() == 20 && known.paths() >= 20);
    VirtualPod second = restarted(first.snapshot(SAVED), SAVED + 5_000);
    LearnedCounts taken = second.sampler.learnedCounts();
    assertEquals(known.operations(), taken.operations());
    assertEquals(known.errorSignatures(), taken.errorSignatures());
    assertEquals(known.edges(), taken.edges());
    assertEquals(known.paths(), taken.paths());
    assertEquals("op a", second.sampler.operations().name(operation(second, "op a")));
  }

  /** The first fragments come before the first tick, and are decided with what was left. */
  @Test
  void s5_theFirstTraceIsDecidedWithTheMoneyThatWasLeft() {
    VirtualPod first = pod(SEED);
    traffic(first, 300);
    VirtualPod second = restarted(first.snapshot(SAVED), SAVED);
    double[] probability = {-1};
    second.sampler.tellFates(
        new Fates() {
          @Override
          public void decided(long high, long low, double p) {
            probability[0] = p;
          }

          @Override
          public void kept(long high, long low, int spans, long bytes, String reason) {}

          @Override
          public void dropped(long high, long low, int spans, long bytes, String reason) {}
        });
    second.trace(3, new Made("op d", 10, true, 200));
    second.decideWithoutTick();
    assertTrue(probability[0] > .2, "an error has " + probability[0]);
  }

  private static int operation(VirtualPod pod, String name) {
    for (int id = 0; id < pod.sampler.operations().size(); id++) {
      if (pod.sampler.operations().name(id).equals(name)) {
        return id;
      }
    }
    throw new AssertionError(name + " is not known");
  }

  /** With nothing in between, what is written again is what was read. */
  @Test
  void s4_aSnapshotOfWhatWasRestoredIsTheSame() {
    VirtualPod first = pod(SEED);
    traffic(first, 120);
    byte[] saved = first.snapshot(SAVED);
    byte[] again = restarted(saved, SAVED).snapshot(SAVED);
    assertEquals(saved.length, again.length);
    byte[] third = restarted(again, SAVED).snapshot(SAVED);
    assertArrayEquals(sortedBody(again), sortedBody(third)); // tables have no order
  }

  private static byte[] sortedBody(byte[] snapshot) {
    byte[] body = Arrays.copyOfRange(snapshot, 21, snapshot.length);
    Arrays.sort(body);
    return body;
  }

  /** A sampler that begins from nothing does not know what is slow; one that goes on does. */
  @Test
  void s4_goesOnDecidingAsBeforeAndNotAsABeginner() {
    VirtualPod first = pod(SEED);
    traffic(first, 300);
    byte[] saved = first.snapshot(SAVED);
    VirtualPod second = restarted(saved, SAVED);
    second.allowance = new Allowance.ShareOfTraffic(1);
    VirtualPod third = pod(SEED + 1);
    third.allowance = new Allowance.ShareOfTraffic(1);
    long[] known = firstSeconds(second);
    long[] beginner = firstSeconds(third);
    assertEquals(0, known[0], "no path of old is new again");
    assertTrue(known[2] > beginner[2], "a beginner is careful: " + known[2] + ", " + beginner[2]);
    assertTrue(known[1] > 0, "slow traces are known as such at once");
    assertEquals(0, beginner[1], "a beginner knows none");
  }

  /** Traces kept as new, as slow, and at all. */
  private static long[] firstSeconds(VirtualPod pod) {
    pod.run(4, () -> {});
    for (int i = 0; i < 25; i++) {
      pod.trace(i % 20, new Made("op " + (char) ('a' + i % 20), 10.5, false, 200));
      if (i % 5 == 0) {
        pod.trace(i % 20, new Made("op " + (char) ('a' + i % 20), 900, false, 200));
      }
      pod.tick();
    }
    pod.end();
    var kept = pod.sampler.counts().keptByReason();
    long all = kept.values().stream().mapToLong(n -> n).sum();
    return new long[] {
      kept.getOrDefault("budget:new", 0L), kept.getOrDefault("budget:slow", 0L), all
    };
  }

  @Test
  void s4_survivesAChangeOfPolicy() {
    VirtualPod pod = pod(SEED);
    traffic(pod, 60);
    byte[] before = pod.snapshot(SAVED);
    pod.sampler.use(
        new PolicyJudge(PolicySet.compile(new PolicyDocument(List.of(), Action.BUDGET))));
    assertArrayEquals(before, pod.snapshot(SAVED));
  }

  @Test
  void isIgnoredWhenTooOldOrOfAnotherVersion() {
    VirtualPod first = pod(SEED);
    traffic(first, 20);
    byte[] saved = first.snapshot(SAVED);
    ignored(saved, SAVED + (LearnedState.DAYS_MAX + 1) * DAY_MILLIS, "days old");
    byte[] other = saved.clone();
    other[4]++;
    ignored(other, SAVED, "version 2 instead of 1");
    ignored(new byte[0], SAVED, "not a snapshot");
    ignored(new byte[LearnedState.BYTES_MAX + 1], SAVED, "not a snapshot");
    restarted(saved, SAVED + (LearnedState.DAYS_MAX - 1) * DAY_MILLIS);
    restarted(saved, SAVED - 400 * DAY_MILLIS); // the clock was wrong: it counts as fresh
  }

  private static void ignored(byte[] saved, long unixMillis, String why) {
    VirtualPod pod = pod(SEED);
    String warning = pod.sampler.restore(saved, pod.now, unixMillis).warning().orElseThrow();
    assertTrue(warning.contains(why), warning);
    assertEquals(0, pod.sampler.learnedCounts().operations());
  }

  @Test
  void halvesDurationsAndCountsOncePerDayOfAge() {
    VirtualPod first = pod(SEED);
    traffic(first, 100);
    byte[] saved = first.snapshot(SAVED);
    VirtualPod later = restarted(saved, SAVED + 5 * DAY_MILLIS);
    assertEquals(20, later.sampler.learnedCounts().edges());
    assertTrue(later.snapshot(SAVED).length <= saved.length);
    traffic(later, 20);
  }

  @Test
  void damagedBytesAreIgnoredAndNeverThrow() {
    System.out.println("seed " + SEED);
    VirtualPod first = pod(SEED);
    traffic(first, 30);
    byte[] saved = first.snapshot(SAVED);
    Random random = new Random(SEED);
    for (int i = 0; i < 400; i++) {
      byte[] damaged = saved.clone();
      damaged[random.nextInt(saved.length)] ^= (byte) (1 << random.nextInt(8));
      ignored(damaged, SAVED, "");
      ignored(Arrays.copyOf(saved, random.nextInt(saved.length)), SAVED, "");
    }
  }

  /** A checksum that fits does not make it true: whatever is taken must work. */
  @Test
  void damagedBytesWithARightChecksumAreIgnoredOrHarmless() {
    System.out.println("seed " + SEED);
    VirtualPod first = pod(SEED);
    traffic(first, 30);
    byte[] saved = first.snapshot(SAVED);
    Random random = new Random(SEED);
    int taken = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = random.nextInt(4) == 0 ? cut(saved, random) : saved.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[21 + random.nextInt(damaged.length - 21)] ^= (byte) (1 << random.nextInt(8));
      }
      VirtualPod pod = pod(i);
      boolean good =
          pod.sampler.restore(LearnedState.sealed(damaged), pod.now, SAVED).warning().isEmpty();
      taken += good ? 1 : 0;
      assertTrue(good || pod.sampler.learnedCounts().operations() == 0, "half taken");
      traffic(pod, 2);
      SamplerCounts counts = pod.sampler.counts();
      assertEquals(counts.received(), counts.held() + counts.kept() + counts.dropped());
    }
    assertTrue(taken > 20 && taken < 390, "taken " + taken + ": both must be seen");
  }

  private static byte[] cut(byte[] saved, Random random) {
    return Arrays.copyOf(saved, 22 + random.nextInt(saved.length - 22));
  }

  @Test
  void aSnapshotWithABudgetServesASamplerWithoutOneAndTheOtherWayRound() {
    VirtualPod first = pod(SEED);
    traffic(first, 20);
    Sampler plain =
        new Sampler(
            SamplerSettings.DEFAULT,
            new PolicyJudge(PolicySet.compile(new PolicyDocument(List.of(), Action.KEEP))),
            dev.spanthrift.sampler.trace.SliceCodec.deflate());
    assertTrue(plain.restore(first.snapshot(SAVED), 1, SAVED).warning().isEmpty());
    assertEquals(20, plain.learnedCounts().operations());
    LearnedState.Writer writer = plain.learned(SAVED);
    while (writer.step(1)) {}
    assertEquals(20, restarted(writer.finish(), SAVED).sampler.learnedCounts().operations());
  }

  @Test
  void amountsOfAnotherPriceModelAreNotTaken() {
    VirtualPod first = pod(SEED);
    traffic(first, 60);
    VirtualPod dearer =
        new VirtualPod(SEED, new Allowance.ShareOfTraffic(.1), (bytes, spans) -> bytes * 1_000L);
    assertTrue(dearer.sampler.restore(first.snapshot(SAVED), 1, SAVED).warning().isEmpty());
    assertEquals(20, dearer.sampler.learnedCounts().edges());
    byte[] ofBeginner = pod(SEED).snapshot(SAVED);
    assertFalse(dearer.snapshot(SAVED).length <= ofBeginner.length, "durations are taken");
  }

  /** After an explosion of names the file holds what was seen more than once, and no junk. */
  @Test
  void anExplosionOfKeysDoesNotOutliveARestart() {
    VirtualPod pod = pod(SEED);
    traffic(pod, 60);
    for (int i = 0; i < 30_000; i++) {
      pod.trace(99, Made.ok("junk " + letters(i)));
      if (i % 500 == 0) {
        pod.tick();
      }
    }
    pod.run(2, () -> {});
    assertTrue(pod.sampler.learnedCounts().folded() > 0);
    VirtualPod next = restarted(pod.snapshot(SAVED), SAVED);
    LearnedCounts taken = next.sampler.learnedCounts();
    assertTrue(taken.operations() < 100, "operations " + taken.operations());
    assertTrue(taken.edges() < 100, "edges " + taken.edges());
    assertTrue(taken.paths() < 100, "paths " + taken.paths());
  }

  /** A number as a word, which no template takes for one. */
  static String letters(int number) {
    StringBuilder word = new StringBuilder();
    for (int rest = number; rest > 0 || word.isEmpty(); rest /= 20) {
      word.append((char) ('g' + rest % 20));
    }
    return word.toString();
  }
}
