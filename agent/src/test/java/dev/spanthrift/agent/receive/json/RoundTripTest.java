package dev.spanthrift.agent.receive.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import dev.spanthrift.agent.receive.json.OtlpJsonPrinter.Style;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random requests through JSON and back, held against the generated classes. */
class RoundTripTest {
  private static final int REQUESTS = 60;
  private static final int MUTANTS = 3_000;

  private final long seed = Long.getLong("seed", 1);
  private final Random random = new Random(seed);

  @ParameterizedTest
  @EnumSource(Signal.class)
  void j11_plainJsonBecomesTheVeryBytesOfProtobufJava(Signal signal) {
    for (int i = 0; i < REQUESTS; i++) {
      assertSameBytes(signal, Style.PLAIN);
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void j11_lenientSpellingsBecomeTheVeryBytesOfProtobufJava(Signal signal) {
    for (int i = 0; i < REQUESTS; i++) {
      assertSameBytes(signal, Style.LENIENT);
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void j11_anyOrderOfKeysBecomesTheSameMessage(Signal signal) {
    for (int i = 0; i < REQUESTS; i++) {
      Message request = new RandomRequest(random).fill(Requests.of(signal));
      String json = new OtlpJsonPrinter(Style.SHUFFLED, random).print(request);
      Message converted = Requests.parse(signal, Requests.convert(signal, json));
      assertEquals(request, converted, () -> "seed " + seed + ": " + json);
    }
  }

  private void assertSameBytes(Signal signal, Style style) {
    Message request = new RandomRequest(random).fill(Requests.of(signal));
    String json = new OtlpJsonPrinter(style, random).print(request);
    byte[] converted = Requests.convert(signal, json);
    assertArrayEquals(request.toByteArray(), converted, () -> "seed " + seed + ": " + json);
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void mutatedJsonIsConvertedOrMalformedAndNothingElse(Signal signal) {
    int malformed = 0;
    byte[][] originals = originals(signal);
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = new Mutation(random).of(originals[i % originals.length]);
      if (isMalformed(signal, mutant)) {
        malformed++;
      }
    }
    assertTrue(malformed > MUTANTS / 10 && malformed < MUTANTS * 9 / 10, "malformed: " + malformed);
  }

  private byte[][] originals(Signal signal) {
    byte[][] originals = new byte[20][];
    int found = 0;
    while (found < originals.length) {
      Message request = new RandomRequest(random).fill(Requests.of(signal));
      byte[] json =
          new OtlpJsonPrinter(Style.SHUFFLED, random)
              .print(request)
              .getBytes(StandardCharsets.UTF_8);
      if (json.length > 200 && json.length < 8_000) {
        originals[found++] = json;
      }
    }
    return originals;
  }

  /** What is converted must be a message to protobuf-java too, which checks UTF-8 and depth. */
  private boolean isMalformed(Signal signal, byte[] json) {
    try {
      Requests.parse(signal, Requests.convert(signal, json));
      return false;
    } catch (MalformedJsonException e) {
      assertTrue(e.getMessage().length() < 600, e.getMessage());
      return true;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed " + seed + ": " + new String(json, StandardCharsets.ISO_8859_1), e);
    }
  }
}
