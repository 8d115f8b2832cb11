package dev.spanthrift.agent.collector.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtelTraceStateTest {
  private final OtelTraceState state = new OtelTraceState();

  private boolean read(String text) {
    byte[] bytes = ("before" + text + "behind").getBytes(StandardCharsets.UTF_8);
    return state.read(bytes, 6, bytes.length - 12);
  }

  private String written() {
    byte[] out = new byte[2000];
    int length = state.write(out, 3);
    return new String(out, 3, length, StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "ot=th:8 | ot=th:8",
        "ot=th:80 | ot=th:80",
        "ot=x:1;th:8;rv:ABCDEF01234567 | ot=rv:ABCDEF01234567;th:8;x:1",
        "k=v , ot=th:c | ot=th:c,k=v",
        "k=v,,k2=w | k=v,k2=w",
        "ot=th:8,ot=x:1 | ot=x:1",
      })
  void isWrittenWithOtInFrontAndDigitsAsTheyCame(String in, String out) {
    assertTrue(read(in));
    assertEquals(out, written());
  }

  @Test
  void aThresholdIsRaisedAndNeverLowered() {
    read("ot=th:8");
    state.raiseThreshold(0x40000000000000L);
    assertEquals("ot=th:8", written());
    state.raiseThreshold(0xc0000000000000L);
    assertEquals("ot=th:c", written());
    state.clearThreshold();
    assertEquals("", written());
    state.setRandomness(0x123456789abcdeL);
    assertEquals("ot=rv:123456789abcde", written());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BAD=1", "k", "=v", "k=", "k=a=b", "ot=th:", "ot=th:xyz", "ot=th:123456789012345",
            "ot=rv:12",
        "ot=th:8;", "ot=;th:8", "ot=x", "ot=X:1", "ot=x:a b", "a@=1", "@b=1", "a@1b=1", "k=é"
      })
  void whatIsMalformedIsSaidToBe(String text) {
    assertFalse(read(text));
  }
}
