package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.VirtualPod.Made;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.PriceOf;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What applications and operators should not send, and what becomes of it. */
class BadInputTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long YEAR_2200 = 7_258_118_400L * VirtualPod.SECOND;

  private static VirtualPod pod(Allowance allowance, PriceOf price) {
    return new VirtualPod(SEED, allowance, price);
  }

  private static VirtualPod pod() {
    return pod(new Allowance.ShareOfTraffic(.1), PriceOf.BYTES);
  }

  private static void usual(VirtualPod pod, int seconds) {
    pod.run(
        seconds,
        () -> {
          for (int n = pod.count(50); n > 0; n--) {
            pod.trace(1, new Made("op", 10 + pod.random.nextDouble(), false, 200));
          }
        });
  }

  private static void assertIdentity(VirtualPod pod) {
    SamplerCounts counts = pod.sampler.counts();
    assertEquals(
        counts.received().spans(),
        counts.held().spans() + counts.kept().spans() + counts.dropped().spans());
  }

  @Test
  void refusesNegativeAllowances() {
    for (double bad : new double[] {-1, -1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new Allowance.PerSecond(bad));
      assertThrows(IllegalArgumentException.class, () -> new Allowance.ShareOfTraffic(bad));
    }
    assertThrows(IllegalArgumentException.class, () -> new Allowance.ShareOfTraffic(1.1));
  }

  /** Nothing keeps no more than the base rate's tiny part, and never nothing for certain. */
  @Test
  void aBudgetOfZeroKeepsNextToNothing() {
    VirtualPod pod = pod(new Allowance.PerSecond(0), PriceOf.BYTES);
    usual(pod, 200);
    SamplerCounts counts = pod.sampler.counts();
    assertTrue(
        counts.kept().spans() < .03 * counts.received().spans(), "kept " + counts.kept().spans());
    assertIdentity(pod);
  }

  /** A day of silence: money does not pile up beyond the bucket, and the first trace is decided. */
  @Test
  void zeroTrafficSavesNoMoreThanTheBucketHolds() {
    VirtualPod pod = pod(new Allowance.PerSecond(1_000), PriceOf.BYTES);
    usual(pod, 60);
    for (int minute = 0; minute < 24 * 60; minute++) {
      pod.now += 59 * VirtualPod.SECOND;
      pod.run(1, () -> {});
    }
    double spent = pod.ledger.spentSum();
    double level =
        pod.ledger.inflowSum() - spent - pod.ledger.reservedSum() - pod.ledger.expiredSum();
    assertTrue(level > 0 && level <= 4 * 60 * 1_000 + 1, "level " + level);
    usual(pod, 60);
    assertTrue(pod.sampler.counts().kept().byReason().size() > 0);
    assertTrue(pod.ledger.spentSum() - spent <= level + 61 * 1_000);
    assertIdentity(pod);
  }

  @Test
  void aSamplerThatNeverSawASpanTicksOn() {
    VirtualPod pod = pod();
    pod.run(3_600, () -> {});
    assertEquals(0, pod.sampler.counts().received().spans());
    usual(pod, 60);
    assertIdentity(pod);
    double used = pod.ledger.spentSum() / pod.ledger.inflowSum();
    assertTrue(used <= 1.02, "used " + used);
  }

  @Test
  void keepsAllThatCostsNothing() {
    VirtualPod pod = pod(new Allowance.PerSecond(1_000), (bytes, spans) -> 0);
    usual(pod, 60);
    pod.end();
    assertEquals(pod.sampler.counts().received().spans(), pod.sampler.counts().kept().spans());
  }

  /** Small spans are free here: they stay, and leave the others' money alone. */
  @Test
  void keepsAGroupThatCostsNothingAndSamplesTheOthers() {
    VirtualPod pod =
        pod(new Allowance.PerSecond(1_000), (bytes, spans) -> bytes < 250L * spans ? 0 : bytes);
    Map<Long, long[]> fates = Map.of(1L, new long[2], 2L, new long[2]);
    pod.sampler.tellFates(
        new Fates() {
          @Override
          public void kept(long high, long low, int spans, long bytes, String reason) {
            fates.get(high & 3)[0]++;
          }

          @Override
          public void dropped(long high, long low, int spans, long bytes, String reason) {
            fates.get(high & 3)[1]++;
          }
        });
    pod.run(
        200,
        () -> {
          for (int n = pod.count(50); n > 0; n--) {
            pod.trace(1, new Made("free", 10, false, 20));
            pod.trace(2, new Made("paid", 10, false, 400));
          }
        });
    pod.end();
    assertTrue(fates.get(1L)[1] <= 50, "free ones dropped: " + fates.get(1L)[1]);
    assertTrue(fates.get(2L)[1] > 5 * fates.get(2L)[0], "paid ones are sampled");
    double used = pod.ledger.spentSum() / pod.ledger.inflowSum();
    assertTrue(used > .5 && used <= 1.02, "used " + used);
  }

  /** Spans that end before they start, or without a time: no duration, and nothing learned. */
  @Test
  void durationsBelowZeroSayNothing() {
    VirtualPod plain = pod();
    VirtualPod odd = pod();
    for (VirtualPod pod : new VirtualPod[] {plain, odd}) {
      usual(pod, 60);
    }
    long before = odd.sampler.counts().kept().byReason().getOrDefault("budget:slow", 0L);
    odd.run(
        60,
        () -> {
          for (int n = odd.count(50); n > 0; n--) {
            long start = VirtualPod.EPOCH + odd.now;
            long end = odd.random.nextBoolean() ? start - 1 - odd.random.nextInt(1 << 30) : 0;
            odd.add(1, odd.random.nextLong(), 1, 0, Made.ok("op"), start, end);
          }
        });
    assertIdentity(odd);
    assertEquals(before, odd.sampler.counts().kept().byReason().getOrDefault("budget:slow", 0L), 3);
    assertEquals(histograms(plain), histograms(odd));
  }

  private static int histograms(VirtualPod pod) {
    return pod.sampler.learnedCounts().edges();
  }

  /** Times of 0, and of a year 2200 on either end: nothing is slow because of a wrong clock. */
  @Test
  void timestampsOfZeroOrOfTheYear2200BlindNobody() {
    VirtualPod pod = pod();
    Set<Long> slow = new HashSet<>();
    Set<Long> keptSlow = new HashSet<>();
    pod.sampler.tellFates(
        new Fates() {
          @Override
          public void kept(long high, long low, int spans, long bytes, String reason) {
            if (slow.contains(low)) {
              keptSlow.add(low);
            }
          }

          @Override
          public void dropped(long high, long low, int spans, long bytes, String reason) {}
        });
    pod.run(
        400,
        () -> {
          for (int n = pod.count(50); n > 0; n--) {
            long now = VirtualPod.EPOCH + pod.now;
            long low = pod.random.nextLong();
            Made made = Made.ok("op");
            switch (pod.random.nextInt(20)) {
              case 0 -> pod.add(1, low, 1, 0, made, 0, now);
              case 1 -> pod.add(1, low, 1, 0, made, 0, 0);
              case 2 -> pod.add(1, low, 1, 0, made, now, YEAR_2200);
              case 3 -> pod.add(1, low, 1, 0, made, YEAR_2200, YEAR_2200 + 10_000_000);
              case 4 -> pod.add(1, low, 1, 0, made, 1, -1); // unsigned: the year 2554
              default -> {
                boolean isSlow = pod.now > 100 * VirtualPod.SECOND && pod.random.nextInt(400) == 0;
                if (isSlow) {
                  slow.add(low);
                }
                double millis = isSlow ? 900 : 10 + pod.random.nextDouble();
                pod.add(1, low, 1, 0, new Made("op", millis, false, 200));
              }
            }
          }
        });
    pod.end();
    assertIdentity(pod);
    assertTrue(slow.size() > 20);
    assertTrue(keptSlow.size() > .8 * slow.size(), keptSlow.size() + " of " + slow.size());
  }

  /** The same spans with clocks an hour ahead or behind: the same decisions. */
  @Test
  void clockSkewChangesNoDecision() {
    Set<Long> straight = keptWithSkew(0);
    assertTrue(straight.size() > 100);
    assertEquals(straight, keptWithSkew(3_600 * VirtualPod.SECOND));
    assertEquals(straight, keptWithSkew(-3_600 * VirtualPod.SECOND));
  }

  private static Set<Long> keptWithSkew(long skew) {
    VirtualPod pod = pod();
    pod.clockSkew = skew;
    Set<Long> kept = new HashSet<>();
    pod.sampler.tellFates(
        new Fates() {
          @Override
          public void kept(long high, long low, int spans, long bytes, String reason) {
            kept.add(low);
          }

          @Override
          public void dropped(long high, long low, int spans, long bytes, String reason) {}
        });
    usual(pod, 100);
    pod.end();
    return kept;
  }

  /** Virtual time in the year 2200, where seconds no longer fit an int: as today. */
  @Test
  void decidesInTheYear2200AsToday() {
    VirtualPod today = pod();
    usual(today, 200);
    VirtualPod then = pod();
    then.now = YEAR_2200;
    then.clockSkew = -VirtualPod.EPOCH;
    usual(then, 200);
    then.end();
    assertIdentity(then);
    double spent = today.ledger.spentSum();
    assertTrue(spent > .3 * today.ledger.inflowSum(), "spent " + spent);
    assertEquals(spent, then.ledger.spentSum(), .1 * spent);
  }

  @Test
  void aMillionOperationNamesStayInBoundedMemory() {
    VirtualPod pod = pod();
    int[] name = {0};
    pod.run(
        200,
        () -> {
          for (int n = 0; n < 1_000; n++) {
            pod.trace(1, Made.ok("op " + LearnedStateTest.letters(name[0]++)));
          }
        });
    pod.end();
    assertEquals(1_000_000, name[0]);
    assertIdentity(pod);
    LearnedCounts learned = pod.sampler.learnedCounts();
    assertTrue(learned.folded() > 1_000_000 - 20_000, learned.toString());
    assertTrue(learned.bytes() <= 10_000_000, learned.toString());
    System.out.println("a million names: " + learned);
    byte[] snapshot = pod.snapshot(1);
    assertTrue(snapshot.length < 100_000, "junk is not saved: " + snapshot.length);
  }

  /** Names of any length, of bytes that are no text, without any letter. */
  @Test
  void oddNamesDoNoHarm() {
    VirtualPod pod = pod();
    pod.run(
        20,
        () -> {
          for (int n = 0; n < 20; n++) {
            String name = "\u0000\uffff".repeat(pod.random.nextInt(600)) + pod.random.nextInt(9);
            pod.trace(1, Made.ok(name));
          }
        });
    pod.end();
    assertIdentity(pod);
    VirtualPod next = pod();
    assertTrue(next.sampler.restore(pod.snapshot(5), 1, 5).warning().isEmpty());
  }

  /** Ten thousand of everything at once: operations, edges, paths, entries, error signatures. */
  @Test
  void s4_allTablesFitInEightMegabytesAtTenThousandGroups() {
    VirtualPod pod = pod();
    int[] next = {0};
    for (int round = 0; round < 24; round++) {
      double slower = round == 23 ? 5 : 1;
      next[0] = 0;
      pod.run(
          20,
          () -> {
            for (int n = 0; n < 100; n++) {
              int group = next[0]++;
              String name = "GET /shop/orders/" + LearnedStateTest.letters(group);
              pod.trace(1, new Made(name, (10 + group % 100) * slower, true, 40));
            }
          });
    }
    pod.end();
    LearnedCounts learned = pod.sampler.learnedCounts();
    System.out.println("10,000 groups: " + learned + ", snapshot " + pod.snapshot(1).length);
    assertEquals(10_000, learned.operations());
    assertEquals(10_000, learned.edges());
    assertEquals(10_000, learned.paths());
    assertEquals(4_096, learned.errorSignatures());
    assertTrue(learned.bytes() <= 8_000_000, learned.toString());
  }
}
