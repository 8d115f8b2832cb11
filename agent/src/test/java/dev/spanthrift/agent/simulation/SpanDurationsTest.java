package dev.spanthrift.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.sampler.estimate.ErrorBars;
import dev.spanthrift.sampler.estimate.OperationEstimate;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanDurationsTest {
  private static void compare(boolean weighted) {
    long seed = 11;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    ErrorBars bars = new ErrorBars(100_000);
    SpanDurations durations = new SpanDurations(100_000);
    for (int i = 0; i < 20_000; i++) {
      int operation = 2 * (int) (7 * Math.pow(random.nextDouble(), 3)); // some have few, some none
      long nanos = random.nextInt(500);
      double weight = weighted && random.nextInt(10) == 0 ? 4 : 1;
      bars.add(operation, i / 8, nanos, weight);
      durations.add(operation, nanos, weight);
    }
    for (int operation = 0; operation < 16; operation++) {
      OperationEstimate of = bars.of(operation);
      SpanDurations.Measured measured = durations.of(operation);
      assertEquals(bars.count(operation), durations.count(operation), "operation " + operation);
      assertEquals(of.count().estimate(), measured.count(), "operation " + operation);
      assertEquals(of.p50().estimate(), measured.p50(), "operation " + operation);
      assertEquals(of.p95().estimate(), measured.p95(), "operation " + operation);
      assertEquals(of.p99().estimate(), measured.p99(), "operation " + operation);
    }
  }

  @Test
  void saysWhatErrorBarsSay() {
    compare(false);
  }

  @Test
  void saysItWhereSpansStandForMoreToo() {
    compare(true);
  }

  @Test
  void isBounded() {
    SpanDurations few = new SpanDurations(1_500);
    for (int i = 0; i < 2_000; i++) {
      few.add(0, i, i > 1_200 ? 2 : 1);
    }
    assertEquals(500, few.refused());
    assertEquals(1_201 + 2 * 299, few.count(0));
  }
}
