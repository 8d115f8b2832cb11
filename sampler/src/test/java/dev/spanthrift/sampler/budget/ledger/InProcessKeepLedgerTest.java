package dev.spanthrift.sampler.budget.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The keep ledger beside a plain map, in virtual time. */
class InProcessKeepLedgerTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long SECOND = 1_000_000_000L;
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final long LIFE = 90 * SECOND;

  private final LedgerBatch batch = new LedgerBatch();
  private long now = SECOND;

  private static InProcessKeepLedger ledger(int bound) {
    return new InProcessKeepLedger(false, WAIT, bound);
  }

  private void send(InProcessKeepLedger ledger) {
    ledger.exchange(batch, now, answered -> {});
  }

  private double told(InProcessKeepLedger ledger, long id) {
    batch.clear();
    batch.ask(id, id, false, 1);
    send(ledger);
    return batch.askTold(0);
  }

  @Test
  void afterAnHourOfSilenceNewTracesAreTakenAgainWhateverTheBound() {
    for (int bound : new int[] {1, 500, 513, 6_393, 100_000}) {
      InProcessKeepLedger ledger = ledger(bound);
      long id = 0;
      for (int second = 0; second < 200; second++) {
        batch.clear();
        for (int i = 0; i < 150; i++) {
          batch.tell(++id, id, .5, TraceClass.ERROR, 100);
        }
        send(ledger);
        now += SECOND;
      }
      now += 3_600 * SECOND;
      long before = ledger.refused();
      for (int i = 0; i < 100; i++) {
        batch.clear();
        batch.tell(++id, id, .5, TraceClass.ERROR, 0);
        send(ledger);
        assertEquals(.5, told(ledger, id), "bound " + bound + ", trace " + i);
        now += LIFE + 1;
      }
      assertEquals(before, ledger.refused(), "bound " + bound);
    }
  }

  @Test
  void whileItIsFullOfLivingTracesNewOnesAreRefusedAndCounted() {
    InProcessKeepLedger ledger = ledger(100);
    batch.clear();
    for (int id = 1; id <= 130; id++) {
      batch.tell(id, id, .5, TraceClass.SLOW, 0);
    }
    send(ledger);
    assertEquals(30, ledger.refused());
    assertEquals(100, ledger.size());
    assertEquals(.5, told(ledger, 100));
    assertEquals(0, told(ledger, 101));
  }

  @Test
  void whatATraceReservedComesBackWhenItIsForgotten() {
    InProcessKeepLedger ledger = ledger(1000);
    batch.clear();
    batch.inflow(10_000, 1e9);
    batch.tell(1, 1, .5, TraceClass.SLOW, 4_000);
    send(ledger);
    assertEquals(6_000, batch.level());
    assertEquals(4_000, ledger.reservedSum());
    now += LIFE + 1;
    batch.clear();
    send(ledger);
    assertEquals(0, ledger.reservedSum());
    assertEquals(0, ledger.size());
    batch.clear();
    send(ledger);
    assertEquals(10_000, batch.level());
  }

  @Test
  void holdsNoMoreMemoryThanItsTracesNeedAfterAPeak() throws Exception {
    InProcessKeepLedger ledger = ledger(1 << 20);
    batch.clear();
    for (long id = 1; id <= 200_000; id++) {
      batch.tell(id, id, .5, TraceClass.SLOW, 0);
    }
    send(ledger);
    assertTrue(ledger.bytesHeld() > 200_000 * 80, "" + ledger.bytesHeld());
    now += LIFE + 1;
    batch.clear();
    batch.tell(1, 1, .5, TraceClass.SLOW, 0);
    send(ledger);
    assertEquals(1, ledger.size());
    assertTrue(ledger.bytesHeld() < 1 << 20, "" + ledger.bytesHeld());
  }

  /** One trace as a map would hold it. */
  private static final class Entry {
    double told;
    TraceClass first = TraceClass.BASE;
    long reserved;
    long path;
    long whole;
    boolean rooted;
    boolean parted;
    long expires;
  }

  private final Map<Long, Entry> model = new HashMap<>();

  private Entry touch(long id, int bound) {
    model.values().removeIf(e -> e.expires < now);
    Entry known = model.get(id);
    if (known == null && model.size() >= bound) {
      return null;
    }
    Entry entry = model.computeIfAbsent(id, i -> new Entry());
    entry.expires = now + LIFE;
    return entry;
  }

  @Test
  void answersAsAMapWouldAndItsMoneyAddsUp() {
    for (int bound : new int[] {40, 5_000}) {
      Random random = new Random(SEED);
      InProcessKeepLedger ledger = ledger(bound);
      model.clear();
      for (int round = 0; round < 4_000; round++) {
        exchange(ledger, bound, random);
        now += (long) (SECOND * random.nextDouble(random.nextInt(40) == 0 ? 120 : 2));
      }
      assertTrue(ledger.refused() > 0 || bound > 1_000);
    }
  }

  private void exchange(InProcessKeepLedger ledger, int bound, Random random) {
    batch.clear();
    batch.inflow(random.nextInt(5_000), 100_000);
    long[] ids = new long[6];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 1 + random.nextInt(60);
    }
    for (int i = 0; i < 2; i++) {
      long price = random.nextInt(100);
      boolean rooted = random.nextBoolean();
      batch.part(ids[i], ids[i]).set(ids[i] * 7, 0, price, rooted, 1);
      Entry entry = touch(ids[i], bound);
      if (entry != null) {
        entry.path += ids[i] * 7;
        entry.whole += price;
        entry.rooted |= rooted;
        entry.parted = true;
      }
    }
    for (int i = 2; i < 4; i++) {
      double probability = random.nextInt(1, 16) / 16.0;
      TraceClass of = TraceClass.of(random.nextInt(4));
      long reserve = random.nextInt(200);
      batch.tell(ids[i], ids[i], probability, of, reserve);
      Entry entry = touch(ids[i], bound);
      if (entry != null) {
        if (entry.told == 0) {
          entry.first = of;
          entry.reserved = reserve;
        }
        entry.told = Math.max(entry.told, probability);
      }
    }
    boolean kept = random.nextBoolean();
    long price = random.nextInt(300);
    batch.ask(ids[4], ids[4], kept, price);
    Entry spent = model.get(ids[4]);
    if (spent != null && !spent.parted && (kept || spent.told > 0)) {
      spent.whole += price;
    }
    batch.read(ids[5], ids[5]);
    send(ledger);
    assertAnswers(ids[4], ids[5]);
    assertEquals(
        ledger.inflowSum() - ledger.spentSum() - ledger.expiredSum() - ledger.reservedSum(),
        batch.level(),
        1e-6,
        "inflow = spent + expired + reserved + level, seed " + SEED);
  }

  private void assertAnswers(long asked, long read) {
    model.values().removeIf(e -> e.expires < now);
    Entry entry = model.get(asked);
    assertEquals(entry == null ? 0 : entry.told, batch.askTold(0), "seed " + SEED);
    if (entry != null) {
      assertTrue(entry.told == 0 || batch.askClass(0) == entry.first, "seed " + SEED);
      assertEquals(entry.whole, batch.askWhole(0));
      assertEquals(entry.rooted, batch.askRooted(0));
    }
    Entry other = model.get(read);
    assertEquals(other == null ? 0 : other.path, batch.readAnswer(0).path());
    assertEquals(other != null && other.rooted, batch.readAnswer(0).rooted);
  }

  @Test
  void aTellKeepsTheLargestProbabilityAndOnlyTheFirstReserves() {
    InProcessKeepLedger ledger = ledger(10);
    batch.clear();
    batch.inflow(1_000, 1e9);
    batch.tell(5, 6, .25, TraceClass.NEW, 100);
    batch.tell(5, 6, .75, TraceClass.ERROR, 900);
    batch.tell(5, 6, .5, TraceClass.SLOW, 900);
    batch.ask(5, 6, false, 60);
    send(ledger);
    assertEquals(.75, batch.askTold(0));
    assertEquals(TraceClass.NEW, batch.askClass(0));
    assertEquals(60, ledger.spentSum());
    assertEquals(40, ledger.reservedSum(), "what was spent is no longer reserved");
    assertEquals(900, batch.level());
  }

  @Test
  void aloneItHoldsOnlyWhatIsTold() {
    InProcessKeepLedger ledger = new InProcessKeepLedger(true, WAIT, 10);
    batch.clear();
    for (int id = 1; id <= 1_000; id++) {
      batch.part(id, id).set(1, 0, 10, true, 1);
    }
    send(ledger);
    assertEquals(0, ledger.size());
    assertEquals(0, ledger.refused());
    assertEquals(1_000, ledger.writes());
  }
}
