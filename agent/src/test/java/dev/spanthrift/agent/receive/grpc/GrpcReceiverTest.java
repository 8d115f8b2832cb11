package dev.spanthrift.agent.receive.grpc;

import static dev.spanthrift.agent.receive.GrpcClient.details;
import static dev.spanthrift.agent.receive.GrpcClient.failure;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.GrpcClient;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcReceiverTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();

  private final FakeIntake intake = new FakeIntake();
  private Loops loops;
  private GrpcReceiver receiver;
  private GrpcClient client;

  @BeforeEach
  void start() {
    loops = Loops.create();
    receiver = GrpcReceiver.start(TestSettings.LOOPBACK, loops, intake);
    client = new GrpcClient(receiver.address());
  }

  @AfterEach
  void stop() {
    client.close();
    receiver.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void s2_everyServiceTakesTheVeryBytes(Signal signal) {
    byte[] message = Samples.of(signal).toByteArray();
    client.call(signal, message);
    assertEquals(signal, intake.offered.getFirst().signal());
    assertArrayEquals(message, intake.offered.getFirst().bytes());
  }

  @Test
  void s2_generatedStubsOfEveryServiceAreAnswered() {
    TraceServiceGrpc.newBlockingStub(client.channel).export(Samples.traces(2));
    MetricsServiceGrpc.newBlockingStub(client.channel)
        .export((ExportMetricsServiceRequest) Samples.of(Signal.METRICS));
    LogsServiceGrpc.newBlockingStub(client.channel)
        .export((ExportLogsServiceRequest) Samples.of(Signal.LOGS));
    ProfilesServiceGrpc.newBlockingStub(client.channel)
        .export((ExportProfilesServiceRequest) Samples.of(Signal.PROFILES));
    assertEquals(List.of(Signal.values()), intake.offered.stream().map(o -> o.signal()).toList());
  }

  @Test
  void s1_gzipEqualsIdentity() {
    client.call(Signal.TRACES, TRACES);
    client.call(Signal.TRACES, TRACES, CallOptions.DEFAULT.withCompression("gzip"));
    assertArrayEquals(TRACES, intake.offered.get(0).bytes());
    assertArrayEquals(TRACES, intake.offered.get(1).bytes());
  }

  @Test
  void s1_largeRequestsOfManyFramesArriveWhole() {
    byte[] large = Samples.traces(20_000).toByteArray();
    client.call(Signal.TRACES, large);
    client.call(Signal.TRACES, large, CallOptions.DEFAULT.withCompression("gzip"));
    assertArrayEquals(large, intake.offered.get(0).bytes());
    assertArrayEquals(large, intake.offered.get(1).bytes());
    assertEquals(0, receiver.status().pendingBytes());
  }

  @Test
  void s7_emptyRequestSucceeds() {
    assertEquals(0, client.call(Signal.TRACES, new byte[0]).length);
    assertEquals(1, intake.offers.get());
  }

  @Test
  void s8_fullSuccessIsNoBytes() {
    assertEquals(0, client.call(Signal.TRACES, TRACES).length);
  }

  @Test
  void s9_partialSuccessTellsHowMany() throws Exception {
    intake.answer = new Admission.Partial(3, "trace id has 15 bytes");
    var response = ExportTraceServiceResponse.parseFrom(client.call(Signal.TRACES, TRACES));
    assertEquals(3, response.getPartialSuccess().getRejectedSpans());
    assertEquals("trace id has 15 bytes", response.getPartialSuccess().getErrorMessage());
  }

  @Test
  void s10_warningHasNoRejections() throws Exception {
    intake.answer = new Admission.Partial(0, "clock is off");
    var response = ExportTraceServiceResponse.parseFrom(client.call(Signal.TRACES, TRACES));
    assertTrue(response.hasPartialSuccess());
    assertEquals(0, response.getPartialSuccess().getRejectedSpans());
    assertEquals("clock is off", response.getPartialSuccess().getErrorMessage());
  }

  @Test
  void s6_longMessagesAreShortened() throws Exception {
    intake.answer = new Admission.Partial(1, "é".repeat(5 << 20));
    byte[] bytes = client.call(Signal.TRACES, TRACES);
    assertTrue(bytes.length < 4096, () -> "bytes " + bytes.length);
    String told = ExportTraceServiceResponse.parseFrom(bytes).getPartialSuccess().getErrorMessage();
    assertTrue(told.startsWith("éééé") && told.endsWith("…"));

    intake.answer = new Admission.Malformed("ü".repeat(5 << 20));
    StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, TRACES));
    assertEquals(Code.INVALID_ARGUMENT, failure.getStatus().getCode());
    assertTrue(failure.getStatus().getDescription().endsWith("ü…"));
  }

  @Test
  void s13_malformedIsInvalidArgumentWithBadRequest() throws Exception {
    intake.answer = new Admission.Malformed("truncated varint at byte 7 – \"bad\" 100%");
    StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, TRACES));
    assertEquals(Code.INVALID_ARGUMENT, failure.getStatus().getCode());
    assertEquals("truncated varint at byte 7 – \"bad\" 100%", failure.getStatus().getDescription());
    assertEquals(
        "truncated varint at byte 7 – \"bad\" 100%",
        details(failure)
            .getDetails(0)
            .unpack(BadRequest.class)
            .getFieldViolations(0)
            .getDescription());
    assertEquals(0, intake.refusals());
  }

  @Test
  void s13_badGzipIsInvalidArgument() {
    byte[] flagged = {1, 0, 0, 0, 3, 'b', 'a', 'd'};
    try (H2Peer peer = new H2Peer(receiver.address())) {
      assertEquals("3", peer.call("gzip", flagged).get("grpc-status"));
      assertEquals("3", peer.call("zstd", flagged).get("grpc-status"));
      assertEquals("3", peer.call("deflate", flagged).get("grpc-status"));
    }
    assertEquals(3, intake.refusals(Refusal.MALFORMED));
    assertEquals(0, intake.offers.get());
  }

  @Test
  void s14_overloadIsUnavailableWithRetryInfoAndPasses() throws Exception {
    intake.answer = new Admission.Overloaded(Duration.ofMillis(1500));
    StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, TRACES));
    assertEquals(Code.UNAVAILABLE, failure.getStatus().getCode());
    com.google.protobuf.Duration delay =
        details(failure).getDetails(0).unpack(RetryInfo.class).getRetryDelay();
    assertEquals(1, delay.getSeconds());
    assertEquals(500_000_000, delay.getNanos());
    intake.answer = Admission.ACCEPTED;
    assertEquals(0, client.call(Signal.TRACES, TRACES).length);
    assertEquals(2, intake.offers.get());
    assertEquals(0, intake.refusals());
  }

  @Test
  void s14_noRoomRefusesBeforeTheOffer() throws Exception {
    intake.room = new Admission.Overloaded(Duration.ofSeconds(2));
    StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, TRACES));
    assertEquals(Code.UNAVAILABLE, failure.getStatus().getCode());
    assertEquals(
        2, details(failure).getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds());
    assertEquals(0, intake.offers.get());
    assertEquals(1, intake.refusals(Refusal.OVERLOADED));
    assertEquals(TRACES.length, intake.largestReserve.get());
  }

  @Test
  void s14_longOverloadDoesNotEndTheConnection() {
    byte[] large = new byte[1 << 20];
    client.call(Signal.TRACES, large);
    intake.room = new Admission.Overloaded(Duration.ofSeconds(2));
    for (int i = 0; i < 500; i++) {
      StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, large));
      assertEquals(Code.UNAVAILABLE, failure.getStatus().getCode(), failure::toString);
      assertEquals(i + 1, intake.refusals(Refusal.OVERLOADED), failure::toString);
    }
    intake.room = Admission.ACCEPTED;
    client.call(Signal.TRACES, large);
    assertEquals(500, intake.refusals(Refusal.OVERLOADED));
    assertEquals(1, TestSettings.opened(receiver.status()));
  }

  @Test
  void s19_sixtyFourInFlightAreAllAnswered() throws Exception {
    List<Future<byte[]>> calls = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      calls.add(client.start(Signal.values()[i % 4], TRACES));
    }
    for (Future<byte[]> call : calls) {
      assertEquals(0, call.get(20, TimeUnit.SECONDS).length);
    }
    assertEquals(64, intake.offers.get());
  }

  @Test
  void s18_oneConnectionTakesMoreCallsThanAWindowHasAnswers() {
    intake.remembers = false;
    int calls = 13_107 + 900; // 65,535 bytes of window / 5 bytes of an empty answer
    for (int i = 0; i < calls; i++) {
      client.call(Signal.TRACES, TRACES);
    }
    assertEquals(calls, intake.offers.get());
    assertEquals(1, TestSettings.opened(receiver.status()));
  }

  @Test
  void unknownMethodIsUnimplemented() {
    StatusRuntimeException failure =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    client.channel,
                    GrpcClient.method("opentelemetry.proto.Nothing/Export"),
                    CallOptions.DEFAULT,
                    TRACES));
    assertEquals(Code.UNIMPLEMENTED, failure.getStatus().getCode());
    assertEquals(0, intake.refusals());
    client.call(Signal.TRACES, TRACES);
  }

  @Test
  void failureInsideIsInternalAndTheNextCallLives() throws Exception {
    intake.broken = true;
    StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, TRACES));
    assertEquals(Code.INTERNAL, failure.getStatus().getCode());
    assertEquals("Internal error", failure.getStatus().getDescription());
    assertNull(details(failure));
    intake.broken = false;
    client.call(Signal.TRACES, TRACES);
  }

  @Test
  void portInUseIsSaidWithItsAddress() {
    int port = receiver.address().getPort();
    ReceiveSettings same = TestSettings.on(port, 0);
    Exception failure =
        assertThrows(IllegalStateException.class, () -> GrpcReceiver.start(same, loops, intake));
    assertTrue(
        failure
            .getMessage()
            .startsWith("127.0.0.1:" + port + " is in use; set SPANTHRIFT_LISTEN_GRPC_PORT"));
  }
}
