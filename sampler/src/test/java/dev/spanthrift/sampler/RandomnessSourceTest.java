package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.probability.Randomness;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Scanner;
import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** Trace ids that are not random where the specification presumes it. */
class RandomnessSourceTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final long SECOND = 1_000_000_000L;
  private static final int TRACES = 2_000;

  private final Random random = new Random(SEED);
  private final Scanner scanner = new Scanner(100);
  private long now = SECOND;

  private static Sampler sampler(RandomnessSource source) {
    PolicySet tenth = PolicySet.compile(new PolicyDocument(List.of(), new Action.Probability(.1)));
    return new Sampler(
        new SamplerSettings(HoldSettings.DEFAULT, 10_000, false, 4, source),
        new PolicyJudge(tenth),
        SliceCodec.deflate());
  }

  private void send(Sampler sampler, long high, long low, String traceState) {
    FieldWriter span = new FieldWriter().id(1, high, low).id(2, 7).nonEmpty(3, traceState);
    FieldWriter scope = new FieldWriter().message(2, span);
    byte[] request = new FieldWriter().message(1, new FieldWriter().message(2, scope)).toBytes();
    sampler.hold(scanner.scan(request, 0, request.length), now);
  }

  private Sampler sent(RandomnessSource source, IntToLongFunction high, IntToLongFunction low) {
    Sampler sampler = sampler(source);
    for (int i = 1; i <= TRACES; i++) {
      send(sampler, high.applyAsLong(i), low.applyAsLong(i), "");
    }
    sampler.decideAll(now);
    return sampler;
  }

  @Test
  void tracesNumberedFromOneAreAllDroppedByTheSpecificationAndACounterSaysSo() {
    Sampler sampler = sent(RandomnessSource.TRACE_ID, i -> 0, i -> i);
    assertEquals(TRACES, sampler.counts().dropped());
    assertTrue(sampler.ids().notRandom() > .9 * TRACES, "" + sampler.ids());
  }

  @Test
  void everyKindOfIdThatIsNotRandomThereIsCounted() {
    long now = 1_795_000_000_000_000_000L;
    List<IntToLongFunction> kinds =
        List.of(
            i -> 0, // all zeros behind a random half
            i -> -1L,
            i -> now + i * 1_000L, // a time
            i -> random.nextLong() & 0xff00_0000_ffff_ffffL, // 32 bits only
            i -> random.nextLong() & ~0xffffff_ffffffL | 0x02_42ac_1100_02L, // a network card's
            i -> i % 8 * 0x0123456789abcdL + 5); // a few that return
    for (int kind = 0; kind < kinds.size(); kind++) {
      Sampler sampler = sent(RandomnessSource.TRACE_ID, i -> random.nextLong(), kinds.get(kind));
      assertTrue(sampler.ids().notRandom() > TRACES / 2, "kind " + kind + ": " + sampler.ids());
      assertEquals(0, sampler.ids().invalid());
    }
  }

  @Test
  void oneBrokenClientOfFourIsNoticedToo() {
    Sampler sampler =
        sent(
            RandomnessSource.TRACE_ID,
            i -> random.nextLong(),
            i -> i % 4 == 0 ? i : random.nextLong());
    assertEquals(TRACES / 4.0, sampler.ids().notRandom(), 60, "" + sampler.ids());
  }

  @Test
  void randomIdsAreNotSuspected() {
    Sampler sampler = sampler(RandomnessSource.TRACE_ID);
    for (int i = 0; i < 300_000; i++) {
      send(sampler, random.nextLong(), random.nextLong(), "");
      if (i % 1000 == 0) {
        now += SECOND;
        sampler.decide(now);
      }
    }
    assertEquals(0, sampler.ids().notRandom(), "seed " + SEED);
  }

  @Test
  void withAHashAShareOfThemIsKeptTheSameInEveryProcessAndNextOneAgrees() {
    Sampler first = sent(RandomnessSource.HASH, i -> 0, i -> i);
    assertEquals(TRACES / 10.0, first.counts().kept(), 60);
    assertEquals(0, first.ids().notRandom());
    assertEquals(
        first.counts().kept(), sent(RandomnessSource.HASH, i -> 0, i -> i).counts().kept());
    first.stamp();
    byte[] shipped = first.ship();
    Batch batch = new Scanner(TRACES).scan(shipped, 0, shipped.length);
    for (int row = 0; row < batch.size(); row++) {
      int at = batch.traceStateOffset(row);
      int length = batch.traceStateLength(row);
      long rv = TraceState.explicitRandomness(shipped, at, length);
      assertEquals(Randomness.ofHash(0, batch.traceIdLow(row)), rv);
      assertTrue(rv >= TraceState.threshold(shipped, at, length));
    }
    Sampler next = sampler(RandomnessSource.TRACE_ID);
    next.hold(batch, now);
    next.decideAll(now);
    assertEquals(0, next.counts().dropped(), "who comes next decides by rv");
    assertEquals(0, next.ids().notRandom());
  }

  @Test
  void whereTheTraceStateHasItsOwnRandomnessItWinsAndIsNotWrittenAgain() {
    for (RandomnessSource source : RandomnessSource.values()) {
      Sampler sampler = sampler(source);
      send(sampler, 1, 1, "ot=rv:ffffffffffff00");
      send(sampler, 2, 2, "ot=rv:00000000000001");
      sampler.decideAll(now);
      assertEquals(1, sampler.counts().kept());
      sampler.stamp();
      String out = new String(sampler.ship(), java.nio.charset.StandardCharsets.ISO_8859_1);
      assertTrue(out.contains("ot=th:e666;rv:ffffffffffff00"), out);
    }
  }

  @Test
  void lateSpansOfAKeptTraceCarryTheSameRandomness() {
    Sampler sampler = sampler(RandomnessSource.HASH);
    long id = 1;
    Threshold tenth = Threshold.of(.1, 4);
    while (!tenth.keeps(Randomness.ofHash(0, id))) {
      id++;
    }
    send(sampler, 0, id, "");
    sampler.decideAll(now);
    sampler.stamp();
    byte[] first = sampler.ship();
    send(sampler, 0, id, "");
    byte[] late = sampler.ship();
    org.junit.jupiter.api.Assertions.assertArrayEquals(first, late);
  }
}
