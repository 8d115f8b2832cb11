package dev.spanthrift.agent.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.client.OtlpClient.Reply;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtlpClientTest {
  private static final byte[] REQUEST = {1, 2, 3};

  private interface Use {
    void with(OtlpClient client) throws Exception;
  }

  private static void both(OtlpStub stub, Use use) throws Exception {
    both(stub.grpcPort(), stub.httpPort(), use);
  }

  private static void both(int grpcPort, int httpPort, Use use) throws Exception {
    try (OtlpClient grpc = new GrpcClient("127.0.0.1", grpcPort);
        OtlpClient http = new PlainHttpClient("127.0.0.1", httpPort)) {
      for (OtlpClient client : List.of(grpc, http)) {
        use.with(client);
      }
    }
  }

  @Test
  void theVeryBytesArrive() throws Exception {
    try (OtlpStub stub = new OtlpStub(request -> OtlpStub.Script.OK)) {
      both(
          stub,
          client -> {
            assertEquals(new Reply.Accepted(0), client.send(Signal.TRACES, REQUEST));
            assertArrayEquals(REQUEST, stub.requests().getLast());
          });
      assertEquals(2, stub.requests().size());
    }
  }

  @Test
  void w12_partialSuccessIsRead() throws Exception {
    byte[] answer =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(300)
                    .setErrorMessage("too old"))
            .build()
            .toByteArray();
    try (OtlpStub stub = new OtlpStub(request -> new OtlpStub.Script(Status.Code.OK, answer))) {
      both(
          stub,
          client -> assertEquals(new Reply.Accepted(300), client.send(Signal.TRACES, REQUEST)));
    }
  }

  @Test
  void unavailableMayBeTriedAgainAndInvalidMayNot() throws Exception {
    try (OtlpStub stub =
        new OtlpStub(
            request ->
                new OtlpStub.Script(
                    request.length == 3 ? Status.Code.UNAVAILABLE : Status.Code.INVALID_ARGUMENT,
                    new byte[0]))) {
      both(
          stub,
          client -> {
            assertInstanceOf(Reply.TryAgain.class, client.send(Signal.TRACES, REQUEST));
            assertInstanceOf(Reply.Refused.class, client.send(Signal.TRACES, new byte[1]));
          });
    }
  }

  @Test
  void nobodyThereIsSaidInPlainWords() throws Exception {
    OtlpStub gone = new OtlpStub(request -> OtlpStub.Script.OK);
    int grpcPort = gone.grpcPort();
    int httpPort = gone.httpPort();
    gone.close();
    both(
        grpcPort,
        httpPort,
        client -> {
          Reply.Unreachable reply =
              assertInstanceOf(Reply.Unreachable.class, client.send(Signal.TRACES, REQUEST));
          int port = client instanceof GrpcClient ? grpcPort : httpPort;
          assertEquals(
              "nothing listens on 127.0.0.1:" + port + ": connection refused", reply.reason());
        });
  }

  @Test
  void aNameThatDoesNotExistIsSaidInPlainWords() throws Exception {
    try (OtlpClient grpc = new GrpcClient("nowhere.invalid", 4317);
        OtlpClient http = new PlainHttpClient("nowhere.invalid", 4317)) {
      for (OtlpClient client : List.of(grpc, http)) {
        assertEquals(
            new Reply.Unreachable("nowhere.invalid:4317: its name is not known to DNS", true),
            client.send(Signal.TRACES, REQUEST));
      }
    }
  }

  @Test
  void theOtherProtocolsPortIsSaidInPlainWords() throws Exception {
    try (OtlpStub stub = new OtlpStub(request -> OtlpStub.Script.OK)) {
      both(
          stub.httpPort(),
          stub.grpcPort(),
          client -> {
            Reply.Unreachable reply =
                assertInstanceOf(Reply.Unreachable.class, client.send(Signal.TRACES, REQUEST));
            assertTrue(reply.reason().contains("does not speak"), reply.reason());
          });
    }
  }
}
