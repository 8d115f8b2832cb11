package dev.spanthrift.agent.receive.door;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The bytes written by hand are those of the generated classes. */
class RepliesTest {
  private static final String ODD = "ünï \"x\" \\ \u0001 \n 𝄞 %";

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void w12_partialSuccessIsTheGeneratedBytes() {
    for (long rejected : new long[] {0, 1, 127, 128, 300, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      RequestAnswer answer = RequestAnswer.from(new Admission.Partial(rejected, ODD));
      assertArrayEquals(
          ExportTraceServiceResponse.newBuilder()
              .setPartialSuccess(
                  ExportTracePartialSuccess.newBuilder()
                      .setRejectedSpans(rejected)
                      .setErrorMessage(ODD))
              .build()
              .toByteArray(),
          Replies.protobuf(answer));
    }
  }

  @Test
  void s12_statusOfBadRequestIsTheGeneratedBytes() {
    BadRequest detail =
        BadRequest.newBuilder()
            .addFieldViolations(BadRequest.FieldViolation.newBuilder().setDescription(ODD))
            .build();
    assertArrayEquals(
        Status.newBuilder()
            .setCode(3)
            .setMessage(ODD)
            .addDetails(Any.pack(detail))
            .build()
            .toByteArray(),
        Replies.protobuf(RequestAnswer.from(new Admission.Malformed(ODD))));
  }

  @Test
  void s15_statusOfOverloadIsTheGeneratedBytes() {
    for (Duration delay : new Duration[] {Duration.ZERO, Duration.ofMillis(90_500)}) {
      RetryInfo detail =
          RetryInfo.newBuilder()
              .setRetryDelay(
                  com.google.protobuf.Duration.newBuilder()
                      .setSeconds(delay.getSeconds())
                      .setNanos(delay.getNano()))
              .build();
      RequestAnswer answer = RequestAnswer.overloaded(delay);
      assertArrayEquals(
          Status.newBuilder()
              .setCode(14)
              .setMessage(answer.message())
              .addDetails(Any.pack(detail))
              .build()
              .toByteArray(),
          Replies.protobuf(answer));
    }
  }

  @ParameterizedTest
  @EnumSource(RequestOutcome.class)
  void s12_everyErrorIsAStatusInBothEncodings(RequestOutcome outcome) throws Exception {
    RequestAnswer answer = RequestAnswer.of(outcome, ODD);
    String text = new String(Replies.json(Signal.TRACES, answer), StandardCharsets.UTF_8);
    JsonNode node = json.readTree(text);
    if (outcome.http >= 400) {
      Status status = Status.parseFrom(Replies.protobuf(answer));
      assertEquals(outcome.grpc, status.getCode());
      assertEquals(ODD, status.getMessage());
      assertEquals(outcome.grpc, node.get("code").asInt());
      assertEquals(ODD, node.get("message").asString());
    } else if (outcome == RequestOutcome.ACCEPTED) {
      assertEquals("{}", text);
    } else if (outcome == RequestOutcome.PARTIAL) {
      assertEquals(ODD, node.get("partialSuccess").get("errorMessage").asString());
    }
  }

  @Test
  void s9_jsonNamesTheItemsOfEachSignal() {
    String[] names = {
      "rejectedSpans", "rejectedDataPoints", "rejectedLogRecords", "rejectedProfiles"
    };
    RequestAnswer answer = RequestAnswer.from(new Admission.Partial(7, ""));
    for (Signal signal : Signal.values()) {
      assertEquals(
          "{\"partialSuccess\":{\"" + names[signal.ordinal()] + "\":\"7\"}}",
          new String(Replies.json(signal, answer), StandardCharsets.UTF_8));
    }
  }

  @Test
  void s6_messagesAreCutBetweenCharacters() {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      int points = random.nextInt(1200);
      for (int i = 0; i < points; i++) {
        text.appendCodePoint(new int[] {'a', 'é', '…', 0x1d11e}[random.nextInt(4)]);
      }
      String cut = AnswerText.shortened(text.toString(), 1000);
      byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
      assertTrue(bytes.length <= 1000, () -> "bytes " + bytes.length);
      assertEquals(cut, new String(bytes, StandardCharsets.UTF_8));
      boolean fits = text.toString().getBytes(StandardCharsets.UTF_8).length <= 1000;
      assertTrue(
          cut.contentEquals(text)
              || cut.endsWith("…") && text.indexOf(cut.substring(0, cut.length() - 1)) == 0);
      assertTrue(fits || cut.length() < text.length());
    }
  }
}
