package dev.spanthrift.sampler.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.signal.Operations;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeptMeasuresTest {
  private final Operations operations = new Operations();
  private final OperationMeasures all = new OperationMeasures(operations);
  private final KeptMeasures kept = new KeptMeasures(all);

  private int operation(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return operations.intern(1, text, 0, text.length);
  }

  /** Traces of 1 to 5 spans; every hundredth is slow, a tenth has an error. */
  private void run(long seed, int traces, double probability) {
    Random random = new Random(seed);
    int pay = operation("pay");
    for (int t = 0; t < traces; t++) {
      boolean keep = random.nextDouble() < probability;
      if (keep) {
        kept.begin(1 / probability);
      }
      for (int i = 1 + random.nextInt(5); i > 0; i--) {
        long nanos = (long) (1e6 * Math.exp(random.nextGaussian()));
        boolean error = random.nextInt(10) == 0;
        all.measure(pay, "shop", error, nanos, 100);
        if (keep) {
          kept.add(pay, error, nanos, 100);
        }
      }
      if (keep) {
        kept.end();
      }
    }
  }

  @Test
  void estimatesAreRightWithinTheirIntervals() {
    int inside = 0;
    int asked = 0;
    for (int seed = 1; seed <= 20; seed++) {
      KeptMeasuresTest one = new KeptMeasuresTest();
      one.run(seed, 3_000, 0.1);
      MeasuredOperation truth = one.all.read().getFirst();
      KeptOperation estimate = one.kept.read().getFirst();
      assertEquals(0.1, estimate.probabilityMin(), 1e-12);
      Interval p50 = estimate.p50();
      Interval p95 = estimate.p95();
      assertNotNull(p50);
      assertNotNull(p95);
      inside += estimate.count().contains(truth.spans()) ? 1 : 0;
      inside += estimate.errorCount().contains(truth.errors()) ? 1 : 0;
      inside += p50.contains(LogQuantiles.of(truth, 0.5)) ? 1 : 0;
      inside += p95.contains(LogQuantiles.of(truth, 0.95)) ? 1 : 0;
      asked += 4;
    }
    // 95 of 100; below 85 of 100 for 80 questions would be four standard errors off.
    assertTrue(inside >= 0.85 * asked, inside + " of " + asked);
  }

  @Test
  void whatIsKeptWholeIsKnownExactly() {
    run(7, 1_000, 1);
    MeasuredOperation truth = all.read().getFirst();
    KeptOperation estimate = kept.read().getFirst();
    assertEquals(truth.spans(), estimate.spans());
    assertEquals(truth.bytes(), estimate.bytes());
    assertEquals(truth.errors(), estimate.errors());
    assertEquals(truth.spans(), estimate.count().estimate(), 1e-6);
    assertEquals(0.0, estimate.count().standardError());
    Interval p99 = estimate.p99();
    assertNotNull(p99);
    assertEquals(LogQuantiles.of(truth, 0.99), p99.estimate(), 1);
  }

  @Test
  void aTailOfFewTracesHasNoUpperEnd() {
    run(7, 20, 1);
    Interval p99 = kept.read().getFirst().p99();
    assertNotNull(p99);
    assertNull(p99.high());
  }

  @Test
  void quantilesLieInTheirBuckets() {
    Operations few = new Operations();
    OperationMeasures measures = new OperationMeasures(few);
    byte[] text = "x".getBytes(StandardCharsets.UTF_8);
    int x = few.intern(1, text, 0, 1);
    for (int i = 0; i < 99; i++) {
      measures.measure(x, "s", false, 1_000_000, 1);
    }
    measures.measure(x, "s", false, 1_000_000_000, 1);
    MeasuredOperation read = measures.read().getFirst();
    assertEquals(1e6, LogQuantiles.of(read, 0.5), 0.19e6);
    assertEquals(1e9, LogQuantiles.of(read, 0.999), 0.19e9);
    measures.measure(x, "s", false, 0, 1);
    assertEquals(0, LogQuantiles.of(measures.read().getFirst(), 0));
  }

  @Test
  void whatWasNeverKeptIsNamed() {
    ErrorSignatures signatures = new ErrorSignatures();
    Losses losses = new Losses(operations, signatures);
    int pay = operation("pay");
    losses.error(2, pay, false);
    losses.error(3, pay, false);
    losses.error(3, pay, false);
    losses.error(4, pay, false);
    losses.error(4, pay, true);
    losses.structure(17, false);
    losses.structure(17, true);
    losses.structure(34, false);
    Losses.Summary read = losses.read();
    assertEquals(3, read.errorSignatures());
    assertEquals(2, read.errorSignaturesNeverKept());
    assertEquals(2, read.signatures().getFirst().spans());
    assertEquals(2, read.structures());
    assertEquals(1, read.structuresNeverKept());
  }

  @Test
  void structuresAreBounded() {
    Losses losses = new Losses(operations, new ErrorSignatures());
    Random random = new Random(3);
    for (int i = 0; i < 3 * Losses.STRUCTURES_MAX; i++) {
      losses.structure(random.nextLong(), i % 2 == 0);
    }
    Losses.Summary read = losses.read();
    assertEquals(Losses.STRUCTURES_MAX, read.structures());
    assertEquals(Losses.STRUCTURES_MAX / 2, read.structuresNeverKept());
    assertEquals(2 * Losses.STRUCTURES_MAX, read.structuresFolded());
  }
}
