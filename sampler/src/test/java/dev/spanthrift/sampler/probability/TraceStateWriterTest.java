package dev.spanthrift.sampler.probability;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.probability.TraceStateWriter.Stamp;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceStateWriterTest {
  private static final long MAX_R = Threshold.MAX - 1;

  @ParameterizedTest
  @CsvSource({
    "ot=th:8, c, d0000000000000, ot=th:c",
    "'', c, c0000000000000, ot=th:c",
    "ot=th:4, 8, 80000000000000, ot=th:8",
    "ot=th:0, c, c0000000000000, ot=th:c",
    "ot=th:c, f999a, f999a000000000, ot=th:f999a",
    "'ot=rv:90000000000000;th:4', 8, 90000000000000, 'ot=rv:90000000000000;th:8'",
    "'vendor1=abc', 8, 90000000000000, 'ot=th:8,vendor1=abc'",
    "'a=1,ot=pn:x,b=2', 8, 90000000000000, 'ot=th:8;pn:x,a=1,b=2'",
    "' , ot=th:1, , other=value ', 8, 90000000000000, 'ot=th:8,other=value'",
    "'ot=rv:3;p:2', 8, 90000000000000, 'ot=th:8;rv:3;p:2'",
    "'ot=th:x;p:2,z=1', 8, 90000000000000, 'ot=th:8;p:2,z=1'",
    "'ot=th:1;,z=1', 8, 90000000000000, 'ot=th:8,z=1'",
    "'ot=th:c,ot=th:8', e, f0000000000000, ot=th:e",
    "'ot=th:4;p:1;th:c', 8, 90000000000000, 'ot=th:8;p:1'",
  })
  void s2e_raisesTheThreshold(String in, String own, String randomness, String out) {
    assertEquals(out, stamp(in, ThresholdTest.read(own), Long.parseLong(randomness, 16), false));
    assertEquals(Stamp.STAMPED, plan(in, ThresholdTest.read(own), Long.parseLong(randomness, 16)));
  }

  @ParameterizedTest
  @CsvSource({
    "ot=th:c, 8, d0000000000000", // never lowered
    "ot=th:C, 8, d0000000000000",
    "ot=th:1000, 1, d0000000000000",
    "ot=th:8, 0, d0000000000000",
    "'', 0, d0000000000000",
    "vendor1=abc, 0, d0000000000000",
  })
  void s2e_leavesUnchangedWhatMustNotBeLowered(String in, String own, String randomness) {
    long r = Long.parseLong(randomness, 16);
    assertEquals(in, stamp(in, ThresholdTest.read(own), r, false));
    assertEquals(Stamp.UNCHANGED, plan(in, ThresholdTest.read(own), r));
  }

  @Test
  void s2e_stampAlwaysWritesProbabilityOne() {
    assertEquals("ot=th:0", stamp("", 0, MAX_R, true));
    assertEquals("ot=th:0,vendor1=abc", stamp("vendor1=abc", 0, MAX_R, true));
    assertEquals("ot=th:8", stamp("ot=th:8", 0, MAX_R, true));
  }

  @ParameterizedTest
  @CsvSource({
    "ot=th:c, ''",
    "'ot=th:c;rv:10000000000000,z=1', 'ot=rv:10000000000000,z=1'",
    "'a=b,ot=th:c', a=b",
  })
  void s2e_erasesAnInconsistentThreshold(String in, String out) {
    long randomness = 0x10000000000000L;
    assertEquals(out, stamp(in, ThresholdTest.read("08"), randomness, false));
    assertEquals(out, stamp(in, 0, randomness, false));
    assertEquals(Stamp.INCONSISTENT, plan(in, 0, randomness));
  }

  @Test
  void r1_keepByRuleLeavesUpstreamAlone() {
    assertEquals("", stamp("", 0, MAX_R, false));
    assertEquals("ot=th:c;p:1", stamp("ot=th:c;p:1", 0, MAX_R, false));
  }

  @Test
  void r7_erasesWhereTheProbabilityIsUnknown() {
    assertEquals("z=1", stamp("ot=th:c,z=1", Threshold.UNKNOWN, MAX_R, false));
    assertEquals("z=1", stamp("z=1", Threshold.UNKNOWN, MAX_R, false));
    assertEquals(Stamp.ERASED, plan("ot=th:c", Threshold.UNKNOWN, MAX_R));
    assertEquals(Stamp.UNCHANGED, plan("z=1", Threshold.UNKNOWN, MAX_R));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ot=th:4,key=", "KEY=v", "1abc=v", "a=\u0001"})
  void s2c_invalidListIsForwardedUnchanged(String in) {
    assertEquals(in, stamp(in, ThresholdTest.read("8"), MAX_R, true));
    assertEquals(Stamp.INVALID, plan(in, ThresholdTest.read("8"), MAX_R));
  }

  @Test
  void s2c_neverWritesMoreThan256Characters() {
    String fits = "ot=p:" + "a".repeat(256 - 2 - 5);
    assertEquals("ot=th:8;" + fits.substring(3), stamp(fits, ThresholdTest.read("8"), MAX_R, true));
    String full = fits + "a";
    assertEquals(full, stamp(full, ThresholdTest.read("8"), MAX_R, true));
    assertEquals(Stamp.OVERSIZE, plan(full, ThresholdTest.read("8"), MAX_R));
    String replaced = "ot=th:4;p:" + "a".repeat(256 - 7);
    assertEquals(
        replaced.replace("th:4", "th:8"), stamp(replaced, ThresholdTest.read("8"), MAX_R, true));
    String tooLong = "ot=p:" + "a".repeat(300);
    assertEquals(Stamp.OVERSIZE, plan(tooLong, ThresholdTest.read("8"), MAX_R));
  }

  @Test
  void s2c_neverWritesMoreThan32Members() {
    String full = TraceStateTest.members(32);
    assertEquals(full, stamp(full, ThresholdTest.read("8"), MAX_R, true));
    assertEquals(Stamp.FULL, plan(full, ThresholdTest.read("8"), MAX_R));
    String last = TraceStateTest.members(31);
    assertEquals("ot=th:8," + last, stamp(last, ThresholdTest.read("8"), MAX_R, true));
  }

  @Test
  void refusesProbabilityZero() {
    assertThrows(IllegalArgumentException.class, () -> plan("", Threshold.MAX, MAX_R));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    String[] parts = {
      "a=1", "ot=th:8", "ot=p:2;th:c", "x@y=z", "ot=rv:d29d6a7215ced0", "", " b=2 "
    };
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(4); n > 0; n--) {
        text.append(text.isEmpty() ? "" : ",").append(parts[random.nextInt(parts.length)]);
      }
      String in = text.toString();
      byte[] bytes = in.getBytes(US_ASCII);
      long own = random.nextLong() >>> 8 & -1L << random.nextInt(56);
      long upstream = TraceState.threshold(bytes, 0, bytes.length);
      byte[] out = stamp(in, own, MAX_R, false).getBytes(US_ASCII);
      long expected = own == 0 ? upstream : Math.max(own, upstream);
      assertEquals(expected, TraceState.threshold(out, 0, out.length), in + " seed " + seed);
      assertEquals(
          TraceState.randomness(bytes, 0, bytes.length, 7),
          TraceState.randomness(out, 0, out.length, 7),
          in + " seed " + seed);
      assertTrue(out.length <= bytes.length + TraceStateWriter.GROWTH_MAX, in + " seed " + seed);
    }
  }

  private static Stamp plan(String in, long own, long randomness) {
    byte[] bytes = in.getBytes(US_ASCII);
    return TraceStateWriter.plan(bytes, 0, bytes.length, own, randomness, false);
  }

  private static String stamp(String in, long own, long randomness, boolean always) {
    byte[] bytes = ("--" + in + "--").getBytes(US_ASCII);
    int length = bytes.length - 4;
    Stamp plan = TraceStateWriter.plan(bytes, 2, length, own, randomness, always);
    byte[] out = new byte[3 + length + TraceStateWriter.GROWTH_MAX];
    int written = TraceStateWriter.write(bytes, 2, length, own, plan, out, 3);
    return written == TraceStateWriter.UNCHANGED ? in : new String(out, 3, written, US_ASCII);
  }
}
