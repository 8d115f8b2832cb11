package dev.spanthrift.sampler.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Estimates against a population that is known. */
class ErrorBarsTest {
  private static final int TRACES = 400;

  /** Traces of some spans in two pieces, each piece with its own probability. */
  private static final class Population {
    private final Random random;
    private final int[] spans = new int[TRACES];
    private final double[][] probability = new double[TRACES][2];
    private final long[][] duration = new long[TRACES][];

    Population(long seed) {
      System.out.println("seed " + seed);
      random = new Random(seed);
      for (int t = 0; t < TRACES; t++) {
        spans[t] = 1 + random.nextInt(6);
        probability[t][0] = 0.2 + 0.7 * random.nextDouble();
        probability[t][1] = 0.2 + 0.7 * random.nextDouble();
        duration[t] = new long[spans[t]];
        double usual = Math.exp(random.nextGaussian()); // spans of a trace are alike
        for (int s = 0; s < spans[t]; s++) {
          duration[t][s] = (long) (1e6 * usual * Math.exp(0.3 * random.nextGaussian()));
        }
      }
    }

    long count() {
      return Arrays.stream(spans).sum();
    }

    long quantile(double level) {
      long[] all = Arrays.stream(duration).flatMapToLong(Arrays::stream).sorted().toArray();
      return all[(int) Math.ceil(level * all.length) - 1];
    }

    /** Keeps each piece if the trace's randomness says so. */
    OperationEstimate sample() {
      ErrorBars bars = new ErrorBars(1 << 20);
      for (int t = 0; t < TRACES; t++) {
        double randomness = random.nextDouble();
        for (int s = 0; s < spans[t]; s++) {
          double p = probability[t][s % 2];
          if (randomness < p) {
            bars.add(3, t, duration[t][s], 1 / p);
          }
        }
      }
      return bars.of(3);
    }
  }

  @Test
  void s9_countsAreUnbiasedAndTheirVarianceIsTheOneReported() {
    Population population = new Population(2201);
    int runs = 3000;
    double sum = 0;
    double squares = 0;
    double reported = 0;
    for (int i = 0; i < runs; i++) {
      OperationEstimate estimate = population.sample();
      double count = estimate.count().estimate();
      sum += count;
      squares += count * count;
      double error = error(estimate.count());
      reported += error * error;
    }
    double mean = sum / runs;
    double variance = squares / runs - mean * mean;
    double z = (mean - population.count()) / Math.sqrt(variance / runs);
    assertTrue(Math.abs(z) < 3.5, "z " + z);
    assertEquals(1, reported / runs / variance, 0.12, "reported / real variance");
  }

  private static double error(Interval interval) {
    Double error = interval.standardError();
    assertNotNull(error);
    return error;
  }

  @Test
  void s9_intervalsCoverTheTruthAboutAsOftenAsTheySay() {
    Population population = new Population(2202);
    int runs = 1000;
    int[] covered = new int[3];
    for (int i = 0; i < runs; i++) {
      OperationEstimate estimate = population.sample();
      covered[0] += estimate.count().contains(population.count()) ? 1 : 0;
      covered[1] += estimate.p50().contains(population.quantile(0.5)) ? 1 : 0;
      covered[2] += estimate.p95().contains(population.quantile(0.95)) ? 1 : 0;
    }
    double[] least = {0.93, 0.93, 0.88}; // far out the normal distribution is a rough picture
    for (int i = 0; i < least.length; i++) {
      assertTrue(covered[i] > runs * least[i], Arrays.toString(covered));
      assertTrue(covered[i] < runs * 0.985, Arrays.toString(covered));
    }
  }

  @Test
  void s9_whatIsKeptWholeIsExact() {
    ErrorBars bars = new ErrorBars(100);
    for (int i = 1; i <= 100; i++) {
      bars.add(0, i % 7, i, 1);
    }
    OperationEstimate estimate = bars.of(0);
    assertEquals(new Interval(100, 0.0, 100.0, 100.0), estimate.count());
    assertEquals(new Interval(50, 0.0, 50.0, 50.0), estimate.p50());
    assertEquals(new Interval(95, 0.0, 95.0, 95.0), estimate.p95());
    assertEquals(new Interval(99, 0.0, 99.0, 99.0), estimate.p99());
    assertEquals(7, estimate.traces());
  }

  @Test
  void s9_tooFewTracesGiveNoUpperEnd() {
    ErrorBars bars = new ErrorBars(1000);
    for (int i = 0; i < 50; i++) {
      bars.add(0, i, 1000 + i, 10);
    }
    OperationEstimate estimate = bars.of(0);
    assertNotNull(estimate.p50().high());
    assertNotNull(estimate.p50().standardError());
    assertNull(estimate.p95().high());
    assertNull(estimate.p99().high());
    assertNull(estimate.p99().standardError());
    assertNotNull(estimate.p95().low());
  }

  @Test
  void s9_ofNothingItSaysNothing() {
    OperationEstimate estimate = new ErrorBars(10).of(5);
    assertEquals(0, estimate.spans());
    assertEquals(0, estimate.count().estimate());
    assertNull(estimate.count().standardError());
    assertTrue(estimate.count().contains(1e9));
  }

  @Test
  void s9_whatComesAboveTheBoundIsCounted() {
    ErrorBars bars = new ErrorBars(2000);
    for (int i = 0; i < 2500; i++) {
      bars.add(0, i, i, 1);
    }
    assertEquals(500, bars.refused());
    assertEquals(2000, bars.count(0));
  }
}
