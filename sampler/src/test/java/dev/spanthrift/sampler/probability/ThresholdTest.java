package dev.spanthrift.sampler.probability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdTest {
  @ParameterizedTest
  @CsvSource({
    "1, 0, 00000000000000, 1",
    "0.999, 0042, 00420000000000, 1.0010080953108293",
    "0.99, 028f, 028f0000000000, 1.0100954054345648",
    "0.9, 199a, 199a0000000000, 1.1111186463666882",
    "0.75, 4, 40000000000000, 1.3333333333333333",
    "0.5, 8, 80000000000000, 2",
    "0.3333333333333333, aaab, aaab0000000000, 3.00004577706569",
    "0.25, c, c0000000000000, 4",
    "0.2, cccd, cccd0000000000, 5.0000762951094835",
    "0.1, e666, e6660000000000, 9.99938968568813",
    "0.05, f3333, f3333000000000, 19.999923706345726",
    "0.01, fd70a, fd70a000000000, 99.99771123402633",
    "0.001, ffbe77, ffbe7700000000, 1000.012874769029",
    "0x1p-56, ffffffffffffff, ffffffffffffff, 72057594037927936",
  })
  void s2b_encodesProbabilityWithPrecision4(String p, String th, String value, double count) {
    Threshold threshold = Threshold.of(Double.parseDouble(p), Threshold.DEFAULT_PRECISION);
    assertEquals(Long.parseLong(value, 16), threshold.value());
    assertEquals(th, threshold.text());
    assertEquals(count, threshold.adjustedCount());
    byte[] out = new byte[20];
    assertEquals(3 + th.length(), Threshold.write(threshold.value(), out, 3));
    assertEquals(th, new String(out, 3, th.length(), StandardCharsets.US_ASCII));
    assertEquals(threshold.value(), read(th));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.5, 0x1p-57, 1.0000001, Double.NaN, Double.POSITIVE_INFINITY})
  void s2b_refusesWhatIsNoProbability(double p) {
    assertThrows(IllegalArgumentException.class, () -> Threshold.of(p));
  }

  @Test
  void s2a_writesLeadingZeros() {
    assertEquals("028f5c28f5c29", Threshold.of(0.99).text().substring(0, 13));
    assertEquals("0", new Threshold(0).text());
    assertEquals("00000000000001", new Threshold(1).text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "$", "-1", "14.5", "100000000000000"})
  void s2c_ignoresWhatIsNoThreshold(String text) {
    assertEquals(Threshold.UNKNOWN, read(text));
  }

  @Test
  void s2c_readsUpperCaseAndTrailingZeros() {
    assertEquals(0xc0000000000000L, read("C"));
    assertEquals(read("1"), read("1000"));
    assertEquals("1", new Threshold(read("1000")).text());
  }

  @Test
  void everyValueSurvivesItsText() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >>> 8 & -1L << random.nextInt(57);
      String text = new Threshold(value).text();
      assertEquals(value, read(text), () -> "seed " + seed);
      assertTrue(text.equals("0") || !text.endsWith("0"), () -> text + " seed " + seed);
    }
  }

  @Test
  void precisionBoundsTheErrorOfTheProbability() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double p = Math.scalb(0.5 + random.nextDouble() / 2, -random.nextInt(40));
      double error = Math.abs(Threshold.of(p, 4).probability() / p - 1);
      assertTrue(error < 0x1p-12, () -> "p " + p + " error " + error + " seed " + seed);
      assertEquals(p, Threshold.of(p).probability(), Math.max(p * 0x1p-52, 0x1p-57));
    }
  }

  @Test
  void refusesPrecisionOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> Threshold.of(0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> Threshold.of(0.5, 15));
    assertThrows(IllegalStateException.class, Threshold.DROP_ALL::text);
  }

  @ParameterizedTest
  @CsvSource({
    "69b633813fc60c, c, false",
    "ce929d0e0e4736, 8, true",
    "ce929d0e0e4736, e666, false",
    "bfffffffffffff, c, false",
    "c0000000000000, c, true",
    "c0000000000001, c, true",
    "00000000000000, 0, true",
    "ffffffffffffff, ffffffffffffff, true",
    "fffffffffffffe, ffffffffffffff, false",
  })
  void s2d_keepsAtOrAboveTheThreshold(String randomness, String th, boolean keep) {
    assertEquals(keep, new Threshold(read(th)).keeps(Long.parseLong(randomness, 16)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.25, 0, c", // th:0 is probability 1
    "0.5, 8, c",
    "0.1, c, f999a",
  })
  void s2e_proportionalMultipliesProbabilities(double fraction, String upstream, String th) {
    Threshold out = Threshold.proportional(fraction, new Threshold(read(upstream)), 4);
    assertEquals(th, out.text());
  }

  @Test
  void s2e_proportionalUnderflowDrops() {
    Threshold rarest = new Threshold(Threshold.MAX - 1);
    assertEquals(Threshold.DROP_ALL, Threshold.proportional(0.4, rarest, 4));
    assertFalse(Threshold.DROP_ALL.keeps(Threshold.MAX - 1));
  }

  @Test
  void s2e_proportionalBoundIsInclusive() {
    Threshold out = Threshold.proportional(0.1, new Threshold(read("c")), 4);
    assertTrue(out.keeps(0xf999a000000000L));
    assertFalse(out.keeps(0xf9999900000000L));
    assertEquals(40.0006, out.adjustedCount(), 0.0001);
  }

  @Test
  void r2_anyOfIsTheSmallerThreshold() {
    Threshold half = Threshold.of(0.5);
    Threshold tenth = Threshold.of(0.1);
    assertEquals(half, tenth.or(half));
    assertEquals(half, half.or(tenth));
  }

  @Test
  void r3_allOfIsTheLargerThreshold() {
    Threshold half = Threshold.of(0.5);
    Threshold tenth = Threshold.of(0.1);
    assertEquals(tenth, tenth.and(half));
    assertEquals(tenth, half.and(tenth));
  }

  @Test
  void r13_smallerProbabilityKeepsASubset() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    Threshold[] thresholds = new Threshold[8];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = Threshold.of(Math.scalb(1.0, -i), 4);
    }
    long[] kept = new long[thresholds.length];
    for (int i = 0; i < 1_000_000; i++) {
      long randomness = Randomness.ofTraceId(random.nextLong());
      boolean keep = true;
      for (int t = 0; t < thresholds.length; t++) {
        boolean now = thresholds[t].keeps(randomness);
        assertTrue(keep || !now, () -> "kept by the smaller only; seed " + seed);
        keep = now;
        kept[t] += now ? 1 : 0;
      }
    }
    for (int t = 0; t < thresholds.length; t++) {
      double expected = 1_000_000 * thresholds[t].probability();
      double sigma = Math.sqrt(expected * (1 - thresholds[t].probability()));
      assertEquals(expected, kept[t], 5 * sigma + 1, "seed " + seed);
    }
  }

  static long read(String text) {
    byte[] bytes = ("--" + text + "--").getBytes(StandardCharsets.US_ASCII);
    return Threshold.read(bytes, 2, text.length());
  }
}
