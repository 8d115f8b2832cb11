package dev.spanthrift.sampler.probability;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceStateTest {
  private static final long TRACE_ID_LOW = 0xa3ce929d0e0e4736L;

  @Test
  void s2c_readsThresholdAndRandomnessBesideOthers() {
    String state = "ot=th:c;rv:d29d6a7215ced0;pn:abc,zz=vendorcontent";
    assertEquals(0xc0000000000000L, threshold(state));
    assertEquals(0xd29d6a7215ced0L, randomness(state));
    assertEquals("vendorcontent", member(state, "zz"));
  }

  @Test
  void s2c_emptyMembersAreLegal() {
    assertEquals(0x10000000000000L, threshold(" , ot=th:1, , other=value "));
    assertEquals("value", member(" , ot=th:1, , other=value ", "other"));
    assertEquals(Threshold.UNKNOWN, threshold(",,,"));
    assertEquals(TraceState.ABSENT, find(",,,", "ot"));
    assertEquals(TraceState.ABSENT, find("", "ot"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "$", "-1", "14.5", "100000000000000"})
  void s2c_badThresholdLeavesOtherSubKeys(String th) {
    String state = "ot=th:" + th + ";rv:d29d6a7215ced0";
    assertEquals(Threshold.UNKNOWN, threshold(state));
    assertEquals(0xd29d6a7215ced0L, randomness(state));
  }

  @ParameterizedTest
  @CsvSource({"th:1000, 10000000000000", "th:C, c0000000000000", "rv:3;th:1, 10000000000000"})
  void s2c_readsLeniently(String ot, String value) {
    assertEquals(Long.parseLong(value, 16), threshold("ot=" + ot));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rv:3;p:2", "rv:1234567890abcde", "rv:1234567890abc", "rv:D29D6A7215CED0", "rv:"})
  void s2c_badRandomnessFallsBackToTraceId(String ot) {
    assertEquals(0xce929d0e0e4736L, randomness("ot=" + ot));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"th:1;", "th:1=p:2", ":1", "X:1", "1:1", "th", "th:1;;p:2", "th:1:2", "th:1; p:2"})
  void s2c_syntaxErrorMakesOtUntrusted(String ot) {
    String state = "ot=" + ot + ",zz=vendor";
    assertEquals(Threshold.UNKNOWN, threshold(state));
    assertEquals(0xce929d0e0e4736L, randomness("ot=rv:d29d6a7215ced0;" + ot));
    assertEquals("vendor", member(state, "zz"));
  }

  @Test
  void s2c_oversizeOtIsAbsent() {
    String fits = "ot=th:c;p:" + "a".repeat(256 - 7);
    assertEquals(0xc0000000000000L, threshold(fits));
    assertEquals(Threshold.UNKNOWN, threshold(fits + "a"));
    assertEquals("v", member(fits + "a,zz=v", "zz"));
  }

  @ParameterizedTest
  @CsvSource({
    "'not=th:8, ot=th:c', c0000000000000",
    "'ot=th:c,ot=th:8', c0000000000000",
    "'tenant@ot=th:8,ot=th:c', c0000000000000",
    "'1tenant@sys=x,a/b*c-d_e=y=z,ot=th:c', c0000000000000",
  })
  void s2c_onlyTheFirstOtIsOurs(String state, String value) {
    assertEquals(Long.parseLong(value, 16), threshold(state));
  }

  @Test
  void s2c_anotherTenantsOtIsNotOurs() {
    assertEquals(Threshold.UNKNOWN, threshold("tenant@ot=th:c"));
  }

  @ParameterizedTest
  @MethodSource("invalidLists")
  void s2c_invalidListIsNotTrusted(String state) {
    assertEquals(TraceState.INVALID, find(state, "ot"));
    assertEquals(Threshold.UNKNOWN, threshold(state));
    assertEquals(0xce929d0e0e4736L, randomness(state));
  }

  static java.util.stream.Stream<String> invalidLists() {
    return java.util.stream.Stream.of(
        "ot=th:c," + members(32),
        "ot=th:c,key=",
        "ot=th:c,KEY=v",
        "ot=th:c,1abc=v",
        "ot=th:c,key=a\u0001b",
        "ot=th:c,key=\u00fcber",
        "ot=th:c,key",
        "ot=th:c,=v",
        "ot=th:c,a@b@c=v",
        "ot=th:c,a@1b=v",
        "ot=th:c,@b=v",
        "ot=th:c,a@=v",
        "ot=th:c,key=" + "v".repeat(257),
        "ot=th:c," + "k".repeat(257) + "=v");
  }

  @Test
  void s2c_thirtyTwoMembersAreLegal() {
    assertEquals(0xc0000000000000L, threshold("ot=th:c," + members(31)));
  }

  @ParameterizedTest
  @CsvSource({
    "ffffffffffffff, 10000000000000, 8, true",
    "10000000000000, f0000000000000, 8, false",
  })
  void s2d_rvBeatsTheTraceId(String rv, String traceId, String th, boolean keep) {
    byte[] state = ("ot=th:" + th + ";rv:" + rv).getBytes(US_ASCII);
    long id = Long.parseLong(traceId, 16);
    long randomness = TraceState.randomness(state, 0, state.length, id);
    Threshold threshold = new Threshold(TraceState.threshold(state, 0, state.length));
    assertEquals(keep, threshold.keeps(randomness));
  }

  @Test
  void s2d_randomnessIsTheLastSevenBytes() {
    assertEquals(0x69b633813fc60cL, Randomness.ofTraceId(0xd269b633813fc60cL));
    assertEquals(0xce929d0e0e4736L, randomness(""));
  }

  @Test
  void neverFailsOnAnyBytes() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    String alphabet = "ot=thrv:;, c0\tA@\u0001\u00e4-";
    for (int i = 0; i < 200_000; i++) {
      byte[] state = new byte[random.nextInt(24)];
      for (int b = 0; b < state.length; b++) {
        state[b] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      long found = TraceState.threshold(state, 0, state.length);
      assertTrue(found >= -1 && found < Threshold.MAX, () -> "seed " + seed);
      long value = TraceState.randomness(state, 0, state.length, TRACE_ID_LOW);
      assertTrue(value >= 0 && value < Threshold.MAX, () -> "seed " + seed);
    }
  }

  static String members(int count) {
    return IntStream.range(0, count).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","));
  }

  private static long threshold(String state) {
    byte[] bytes = ("--" + state + "--").getBytes(StandardCharsets.ISO_8859_1);
    return TraceState.threshold(bytes, 2, bytes.length - 4);
  }

  private static long randomness(String state) {
    byte[] bytes = ("--" + state + "--").getBytes(StandardCharsets.ISO_8859_1);
    return TraceState.randomness(bytes, 2, bytes.length - 4, TRACE_ID_LOW);
  }

  private static long find(String state, String key) {
    byte[] bytes = state.getBytes(StandardCharsets.ISO_8859_1);
    return TraceState.find(bytes, 0, bytes.length, key.getBytes(US_ASCII));
  }

  private static String member(String state, String key) {
    long found = find(state, key);
    assertTrue(found >= 0, key);
    return state.substring(TraceState.start(found), TraceState.end(found));
  }
}
