package dev.spanthrift.sampler.budget.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.trace.Fragment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** From due to verdict, with prices that the test sets and a ledger that may be slow. */
class DecisionsTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long SECOND = 1_000_000_000L;
  private static final AllocationSettings SETTINGS = AllocationSettings.DEFAULT;
  private static final long WAIT = SETTINGS.askAfter().toNanos();
  private static final long ROOT_WAIT = SETTINGS.rootWait().toNanos();

  private final Random random = new Random(SEED);
  private long now = SECOND;

  /** A fragment and what became of it. */
  private static final class Piece {
    long price = 100;
    long submitted;
    long answered = -1;
    int verdicts;
    boolean decidedKept;
    boolean kept;
    boolean joined;
    double own;
    double inclusion;
    Reading reading = new Reading();
  }

  /** Gives each fragment the probability that the test wants. */
  private static final class Scripted implements Allocator {
    final Map<Reading, Double> probability = new HashMap<>();
    long reserve = 300;
    double level;
    double learnedKept;

    @Override
    public void arrived(long price, long nowNanos) {}

    @Override
    public void read(Reading reading) {}

    @Override
    public double decide(Reading reading, long price, TraceDigest digest, long nowNanos) {
      return probability.getOrDefault(reading, .5);
    }

    @Override
    public TraceClass reason() {
      return TraceClass.ORDINARY;
    }

    @Override
    public long expectedWhole() {
      return reserve;
    }

    @Override
    public long usualWhole(long seen, long nowNanos) {
      return reserve;
    }

    @Override
    public void reserved(long amount) {}

    @Override
    public void learnWhole(Reading r, long seen, long whole, boolean rooted, long nowNanos) {}

    @Override
    public void learnKept(TraceClass first, long price) {
      learnedKept += price;
    }

    @Override
    public void level(double amount) {
      level = amount;
    }

    @Override
    public void tick(LedgerBatch batch, long nowNanos) {}
  }

  /** Holds answers back until told, as one far away does. */
  private static final class SlowLedger implements KeepLedger {
    final InProcessKeepLedger ledger = new InProcessKeepLedger(false, SETTINGS.askAfter(), 100_000);
    final ArrayDeque<Runnable> answers = new ArrayDeque<>();

    @Override
    public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
      ledger.exchange(batch, nowNanos, b -> answers.add(() -> answered.accept(b)));
    }

    @Override
    public boolean isSolo() {
      return false;
    }
  }

  /** One pod. */
  private final class Pod implements Verdicts<Piece> {
    final Scripted allocator = new Scripted();
    final List<Piece> pieces = new ArrayList<>();
    final Decisions<Piece> decisions;

    Pod(KeepLedger ledger) {
      decisions = new Decisions<>(SETTINGS, allocator, ledger, piece -> piece.price, this);
    }

    Piece submit(long id, long randomness, boolean root, double probability) {
      Piece piece = piece(id, randomness, root);
      allocator.probability.put(piece.reading, probability);
      piece.own = probability;
      decisions.submit(piece, piece.reading, 0, 1, now);
      return piece;
    }

    private Piece piece(long id, long randomness, boolean root) {
      Fragment fragment = new Fragment().begin(id, id, randomness);
      fragment.add(1, root ? 0 : 9, 1, 1, 0, 0, root ? Fragment.LOCAL_ROOT : 0, 100);
      Piece piece = new Piece();
      piece.reading = Reading.ofTrace(fragment);
      piece.submitted = now;
      pieces.add(piece);
      return piece;
    }

    @Override
    public void decided(Piece piece, boolean kept, double probability) {
      piece.decidedKept = kept;
      piece.own = probability;
    }

    @Override
    public void keep(Piece piece, double probability, TraceClass reason, boolean joined) {
      piece.verdicts++;
      piece.kept = true;
      piece.inclusion = probability;
      piece.joined = joined;
      piece.answered = now;
    }

    @Override
    public void drop(Piece piece, double probability) {
      piece.verdicts++;
      piece.inclusion = probability;
      piece.answered = now;
    }
  }

  private static InProcessKeepLedger ledger(boolean solo) {
    return new InProcessKeepLedger(solo, Duration.ofSeconds(30), 100_000);
  }

  private static boolean passes(double probability, long randomness) {
    return Threshold.of(probability).keeps(randomness);
  }

  @Test
  void aloneNobodyWaitsAndOnlyRandomnessAgainstTheProbabilityDecides() {
    Pod pod = new Pod(ledger(true));
    for (int i = 0; i < 2_000; i++) {
      long randomness = random.nextLong(Threshold.MAX);
      double p = random.nextInt(10) == 0 ? 1 : .001 + random.nextDouble() * .999;
      Piece piece = pod.submit(i + 1, randomness, random.nextBoolean(), p);
      assertEquals(1, piece.verdicts);
      assertEquals(passes(p, randomness), piece.kept, "seed " + SEED);
      assertEquals(p, piece.inclusion);
      assertFalse(piece.joined);
    }
  }

  @Test
  void inAFleetAVerdictComesAfterTheWaitAndACertainKeepAtOnce() {
    Pod pod = new Pod(ledger(false));
    Piece certain = pod.submit(1, 0, false, 1);
    assertEquals(1, certain.verdicts);
    Piece likely = pod.submit(2, Threshold.MAX - 1, false, .5);
    Piece unlikely = pod.submit(3, 0, false, .5);
    Piece root = pod.submit(4, Threshold.MAX - 1, true, .5);
    while (root.verdicts == 0) {
      now += SECOND;
      pod.decisions.tick(now);
    }
    assertEquals(SECOND + WAIT, likely.answered);
    assertEquals(SECOND + WAIT, unlikely.answered);
    assertEquals(SECOND + ROOT_WAIT + WAIT, root.answered);
    assertTrue(likely.kept && root.kept && !unlikely.kept);
    assertEquals(0, pod.decisions.waiting());
  }

  @Test
  void aTraceIsKeptByAllPodsWithTheLargestProbabilityThatAnyGaveIt() {
    InProcessKeepLedger ledger = ledger(false);
    Pod one = new Pod(ledger);
    Pod two = new Pod(ledger);
    for (int id = 1; id <= 3_000; id++) {
      long randomness = random.nextLong(Threshold.MAX);
      Piece a = one.submit(id, randomness, false, .05 + .9 * random.nextDouble());
      Piece b = two.submit(id, randomness, false, .05 + .9 * random.nextDouble());
      boolean kept = passes(Math.max(a.own, b.own), randomness);
      now += SECOND / 100;
      if (id % 100 == 0) {
        one.decisions.tick(now);
        two.decisions.tick(now);
      }
      a.submitted = kept ? 1 : 0; // for the check below
    }
    now += WAIT;
    for (int i = 0; i < 3; i++) {
      one.decisions.tick(now);
      two.decisions.tick(now);
      now += WAIT;
    }
    for (int i = 0; i < one.pieces.size(); i++) {
      Piece a = one.pieces.get(i);
      Piece b = two.pieces.get(i);
      String which = "trace " + (i + 1) + ", seed " + SEED;
      assertEquals(a.submitted == 1, a.kept, which);
      assertEquals(a.kept, b.kept, which);
      if (a.kept) {
        double expected = Math.max(a.own, b.own);
        assertEquals(expected, a.inclusion, which);
        assertEquals(expected, b.inclusion, which);
      }
    }
  }

  @Test
  void everyFragmentGetsOneVerdictHoweverSlowTheLedgerIs() {
    SlowLedger slow = new SlowLedger();
    Pod pod = new Pod(slow);
    Map<Piece, Boolean> expected = new HashMap<>();
    for (int i = 0; i < 4_000; i++) {
      long randomness = random.nextLong(Threshold.MAX);
      double p = .01 + .98 * random.nextDouble();
      expected.put(pod.submit(i + 1, randomness, i % 3 == 0, p), passes(p, randomness));
      now += SECOND / 50;
      if (i % 25 == 0) {
        pod.decisions.tick(now);
      }
      if (random.nextInt(200) == 0) {
        answer(slow);
      }
    }
    for (int i = 0; i < 200; i++) {
      now += SECOND;
      pod.decisions.tick(now);
      answer(slow);
    }
    expected.forEach(
        (piece, kept) -> {
          assertEquals(1, piece.verdicts, "seed " + SEED);
          assertEquals(kept, piece.kept, "seed " + SEED);
          assertTrue(piece.answered >= piece.submitted + WAIT);
        });
    assertEquals(0, pod.decisions.waiting());
  }

  private static void answer(SlowLedger slow) {
    for (Runnable next = slow.answers.poll(); next != null; next = slow.answers.poll()) {
      next.run();
    }
  }

  @Test
  void whatIsSpentIsThePriceOfWhatIsKeptAndEveryReservationEnds() {
    InProcessKeepLedger ledger = ledger(false);
    Pod one = new Pod(ledger);
    Pod two = new Pod(ledger);
    for (int id = 1; id <= 1_000; id++) {
      long randomness = random.nextLong(Threshold.MAX);
      for (Pod pod : List.of(one, two)) {
        pod.allocator.reserve = random.nextInt(1_000);
        Piece piece = pod.submit(id, randomness, false, random.nextInt(8) == 0 ? 1 : .3);
        piece.price = 1 + random.nextInt(200);
      }
      now += SECOND / 100;
    }
    // A price that has changed is asked for anew where the fragment waits; a certain keep paid at
    // once.
    double kept = 0;
    for (int i = 0; i < 100; i++) {
      now += SECOND;
      one.decisions.tick(now);
      two.decisions.tick(now);
    }
    for (Pod pod : List.of(one, two)) {
      for (Piece piece : pod.pieces) {
        kept += piece.kept ? piece.own >= 1 ? 100 : piece.price : 0;
      }
    }
    assertEquals(kept, ledger.spentSum(), 1e-6, "seed " + SEED);
    assertEquals(0, ledger.reservedSum(), 1e-6);
  }

  @Test
  void atAFreeMomentEverythingIsKeptAndToldAndNothingCharged() {
    InProcessKeepLedger ledger = ledger(false);
    Pod pod = new Pod(ledger);
    Pod other = new Pod(ledger);
    Piece piece = pod.piece(1, 0, true);
    pod.decisions.keepFree(piece, piece.reading, 0, now);
    assertTrue(piece.kept);
    assertEquals(1, piece.inclusion);
    pod.decisions.tick(now);
    Piece late = other.submit(1, 0, false, .01);
    for (int i = 0; i < 40; i++) {
      now += SECOND;
      pod.decisions.tick(now);
      other.decisions.tick(now);
    }
    assertTrue(late.kept && late.joined, "another pod follows");
    assertEquals(1, late.inclusion);
    assertEquals(100, ledger.spentSum(), "and pays its own part");
  }

  @Test
  void whoEndsAsksForAllThatWaitsAndTellsWhatItKeeps() {
    long high = Threshold.MAX / 4 * 3;
    SlowLedger ledger = new SlowLedger();
    Pod stays = new Pod(ledger.ledger);
    Pod ends = new Pod(ledger);
    Piece told = stays.submit(7, high, false, .5);
    stays.decisions.tick(now);
    Piece joins = ends.submit(7, high, false, 0);
    Piece nobodys = ends.submit(8, high, false, 0);
    ends.decisions.tick(now); // an exchange is under way
    Piece root = ends.submit(9, high, true, .5);
    Piece elsewhere = stays.submit(9, high, false, 0);
    for (int i = 0; ends.decisions.askAll(now); i++) {
      assertTrue(i < 20, "it never ends");
      if (!ledger.answers.isEmpty()) {
        ledger.answers.remove().run();
      }
    }
    assertEquals(0, ends.decisions.waiting());
    assertTrue(joins.kept && joins.joined);
    assertFalse(nobodys.kept);
    assertTrue(root.kept);
    now += WAIT;
    stays.decisions.tick(now);
    assertTrue(told.kept);
    assertTrue(elsewhere.kept && elsewhere.joined, "the last keep was told");
  }
}
