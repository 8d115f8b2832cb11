package dev.spanthrift.agent.receive.grpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.Eventually;
import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.GrpcClient;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The habits of clients at the gRPC port: each gets in, or learns why not. */
class GrpcClientsTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final String EXPORT = "/" + Signal.TRACES.grpcService() + "/Export";
  private static final String CHECK = "grpc.health.v1.Health/Check";
  private static final String WATCH = "grpc.health.v1.Health/Watch";
  private static final byte[] SERVING = {1 << 3, 1};
  private static final byte[] SERVICE_UNKNOWN = {1 << 3, 3};

  private final FakeIntake intake = new FakeIntake();
  private Loops loops;
  private GrpcReceiver receiver;

  @BeforeEach
  void start() {
    loops = Loops.create();
    listen(TestSettings.LOOPBACK);
  }

  @AfterEach
  void stop() {
    receiver.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
    assertEquals(0, intake.underWay.get());
  }

  private void listen(ReceiveSettings settings) {
    if (receiver != null) {
      receiver.stop(Duration.ofSeconds(1));
    }
    receiver = GrpcReceiver.start(settings, loops, intake);
  }

  private long stray(String kind) {
    return receiver.status().strays().getOrDefault(kind, 0L);
  }

  private static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private String answerTo(String sent) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", receiver.address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "PUT /v1/traces HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "PRI",
      })
  void http1LearnsThePortOfHttp(String request) throws Exception {
    String answer = answerTo(request.equals("PRI") ? "PRX / HTTP/1.1\r\n\r\n" : request);
    assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
    assertTrue(answer.contains("4318"), answer);
    assertEquals(1, stray("http1_on_grpc"));
  }

  @Test
  void largeHttp1RequestGetsItsAnswerToo() throws Exception {
    receiver.neighbour(new InetSocketAddress(14_318));
    URI uri = URI.create("http://127.0.0.1:" + receiver.address().getPort() + "/v1/traces");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri)
                  .POST(BodyPublishers.ofByteArray(new byte[300_000]))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(400, answer.statusCode());
      assertTrue(answer.body().contains("port 14318 (4318 by default)"), answer::body);
    }
  }

  @Test
  void tlsHelloLearnsThatThereIsNoTls() throws Exception {
    String answer = answerTo("\u0016\u0003\u0001\u0000\u0064\u0001\u0000\u0000\u0060\u0003\u0003");
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertTrue(answer.contains("without TLS") && answer.contains("4318"), answer);
    assertEquals(1, stray("tls_on_plain"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000\u0001\u0002", "PRI * HTTP/1.1\r\n", "~~~"})
  void whatIsNoHttpIsSentAwayAndCounted(String garbage) throws Exception {
    assertTrue(answerTo(garbage).startsWith("HTTP/1.1 400 "));
    assertEquals(1, stray("not_http"));
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/traces, application/x-protobuf",
    "POST, /v1/logs, application/json",
    "GET, /v1/traces, ''",
  })
  void otlpHttpOverHttp2LearnsThePortOfHttp(String method, String path, String type) {
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open(Map.of(":method", method, ":path", path, "content-type", type), true);
      Map<String, String> answer = peer.answer(stream);
      assertEquals("404", answer.get(":status"));
      assertTrue(peer.text(stream).contains("4318"), () -> peer.text(stream));
      assertEquals("0", peer.call("identity", framed(TRACES)).get("grpc-status"));
    }
    assertEquals(1, stray("otlp_http_on_grpc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc",
        "application/grpc+proto",
        "APPLICATION/GRPC",
        "application/grpc; charset=utf-8",
        "application/grpc+proto;x=y",
        "Application/Grpc+Proto"
      })
  void everyNameOfTheContentTypeIsTaken(String type) {
    assertEquals("0", callWith(type).get("grpc-status"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/grpc-web",
        "application/grpc-web+proto",
        "application/grpc-web-text",
        "application/grpc+json",
        "application/grpcx",
        "application/json",
        ""
      })
  void otherContentTypesAreRefusedAndCounted(String type) {
    assertEquals("415", callWith(type).get(":status"));
    assertEquals(1, intake.refusals(Refusal.UNSUPPORTED));
  }

  private Map<String, String> callWith(String type) {
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open(Map.of(":path", EXPORT, "content-type", type), false);
      peer.send(H2Peer.DATA, 1, stream, framed(TRACES));
      return peer.answer(stream);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-gzip", "GZIP", "gzip"})
  void namesOfGzipAreTaken(String encoding) {
    try (H2Peer peer = new H2Peer(receiver.address())) {
      assertEquals("0", peer.call(encoding, framed(TRACES)).get("grpc-status"));
    }
  }

  private byte[] check(GrpcClient client, String service) {
    return ClientCalls.blockingUnaryCall(
        client.channel,
        GrpcClient.method(CHECK),
        CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
        new FieldWriter().nonEmpty(1, service).toBytes());
  }

  @Test
  void healthOfTheServerAndOfEachServiceIsServing() {
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      assertArrayEquals(SERVING, check(client, ""));
      for (Signal signal : Signal.values()) {
        assertArrayEquals(SERVING, check(client, signal.grpcService()));
      }
      StatusRuntimeException unknown = GrpcClient.failure(() -> check(client, "shop.Cart"));
      assertEquals(Code.NOT_FOUND, unknown.getStatus().getCode());
      StatusRuntimeException broken =
          GrpcClient.failure(
              () ->
                  ClientCalls.blockingUnaryCall(
                      client.channel,
                      GrpcClient.method(CHECK),
                      CallOptions.DEFAULT,
                      new byte[] {10, 99}));
      assertEquals(Code.INVALID_ARGUMENT, broken.getStatus().getCode());
      client.call(Signal.TRACES, TRACES);
    }
    assertEquals(1, intake.arrived.get());
  }

  /** One watch as its client sees it. */
  private static final class Watch extends ClientCall.Listener<byte[]> {
    final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Status> ends = new LinkedBlockingQueue<>();

    Watch(GrpcClient client, String service) {
      MethodDescriptor<byte[], byte[]> method =
          GrpcClient.method(WATCH).toBuilder().setType(MethodType.SERVER_STREAMING).build();
      ClientCall<byte[], byte[]> call = client.channel.newCall(method, CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.sendMessage(new FieldWriter().nonEmpty(1, service).toBytes());
      call.halfClose();
      call.request(2);
    }

    @Override
    public void onMessage(byte[] message) {
      messages.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ends.add(status);
    }
  }

  @Test
  void healthThatIsWatchedStaysOpenUntilTheEnd() throws Exception {
    listen(TestSettings.times(16, Duration.ofMillis(200), Duration.ofMillis(200)));
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      Watch known = new Watch(client, Signal.LOGS.grpcService());
      Watch unknown = new Watch(client, "shop.Cart");
      assertArrayEquals(SERVING, known.messages.poll(20, TimeUnit.SECONDS));
      assertArrayEquals(SERVICE_UNKNOWN, unknown.messages.poll(20, TimeUnit.SECONDS));
      assertEquals(null, known.ends.poll(600, TimeUnit.MILLISECONDS)); // thrice the time-outs
      client.call(Signal.TRACES, TRACES);
      receiver.stop(Duration.ofSeconds(20));
      assertEquals(Code.UNAVAILABLE, known.ends.poll(20, TimeUnit.SECONDS).getCode());
      assertEquals(Code.UNAVAILABLE, unknown.ends.poll(20, TimeUnit.SECONDS).getCode());
    }
  }

  @Test
  void bothLoopbackAddressesAreListenedOn() throws Exception {
    int port = receiver.address().getPort();
    for (String host : new String[] {"127.0.0.1", "::1"}) {
      InetAddress address = InetAddress.getByName(host);
      if (java.net.NetworkInterface.getByInetAddress(address) != null) {
        try (GrpcClient client = new GrpcClient(new InetSocketAddress(address, port))) {
          client.call(Signal.TRACES, TRACES);
        }
      }
    }
  }

  @Test
  void clientThatAsksForLocalhostGetsIn() {
    try (GrpcClient client =
        new GrpcClient(
            NettyChannelBuilder.forTarget("localhost:" + receiver.address().getPort())
                .usePlaintext())) {
      client.call(Signal.TRACES, TRACES);
    }
  }

  @Test
  void connectionOfItsAgeIsToldToGoAndNoCallIsLost() throws Exception {
    listen(TestSettings.age(Duration.ofMillis(200), Duration.ofSeconds(20)));
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      int calls = 0;
      while (TestSettings.opened(receiver.status()) < 4) {
        client.call(Signal.TRACES, TRACES);
        calls++;
      }
      assertEquals(calls, intake.offers.get());
    }
  }

  @Test
  void whatRunsAtItsAgeEndsWithinTheGrace() {
    listen(TestSettings.age(Duration.ofMillis(100), Duration.ofMillis(200)));
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open("identity");
      peer.send(H2Peer.DATA, 0, stream, new byte[] {0, 0, 0, 3, 0, 1});
      assertEquals(H2Peer.GOAWAY, peer.read().type());
      assertTrue(peer.ended());
    }
    Eventually.await("the call is cut", () -> intake.refusals(Refusal.CUT) == 1);
  }

  @Test
  void callEndedByItsClientIsCounted() {
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open("identity");
      peer.send(H2Peer.DATA, 0, stream, new byte[] {0, 0, 0, 3, 0, 1});
      peer.send(H2Peer.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
      assertEquals("0", peer.call("identity", framed(TRACES)).get("grpc-status"));
      assertEquals(1, intake.refusals(Refusal.CUT));
      peer.open("identity");
      Eventually.await("it is under way", () -> intake.underWay.get() == 1);
    }
    Eventually.await("the connection is gone", () -> intake.refusals(Refusal.CUT) == 2);
    assertEquals(3, intake.arrived.get());
  }

  @Test
  void failureInsideIsCounted() {
    intake.broken = true;
    try (H2Peer peer = new H2Peer(receiver.address())) {
      assertEquals("13", peer.call("identity", framed(TRACES)).get("grpc-status"));
    }
    assertEquals(1, intake.refusals(Refusal.FAILED));
  }

  @Test
  void connectionsThatDoNotBeginOrNotGoOnAreEndedAndCounted() throws Exception {
    listen(TestSettings.headTimeout(Duration.ofMillis(200)));
    assertEquals("", answerTo(""));
    assertEquals("", answerTo("PRI * HT"));
    assertEquals(2, stray("slow_head"));
    listen(TestSettings.times(16, Duration.ofMillis(200), Duration.ofMinutes(1)));
    try (H2Peer peer = new H2Peer(receiver.address())) {
      peer.sendRaw(new byte[] {0, 0, 100, H2Peer.HEADERS, 4, 0, 0, 0, 1, 0x44});
      assertTrue(peer.ended());
    }
    assertEquals(1, stray("slow_head"));
  }

  @Test
  void brokenFramesAreCounted() {
    try (H2Peer peer = new H2Peer(receiver.address())) {
      peer.send(H2Peer.DATA, 0, 1, new byte[3]);
      assertEquals(H2Peer.GOAWAY, peer.read().type());
    }
    assertEquals(1, stray("broken_frames"));
  }

  @Test
  void silentConnectionsMakeRoom() {
    listen(TestSettings.times(2, Duration.ofSeconds(9), Duration.ofMinutes(1)));
    try (H2Peer used = new H2Peer(receiver.address())) {
      assertEquals("0", used.call("identity", framed(TRACES)).get("grpc-status"));
      try (H2Peer silent = new H2Peer(receiver.address());
          H2Peer second = new H2Peer(receiver.address())) {
        assertEquals("0", second.call("identity", framed(TRACES)).get("grpc-status"));
        assertTrue(silent.ended());
      }
      assertEquals("0", used.call("identity", framed(TRACES)).get("grpc-status"));
      assertEquals(1, receiver.status().refused().get("made_room"));
      assertFalse(receiver.status().refused().containsKey("table_full"));
    }
  }
}
