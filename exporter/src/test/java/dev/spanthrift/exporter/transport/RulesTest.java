package dev.spanthrift.exporter.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.DebugInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is worth another attempt, and when: every code of both protocols. */
class RulesTest {
  private static final Set<Status.Code> RETRYABLE =
      EnumSet.of(
          Status.Code.CANCELLED,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.ABORTED,
          Status.Code.OUT_OF_RANGE,
          Status.Code.UNAVAILABLE,
          Status.Code.DATA_LOSS);
  private static final long NOW = Instant.parse("2026-11-24T12:00:00Z").toEpochMilli();

  /** What is about who sends or where to, no part of a request can help. */
  private static boolean ofContent(Status.Code code) {
    return !EnumSet.of(
            Status.Code.NOT_FOUND,
            Status.Code.PERMISSION_DENIED,
            Status.Code.UNAUTHENTICATED,
            Status.Code.UNIMPLEMENTED)
        .contains(code);
  }

  private static Metadata details(byte[] status) {
    Metadata trailers = new Metadata();
    trailers.put(GrpcRules.DETAILS, status);
    return trailers;
  }

  private static byte[] retryInfo(long seconds, int nanos) {
    return com.google.rpc.Status.newBuilder()
        .setCode(8)
        .setMessage("later")
        .addDetails(Any.pack(DebugInfo.newBuilder().setDetail("d").build()))
        .addDetails(
            Any.pack(
                RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                    .build()))
        .build()
        .toByteArray();
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void c5_grpcCodeWithoutDetails(Status.Code code) {
    SendResult outcome = GrpcRules.outcome(code.toStatus().withDescription("why"), new Metadata());
    if (RETRYABLE.contains(code)) {
      SendResult.Again again = assertInstanceOf(SendResult.Again.class, outcome);
      assertEquals(SendResult.Again.OWN_BACKOFF, again.delayNanos());
      assertEquals("why", again.message());
    } else {
      assertEquals(new SendResult.Failed("status_" + code, "why", ofContent(code)), outcome);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Status.Code.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
  void c5_c6_grpcCodeWithRetryInfo(Status.Code code) {
    SendResult outcome = GrpcRules.outcome(code.toStatus(), details(retryInfo(2, 500)));
    boolean again = RETRYABLE.contains(code) || code == Status.Code.RESOURCE_EXHAUSTED;
    if (again) {
      assertEquals(new SendResult.Again("status_" + code, "", 2_000_000_500L, true), outcome);
    } else {
      assertEquals(new SendResult.Failed("status_" + code, "", ofContent(code)), outcome);
    }
  }

  @Test
  void c6_retryInfoThatMakesNoSenseMeansOwnBackoff() {
    assertEquals(SendResult.Again.OWN_BACKOFF, Answers.retryDelayNanos(retryInfo(-1, 0)));
    assertEquals(SendResult.Again.OWN_BACKOFF, Answers.retryDelayNanos(retryInfo(0, -5)));
    assertEquals(0, Answers.retryDelayNanos(retryInfo(0, 0)));
    assertEquals(1_000_000_000_000_000_000L, Answers.retryDelayNanos(retryInfo(1L << 60, 0)));
    SendResult.Again again =
        assertInstanceOf(
            SendResult.Again.class,
            GrpcRules.outcome(Status.RESOURCE_EXHAUSTED, details(retryInfo(-1, 0))));
    assertEquals(SendResult.Again.OWN_BACKOFF, again.delayNanos());
  }

  @Test
  void c6_damagedDetailsCountAsNone() {
    byte[] good = retryInfo(2, 500);
    for (int length = 0; length < good.length; length++) {
      long delay = Answers.retryDelayNanos(java.util.Arrays.copyOf(good, length));
      assertTrue(
          delay == Answers.NO_RETRY_INFO || delay >= SendResult.Again.OWN_BACKOFF,
          "cut at " + length + ": " + delay);
    }
    assertInstanceOf(
        SendResult.Failed.class,
        GrpcRules.outcome(Status.RESOURCE_EXHAUSTED, details(new byte[] {0x1a, 0x7f})));
  }

  @Test
  void randomAnswersNeverThrow() {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      if (bytes.length > 2 && random.nextBoolean()) {
        bytes[0] = 0x0a;
        bytes[1] = (byte) (bytes.length - 2);
      }
      Answers.accepted(bytes);
      Answers.retryDelayNanos(bytes);
      Answers.statusMessage(bytes);
    }
  }

  static Stream<Integer> errors() {
    return IntStream.range(400, 600).boxed();
  }

  @ParameterizedTest
  @MethodSource("errors")
  void c4_httpStatus(int status) {
    SendResult outcome = HttpRules.outcome(status, "7", "text/plain", bytes("why\n"), NOW);
    if (Set.of(429, 502, 503, 504).contains(status)) {
      assertEquals(new SendResult.Again("status_" + status, "why", 7_000_000_000L, true), outcome);
    } else {
      SendResult.Failed failed = assertInstanceOf(SendResult.Failed.class, outcome);
      assertEquals("status_" + status, failed.kind());
      assertEquals("why", failed.message());
    }
  }

  @ParameterizedTest
  @CsvSource({"200", "202", "204"})
  void httpSuccessIsAnyOf2xx(int status) {
    assertEquals(
        SendResult.Accepted.PLAIN, HttpRules.outcome(status, null, null, new byte[0], NOW));
  }

  @ParameterizedTest
  @CsvSource({"100", "301", "308", "600"})
  void httpStatusOutsideTheRulesIsNotRetried(int status) {
    assertInstanceOf(
        SendResult.Failed.class, HttpRules.outcome(status, null, null, new byte[0], NOW));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "120 | 120",
        " 5  | 5",
        "3600 | 3600",
        "99999999999999999999 | 1000000000",
        "Tue, 24 Nov 2026 12:00:30 GMT | 30",
        "Tuesday, 24-Nov-26 12:00:30 GMT | 30",
        "Tue Nov 24 12:00:30 2026 | 30",
        "Tue, 24 Nov 2026 11:00:00 GMT | 0",
        "Wed, 21 Oct 2015 07:28:00 GMT | 0",
        "-5 | -1",
        "1.5 | -1",
        "soon | -1",
        "'' | -1",
      })
  void c6_retryAfter(String header, long seconds) {
    long nanos = HttpRules.delayNanos(header, NOW);
    assertEquals(
        seconds < 0 ? SendResult.Again.OWN_BACKOFF : TimeUnit.SECONDS.toNanos(seconds), nanos);
  }

  @Test
  void c6_retryAfterAsThisYearsDateIsReadToTheSecond() {
    String header = io.netty.handler.codec.DateFormatter.format(new Date(NOW + 61_000));
    assertEquals(61_000_000_000L, HttpRules.delayNanos(header, NOW));
  }

  @Test
  void c3_partialSuccessOfEverySignalIsRead() {
    var traces = io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse.newBuilder();
    traces.getPartialSuccessBuilder().setRejectedSpans(7).setErrorMessage("too old");
    assertEquals(
        new SendResult.Accepted("partial_success", 7, "too old"),
        Answers.accepted(traces.build().toByteArray()));

    var metrics =
        io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse.newBuilder();
    metrics.getPartialSuccessBuilder().setRejectedDataPoints(8);
    assertEquals(
        new SendResult.Accepted("partial_success", 8, ""),
        Answers.accepted(metrics.build().toByteArray()));

    var logs = io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse.newBuilder();
    logs.getPartialSuccessBuilder().setErrorMessage("use fewer");
    assertEquals(
        new SendResult.Accepted("warning", 0, "use fewer"),
        Answers.accepted(logs.build().toByteArray()));

    var profiles =
        io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse
            .newBuilder();
    profiles.getPartialSuccessBuilder().setRejectedProfiles(1L << 40);
    assertEquals(
        new SendResult.Accepted("partial_success", 1L << 40, ""),
        Answers.accepted(profiles.build().toByteArray()));
  }

  @Test
  void errorMessageOfABackendIsReadFromStatusAndCut() {
    byte[] status =
        com.google.rpc.Status.newBuilder()
            .setMessageBytes(ByteString.copyFromUtf8("x".repeat(5000)))
            .build()
            .toByteArray();
    SendResult outcome = HttpRules.outcome(400, null, "application/x-protobuf", status, NOW);
    SendResult.Failed failed = assertInstanceOf(SendResult.Failed.class, outcome);
    assertEquals("x".repeat(Answers.ERROR_MESSAGE_CHARS_MAX), failed.message());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SendResult success(String contentType, String body) {
    return HttpRules.outcome(200, null, contentType, bytes(body), NOW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | accepted_json | 0 | ''",
        "{\"partialSuccess\":{}} | accepted_json | 0 | ''",
        "{\"partialSuccess\":null} | accepted_json | 0 | ''",
        "{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"old\"}}"
            + " | partial_success | 1 | old",
        "{\"partialSuccess\":{\"rejectedLogRecords\":2}} | partial_success | 2 | ''",
        "{\"partial_success\":{\"rejected_data_points\":\"3\",\"error_message\":\"x\"}}"
            + " | partial_success | 3 | x",
        "{\"partialSuccess\":{\"rejectedSpans\":0,\"errorMessage\":\"use fewer\"}}"
            + " | warning | 0 | use fewer",
        "{\"partialSuccess\":{\"hints\":[{\"a\":1}],\"rejectedSpans\":\"0\"}}"
            + " | unknown_fields | 0 | partial_success has hints",
        "{\"status\":\"ok\",\"n\":[1,{\"partialSuccess\":2}]} | accepted_json | 0 | ''",
      })
  void anAnswerInJsonIsReadAsItWasMeant(String body, String kind, long rejected, String message) {
    SendResult read = new SendResult.Accepted(kind, rejected, message);
    assertEquals(read, success("application/json", body));
    assertEquals(read, success("application/json; charset=utf-8", " " + body));
    assertEquals(read, success("text/plain", body), "whatever it is called");
    assertEquals(read, success("application/x-protobuf", body), "whatever it is called");
    assertEquals(read, success(null, body));
  }

  @ParameterizedTest
  @CsvSource({
    "202, text/plain, Accepted, accepted_text",
    "200, text/plain, OK, accepted_text",
    "200, application/json, {\"partialSuccess\":, unreadable",
    "200, application/json, OK, unreadable",
    "200, application/x-protobuf, OK, unreadable",
    "201, application/octet-stream, x, accepted_text",
  })
  void anyOther2xxIsAReceiptAndIsNamed(int status, String type, String body, String kind) {
    SendResult result = HttpRules.outcome(status, null, type, bytes(body), NOW);
    SendResult.Accepted taken = assertInstanceOf(SendResult.Accepted.class, result);
    assertEquals(kind, taken.kind());
    assertEquals(0, taken.rejected());
    assertTrue(taken.message().startsWith("taken"), taken.message());
  }

  @ParameterizedTest
  @CsvSource({
    "text/html, <p>Sign in",
    "text/html; charset=utf-8, x",
    "text/plain, ' <!DOCTYPE html><title>Sign in</title>'",
    "application/x-protobuf, '<html><head>'",
    "application/xhtml+xml, <a>",
  })
  void aWebPageIsNoReceiptAndTheRequestIsKept(String type, String body) {
    SendResult.Again again = assertInstanceOf(SendResult.Again.class, success(type, body));
    assertEquals("web_page", again.kind());
    assertTrue(again.throttle());
    assertTrue(again.message().startsWith("answers with a web page"), again.message());
  }

  @Test
  void fieldsOfAPartialSuccessThatWeDoNotKnowAreNamed() {
    byte[] unknown = {0x0a, 0x05, 0x1a, 0x01, 'x', 0x20, 0x01};
    SendResult.Accepted taken = Answers.accepted(unknown);
    assertEquals("unknown_fields", taken.kind());
    assertEquals("partial_success has field 4", taken.message());
  }

  @Test
  void anErrorInJsonIsShownByItsMessage() {
    SendResult failed =
        HttpRules.outcome(
            400, null, "application/json", bytes("{\"code\":3,\"message\":\"bad id\"}"), NOW);
    assertEquals(new SendResult.Failed("status_400", "bad id", true), failed);
    assertEquals(
        "a web page, Not here",
        HttpRules.outcome(404, null, "text/html", bytes("<html><title>Not here</title>"), NOW)
            .message());
  }
}
