package dev.spanthrift.agent.collector.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.probability.Threshold;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Thresholds of few digits, against what the Collector's own tests expect. */
class PrecisionTest {
  private static String text(long threshold) {
    byte[] digits = new byte[Threshold.DIGITS];
    return new String(digits, 0, Threshold.write(threshold, digits, 0), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest(name = "1 - 0x{0}p-{1} with {2} digits is {3}")
  @CsvSource({
    "456789a, 28, 14, 456789a",
    "456789a, 28, 6, 45678a",
    "456789a, 28, 5, 45679",
    "456789a, 28, 4, 4568",
    "456789a, 28, 3, 456",
    "456789a, 28, 1, 4",
    "456789a, 40, 6, 00045678a",
    "456789a, 40, 4, 0004568",
    "456789a, 40, 1, 0004",
    "789abcdef, 40, 9, 0789abcdef",
    "789abcdef, 40, 8, 0789abcdf",
    "789abcdef, 40, 5, 0789ac",
    "789abcdef, 40, 3, 078a",
    "789abcdef, 40, 2, 079",
    "789abcdef, 40, 1, 08",
    "12345678, 32, 7, 1234568",
    "12345678, 32, 6, 123456",
    "12345678, 32, 1, 1",
    "80801, 28, 3, 00808",
    "80801, 28, 1, 008",
    "0, 1, 1, 0",
  })
  void roundsAsTheCollectorsTestsSay(String rejected, int scale, int digits, String expected) {
    double probability = 1 - Math.scalb((double) Long.parseLong(rejected, 16), -scale);
    assertEquals(expected, text(Precision.threshold(probability, digits)));
  }

  @ParameterizedTest(name = "{0} % with {1} digits is {2}")
  @CsvSource({
    "50, 4, 8",
    "25, 4, c",
    "1, 14, fd70a3d70a3d71",
    "1, 4, fd70a",
    "1, 3, fd71",
    "100, 1, 0",
  })
  void percentagesBecomeTheThresholdsThatTheReadmeShows(double percent, int digits, String th) {
    assertEquals(th, text(Precision.threshold(percent / 100, digits)));
  }

  @Test
  void aThresholdOfFewDigitsIsNearTheExactOne() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double probability = Math.scalb(random.nextDouble() / 2 + 0.5, -random.nextInt(50));
      int digits = 1 + random.nextInt(14);
      long threshold = Precision.threshold(probability, digits);
      double kept = (Threshold.MAX - threshold) / 0x1p56;
      double small = Math.min(probability, 1 - probability);
      double error = Math.abs(kept - probability) / small;
      String what = "seed " + seed + ": " + probability + " with " + digits + " digits";
      assertTrue(threshold >= 0 && threshold < Threshold.MAX, what);
      assertTrue(error <= 8 * Math.pow(16, -digits) + 0x1p-56 / small, what + ": " + error);
    }
  }
}
