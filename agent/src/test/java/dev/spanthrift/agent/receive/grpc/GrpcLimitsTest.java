package dev.spanthrift.agent.receive.grpc;

import static dev.spanthrift.agent.receive.GrpcClient.details;
import static dev.spanthrift.agent.receive.GrpcClient.failure;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.Allocations;
import dev.spanthrift.agent.receive.Eventually;
import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.GrpcClient;
import dev.spanthrift.agent.receive.Packed;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the gRPC port does with too much, with too little, and with nonsense. */
class GrpcLimitsTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final int MIB = 1 << 20;

  private final FakeIntake intake = new FakeIntake();
  private Loops loops;
  private GrpcReceiver receiver;

  @BeforeEach
  void start() {
    loops = Loops.create();
    intake.remembers = false;
  }

  @AfterEach
  void stop() {
    receiver.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
  }

  private void listen(ReceiveSettings settings) {
    receiver = GrpcReceiver.start(settings, loops, intake);
  }

  @Test
  void s4_oneByteAboveTheLimitIsExhaustedWithoutRetryInfo() throws Exception {
    listen(TestSettings.bytes(MIB, 4L * MIB));
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      client.call(Signal.TRACES, new byte[MIB]);
      StatusRuntimeException failure = failure(() -> client.call(Signal.TRACES, new byte[MIB + 1]));
      assertEquals(Code.RESOURCE_EXHAUSTED, failure.getStatus().getCode());
      assertNull(details(failure));
      client.call(Signal.TRACES, TRACES);
    }
    assertEquals(2, intake.offers.get());
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(1, intake.refusals());
  }

  @Test
  void s4_theLimitHoldsAfterDecompression() throws Exception {
    listen(TestSettings.bytes(MIB, 4L * MIB));
    CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      client.call(Signal.TRACES, new byte[MIB], gzip);
      StatusRuntimeException failure =
          failure(() -> client.call(Signal.TRACES, new byte[MIB + 1], gzip));
      assertEquals(Code.RESOURCE_EXHAUSTED, failure.getStatus().getCode());
      assertNull(details(failure));
      client.call(Signal.TRACES, TRACES, gzip);
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void s4_aBombDoesNotGrowTheHeapByItsContent(Encoding encoding) throws Exception {
    listen(TestSettings.LOOPBACK);
    byte[] bomb = framed(1, Packed.zeros(encoding, 64L * MIB + 1));
    String name = encoding.name().toLowerCase(Locale.ROOT);
    try (H2Peer peer = new H2Peer(receiver.address())) {
      peer.call(name, framed(1, Packed.with(encoding, TRACES)));
      long allocated =
          Allocations.of(
              loops,
              () -> {
                assertEquals("8", callInPieces(peer, name, bomb).get("grpc-status"));
                return null;
              });
      assertTrue(allocated < 8L * MIB, () -> encoding + " allocated " + allocated);
      assertEquals(
          "0", peer.call(name, framed(1, Packed.with(encoding, TRACES))).get("grpc-status"));
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(2, intake.offers.get());
  }

  @Test
  void s4_refusalComesBeforeTheBodyAndTheConnectionLives() {
    listen(TestSettings.LOOPBACK);
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open("identity");
      peer.send(H2Peer.DATA, 0, stream, prefix(0, 64 * MIB + 1));
      Map<String, String> answer = peer.answer(stream);
      assertEquals("8", answer.get("grpc-status"));
      assertFalse(answer.containsKey("grpc-status-details-bin"));
      // The client has not heard yet and sends on.
      peer.send(H2Peer.DATA, 0, stream, new byte[16_000]);
      peer.send(H2Peer.DATA, 1, stream, new byte[16_000]);
      assertEquals("0", peer.call("identity", framed(0, TRACES)).get("grpc-status"));
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(1, intake.offers.get());
  }

  @Test
  void s14_partlyReadRequestsAreBoundedTogether() throws Exception {
    listen(TestSettings.bytes(MIB, 2L * MIB));
    try (H2Peer peer = new H2Peer(receiver.address())) {
      List<Integer> held = new ArrayList<>();
      int refused = 0;
      for (int i = 0; i < 8; i++) {
        int stream = peer.open("identity");
        peer.send(H2Peer.DATA, 0, stream, prefix(0, MIB));
        peer.send(H2Peer.DATA, 0, stream, new byte[1000]);
        held.add(stream);
      }
      for (int stream : held.subList(2, 8)) {
        assertEquals("14", peer.answer(stream).get("grpc-status"));
        refused++;
      }
      assertEquals(refused, intake.refusals(Refusal.OVERLOADED));
      assertTrue(receiver.status().pendingBytes() <= 2L * MIB);
    }
    Eventually.await(
        "cut connection gives its bytes back", () -> receiver.status().pendingBytes() == 0);
  }

  @Test
  void s13_brokenMessagesAreInvalidArgumentAndTheConnectionLives() {
    listen(TestSettings.LOOPBACK);
    byte[][] broken = {
      {}, // half-closed without a message
      {0, 0, 0}, // prefix cut
      prefix(0, 10), // message cut
      framed(2, TRACES), // reserved bit
      framed(1, TRACES), // compressed, but identity
      twice(framed(0, TRACES)), // two messages
      prefix(0, -1 >>> 1) // 2 GiB - 1
    };
    String[] status = {"3", "3", "3", "3", "3", "3", "8"};
    try (H2Peer peer = new H2Peer(receiver.address())) {
      for (int i = 0; i < broken.length; i++) {
        assertEquals(status[i], peer.call("identity", broken[i]).get("grpc-status"), "case " + i);
      }
      assertEquals("0", peer.call("identity", framed(0, TRACES)).get("grpc-status"));
    }
    assertEquals(6, intake.refusals(Refusal.MALFORMED));
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(1, intake.offers.get());
  }

  @Test
  void s13_messagesInPiecesOfAnySizeArrive() {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    listen(TestSettings.LOOPBACK);
    intake.remembers = true;
    try (H2Peer peer = new H2Peer(receiver.address())) {
      byte[] message = framed(0, TRACES);
      for (int round = 0; round < 50; round++) {
        int stream = peer.open("identity");
        int at = 0;
        while (at < message.length) {
          int end = Math.min(message.length, at + 1 + random.nextInt(round + 3));
          peer.send(H2Peer.DATA, 0, stream, Arrays.copyOfRange(message, at, end));
          at = end;
        }
        peer.send(H2Peer.DATA, 1, stream, new byte[0]);
        assertEquals("0", peer.answer(stream).get("grpc-status"));
      }
    }
    assertEquals(50, intake.offered.size());
    intake.offered.forEach(o -> assertArrayEquals(TRACES, o.bytes()));
  }

  @Test
  void unknownEncodingIsUnimplementedAndNamesWhatWeTake() {
    listen(TestSettings.LOOPBACK);
    try (H2Peer peer = new H2Peer(receiver.address())) {
      Map<String, String> answer = peer.call("snappy", framed(1, TRACES));
      assertEquals("12", answer.get("grpc-status"));
      assertEquals("identity,gzip,zstd,deflate", answer.get("grpc-accept-encoding"));
    }
    assertEquals(1, intake.refusals(Refusal.UNSUPPORTED));
  }

  @Test
  void whoSpeaksNoGrpcGetsAnHttpStatus() {
    listen(TestSettings.LOOPBACK);
    String path = "/" + Signal.TRACES.grpcService() + "/Export";
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int get = peer.open(Map.of(":method", "GET", ":path", path), true);
      assertEquals("405", peer.answer(get).get(":status"));
      int json = peer.open(Map.of(":path", path, "content-type", "application/json"), true);
      assertEquals("415", peer.answer(json).get(":status"));
    }
    assertEquals(2, intake.refusals(Refusal.UNSUPPORTED));
  }

  @Test
  void slowRequestIsEndedAndTheConnectionLives() {
    listen(TestSettings.times(16, Duration.ofMillis(400), Duration.ofMinutes(1)));
    try (H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open("identity");
      peer.send(H2Peer.DATA, 0, stream, prefix(0, 1000));
      assertEquals("4", peer.answer(stream).get("grpc-status"));
      assertEquals("0", peer.call("identity", framed(0, TRACES)).get("grpc-status"));
    }
    assertEquals(1, intake.refusals());
    assertEquals(0, receiver.status().pendingBytes());
  }

  @Test
  void idleConnectionIsToldToGo() {
    listen(TestSettings.times(16, Duration.ofMillis(200), Duration.ofMillis(400)));
    try (H2Peer peer = new H2Peer(receiver.address())) {
      peer.call("identity", framed(0, TRACES));
      assertEquals(H2Peer.GOAWAY, peer.read().type());
      assertTrue(peer.ended());
    }
  }

  /** Calls are short: a look every so often mostly finds none. */
  @Test
  void connectionWithShortCallsIsNotIdle() {
    listen(TestSettings.times(16, Duration.ofMillis(200), Duration.ofSeconds(1)));
    try (H2Peer peer = new H2Peer(receiver.address())) {
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      while (System.nanoTime() < end) {
        assertEquals("0", peer.call("identity", framed(0, TRACES)).get("grpc-status"));
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
    assertEquals(1, TestSettings.opened(receiver.status()));
  }

  @Test
  void halfAPrefaceIsCutAfterTheTimeout() throws Exception {
    listen(TestSettings.times(16, Duration.ofMillis(200), Duration.ofMinutes(1)));
    try (Socket socket = new Socket("127.0.0.1", receiver.address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("PRI * HT".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }

  @Test
  void garbageEndsItsConnectionOnly() throws Exception {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    listen(TestSettings.LOOPBACK);
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      client.call(Signal.TRACES, TRACES);
      for (int i = 0; i < 50; i++) {
        byte[] garbage = new byte[1 + random.nextInt(3000)];
        random.nextBytes(garbage);
        try (Socket socket = new Socket("127.0.0.1", receiver.address().getPort())) {
          if (i % 2 == 0) {
            socket
                .getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          }
          socket.getOutputStream().write(garbage);
        }
      }
      client.call(Signal.TRACES, TRACES);
    }
    assertEquals(2, intake.offers.get());
    assertEquals(0, receiver.status().pendingBytes());
  }

  @Test
  void headerBombIsRefusedAndTheConnectionOfOthersLives() {
    listen(TestSettings.LOOPBACK);
    try (H2Peer peer = new H2Peer(receiver.address());
        H2Peer other = new H2Peer(receiver.address())) {
      Map<String, String> fields = new HashMap<>();
      for (int i = 0; i < 350; i++) {
        fields.put("x" + i, "y".repeat(16)); // 32 bytes more each, by the protocol's count
      }
      int stream = peer.open(fields, true);
      H2Peer.Frame frame = peer.read();
      assertTrue(
          frame.type() == H2Peer.GOAWAY
              || frame.stream() == stream
                  && "431".equals(Hpack.fields(frame.payload()).get(":status")),
          frame::toString);
      assertEquals("0", other.call("identity", framed(0, TRACES)).get("grpc-status"));
    }
  }

  @Test
  void connectionsAreBounded() throws Exception {
    listen(TestSettings.times(2, Duration.ofSeconds(30), Duration.ofMinutes(1)));
    try (H2Peer one = new H2Peer(receiver.address());
        H2Peer two = new H2Peer(receiver.address())) {
      assertEquals("0", one.call("identity", framed(0, TRACES)).get("grpc-status"));
      assertEquals("0", two.call("identity", framed(0, TRACES)).get("grpc-status"));
      try (Socket three = new Socket("127.0.0.1", receiver.address().getPort())) {
        three.setSoTimeout(20_000);
        assertEquals(-1, three.getInputStream().read());
      }
      assertEquals(1, receiver.status().refused().getOrDefault("table_full", 0L));
      assertEquals("0", one.call("identity", framed(0, TRACES)).get("grpc-status"));
    }
  }

  @Test
  void stopFinishesRunningCallsAndSaysGoaway() throws Exception {
    listen(TestSettings.LOOPBACK);
    try (H2Peer peer = new H2Peer(receiver.address())) {
      peer.call("identity", framed(0, TRACES));
      int stream = peer.open("identity");
      byte[] message = framed(0, TRACES);
      peer.send(H2Peer.DATA, 0, stream, Arrays.copyOf(message, 100));
      Eventually.await("first piece has come", () -> receiver.status().pendingBytes() > 0);
      Thread stopping = Thread.ofPlatform().start(() -> receiver.stop(Duration.ofSeconds(20)));
      assertEquals(H2Peer.GOAWAY, peer.read().type());
      peer.send(H2Peer.DATA, 1, stream, Arrays.copyOfRange(message, 100, message.length));
      assertEquals("0", peer.answer(stream).get("grpc-status"));
      stopping.join(Duration.ofSeconds(20));
      assertFalse(stopping.isAlive());
    }
    assertEquals(2, intake.offers.get());
  }

  @Test
  void stopCutsWhoDoesNotFinish() throws Exception {
    listen(TestSettings.LOOPBACK);
    try (GrpcClient client = new GrpcClient(receiver.address());
        H2Peer peer = new H2Peer(receiver.address())) {
      int stream = peer.open("identity");
      peer.send(H2Peer.DATA, 0, stream, prefix(0, 1000));
      Eventually.await("prefix has come", () -> intake.largestReserve.get() == 1000);
      Future<byte[]> done = client.start(Signal.TRACES, TRACES);
      assertEquals(0, done.get(20, TimeUnit.SECONDS).length);
      receiver.stop(Duration.ofMillis(100));
      assertTrue(peer.ended());
    }
    Eventually.await("nothing is pending", () -> receiver.status().pendingBytes() == 0);
  }

  private static Map<String, String> callInPieces(H2Peer peer, String encoding, byte[] data) {
    int stream = peer.open(encoding);
    int at = 0;
    while (at < data.length) {
      int end = Math.min(data.length, at + 16_384);
      int last = end == data.length ? 1 : 0;
      peer.send(H2Peer.DATA, last, stream, Arrays.copyOfRange(data, at, end));
      at = end;
    }
    return peer.answer(stream);
  }

  private static byte[] framed(int flag, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put(prefix(flag, message.length))
        .put(message)
        .array();
  }

  private static byte[] prefix(int flag, int length) {
    return ByteBuffer.allocate(5).put((byte) flag).putInt(length).array();
  }

  private static byte[] twice(byte[] bytes) {
    return ByteBuffer.allocate(2 * bytes.length).put(bytes).put(bytes).array();
  }
}
