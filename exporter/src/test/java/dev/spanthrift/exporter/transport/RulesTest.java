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
      assertEquals(new SendResult.Failed("status_" + code, "why"), outcome);
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
      assertEquals(new SendResult.Failed("status_" + code, ""), outcome);
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
      assertEquals(new SendResult.Failed("status_" + status, "why"), outcome);
    }
  }

  @ParameterizedTest
  @CsvSource({"200", "202", "204"})
  void httpSuccessIsAnyOf2xx(int status) {
    assertEquals(SendResult.ACCEPTED, HttpRules.outcome(status, null, null, new byte[0], NOW));
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
        new SendResult.Accepted(7, "too old"), Answers.accepted(traces.build().toByteArray()));

    var metrics =
        io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse.newBuilder();
    metrics.getPartialSuccessBuilder().setRejectedDataPoints(8);
    assertEquals(new SendResult.Accepted(8, ""), Answers.accepted(metrics.build().toByteArray()));

    var logs = io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse.newBuilder();
    logs.getPartialSuccessBuilder().setErrorMessage("use fewer");
    assertEquals(
        new SendResult.Accepted(0, "use fewer"), Answers.accepted(logs.build().toByteArray()));

    var profiles =
        io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse
            .newBuilder();
    profiles.getPartialSuccessBuilder().setRejectedProfiles(1L << 40);
    assertEquals(
        new SendResult.Accepted(1L << 40, ""), Answers.accepted(profiles.build().toByteArray()));
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
}
