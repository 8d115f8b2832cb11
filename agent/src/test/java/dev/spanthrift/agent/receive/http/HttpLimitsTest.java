package dev.spanthrift.agent.receive.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Status;
import dev.spanthrift.agent.receive.Allocations;
import dev.spanthrift.agent.receive.Eventually;
import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.FakeJson;
import dev.spanthrift.agent.receive.Packed;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.http.HttpPeer.Reply;
import dev.spanthrift.agent.receive.loop.Loops;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the HTTP port does with too much, with too little, and with nonsense. */
class HttpLimitsTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final int MIB = 1 << 20;
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String TYPE = "Content-Type: application/x-protobuf\r\n";
  private static final String CHUNKED = TYPE + "Transfer-Encoding: chunked\r\n";
  private static final String PATH = "/v1/traces";

  private final FakeIntake intake = new FakeIntake();
  private Loops loops;
  private HttpReceiver receiver;

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

  private HttpPeer listen(ReceiveSettings settings) {
    receiver = HttpReceiver.start(settings, loops, intake, FakeJson::decode);
    return new HttpPeer(receiver.address());
  }

  @Test
  void s5_contentLengthAboveTheLimitIsRefusedBeforeReading() throws Exception {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      long announced = 64L * MIB + 1;
      peer.send(
          HttpPeer.request("POST", PATH, TYPE + "Content-Length: " + announced + "\r\n", TRACES));
      Reply reply = peer.read();
      assertEquals(413, reply.status());
      assertEquals(8, Status.parseFrom(reply.body()).getCode());
      assertFalse(reply.headers().containsKey("retry-after"));
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(0, intake.largestReserve.get());
  }

  @Test
  void s5_oneByteAboveTheLimitIsRefusedAndTheConnectionLives() {
    try (HttpPeer peer = listen(TestSettings.bytes(MIB, 4L * MIB))) {
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", new byte[MIB]).status());
      assertEquals(413, peer.post(PATH, PROTOBUF, "identity", new byte[MIB + 1]).status());
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(1, intake.refusals());
    assertEquals(2, intake.offers.get());
  }

  @Test
  void s5_chunkedBodiesHaveTheSameLimit() {
    try (HttpPeer peer = listen(TestSettings.bytes(MIB, 4L * MIB))) {
      peer.send(HttpPeer.request("POST", PATH, CHUNKED, new byte[0]));
      chunks(peer, MIB, 64 << 10);
      assertEquals(200, peer.read().status());
      peer.send(HttpPeer.request("POST", PATH, CHUNKED, new byte[0]));
      chunks(peer, MIB + 1, 64 << 10);
      assertEquals(413, peer.read().status());
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
    assertEquals(MIB + TRACES.length, intake.offeredBytes.get());
  }

  @ParameterizedTest
  @EnumSource(value = Encoding.class, mode = EnumSource.Mode.EXCLUDE, names = "IDENTITY")
  void s5_aBombDoesNotGrowTheHeapByItsContent(Encoding encoding) throws Exception {
    String name = encoding.name().toLowerCase(Locale.ROOT);
    byte[] bomb = Packed.zeros(encoding, 64L * MIB + 1);
    byte[] good = Packed.with(encoding, TRACES);
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      peer.post(PATH, PROTOBUF, name, good);
      long allocated =
          Allocations.of(
              loops,
              () -> {
                assertEquals(413, peer.post(PATH, PROTOBUF, name, bomb).status());
                return null;
              });
      assertTrue(allocated < 8L * MIB, () -> encoding + " allocated " + allocated);
      assertEquals(200, peer.post(PATH, PROTOBUF, name, good).status());
    }
    assertEquals(1, intake.refusals(Refusal.TOO_LARGE));
  }

  @Test
  void s5_contentOfExactlyTheLimitIsTaken() {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      byte[] large = Packed.zeros(Encoding.GZIP, 64L * MIB);
      assertEquals(200, peer.post(PATH, PROTOBUF, "gzip", large).status());
    }
    assertEquals(64L * MIB, intake.offeredBytes.get());
    assertEquals(64L * MIB, intake.largestReserve.get());
  }

  @Test
  void s14_noRoomRefusesBeforeTheOffer() {
    intake.room = new Admission.Overloaded(Duration.ofSeconds(7));
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      Reply reply = peer.post(PATH, PROTOBUF, "identity", TRACES);
      assertEquals(503, reply.status());
      assertEquals("7", reply.headers().get("retry-after"));
      peer.send(HttpPeer.request("POST", PATH, CHUNKED, new byte[0]));
      chunks(peer, 5000, 1000);
      assertEquals(503, peer.read().status());
      intake.room = Admission.ACCEPTED;
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    assertEquals(2, intake.refusals(Refusal.OVERLOADED));
    assertEquals(1, intake.offers.get());
  }

  @Test
  void s14_partlyReadRequestsAreBoundedTogether() {
    List<HttpPeer> peers = new ArrayList<>();
    peers.add(listen(TestSettings.bytes(MIB, 2L * MIB)));
    for (int i = 1; i < 8; i++) {
      peers.add(new HttpPeer(receiver.address()));
    }
    String announced = TYPE + "Content-Length: " + MIB + "\r\n";
    for (HttpPeer peer : peers) {
      peer.send(HttpPeer.request("POST", PATH, announced, new byte[1000]));
    }
    Eventually.await("6 are refused", () -> intake.refusals(Refusal.OVERLOADED) == 6);
    assertTrue(receiver.status().pendingBytes() <= 2L * MIB);
    peers.forEach(HttpPeer::close);
    Eventually.await("cut connections give back", () -> receiver.status().pendingBytes() == 0);
    assertEquals(0, intake.offers.get());
  }

  @Test
  void halfARequestIsNeverOffered() {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      String announced = TYPE + "Content-Length: " + TRACES.length + "\r\n";
      peer.send(HttpPeer.request("POST", PATH, announced, Arrays.copyOf(TRACES, 100)));
      Eventually.await("half has come", () -> receiver.status().pendingBytes() > 0);
    }
    Eventually.await("nothing is pending", () -> receiver.status().pendingBytes() == 0);
    assertEquals(0, intake.offers.get());
  }

  @Test
  void bodyInPiecesOfAnySizeArrives() {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    intake.remembers = true;
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      byte[] request =
          HttpPeer.request(
              "POST", PATH, TYPE + "Content-Length: " + TRACES.length + "\r\n", TRACES);
      for (int round = 0; round < 30; round++) {
        int at = 0;
        while (at < request.length) {
          int end = Math.min(request.length, at + 1 + random.nextInt(20 * round + 50));
          peer.send(Arrays.copyOfRange(request, at, end));
          at = end;
        }
        assertEquals(200, peer.read().status());
        org.junit.jupiter.api.Assertions.assertArrayEquals(
            TRACES, intake.offered.getLast().bytes());
      }
    }
  }

  @Test
  void expectContinueIsAnswered() {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      String headers = TYPE + "Expect: 100-continue\r\nContent-Length: ";
      peer.send(HttpPeer.request("POST", PATH, headers + TRACES.length + "\r\n", new byte[0]));
      assertEquals(100, peer.read().status());
      peer.send(TRACES);
      assertEquals(200, peer.read().status());
      peer.send(HttpPeer.request("POST", PATH, headers + (64L * MIB + 1) + "\r\n", new byte[0]));
      assertEquals(413, peer.read().status());
    }
    assertEquals(1, intake.offers.get());
  }

  @Test
  void slowRequestIsCut() {
    Duration timeout = Duration.ofMillis(400);
    try (HttpPeer peer = listen(TestSettings.times(16, timeout, Duration.ofMinutes(1)));
        HttpPeer dripping = new HttpPeer(receiver.address())) {
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
      peer.send("POST /v1/traces HTTP/1.1\r\nHost:");
      Thread drip = Thread.ofPlatform().daemon().start(() -> drip(dripping));
      assertTrue(peer.ended());
      assertTrue(dripping.ended());
      drip.interrupt();
    }
  }

  @Test
  void idleConnectionIsClosed() {
    Duration idle = Duration.ofMillis(400);
    try (HttpPeer peer = listen(TestSettings.times(16, Duration.ofMillis(200), idle))) {
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
      assertTrue(peer.ended());
    }
  }

  @Test
  void headerBombIsRefusedAndOthersLive() {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK);
        HttpPeer other = new HttpPeer(receiver.address())) {
      peer.send(HttpPeer.request("POST", PATH, "X: " + "y".repeat(20_000) + "\r\n", new byte[0]));
      assertEquals(431, peer.read().status());
      assertTrue(peer.ended());
      assertEquals(200, other.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    try (HttpPeer peer = new HttpPeer(receiver.address())) {
      peer.send(HttpPeer.request("POST", "/" + "y".repeat(20_000), "", new byte[0]));
      assertEquals(414, peer.read().status());
    }
  }

  @Test
  void garbageEndsItsConnectionOnly() throws Exception {
    long seed = Long.getLong("seed", 1);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
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
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    assertEquals(1, intake.offers.get());
  }

  @Test
  void ambiguousLengthsAreRefused() {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      peer.send(
          HttpPeer.request(
              "POST", PATH, TYPE + "Content-Length: 3\r\nContent-Length: 5\r\n", new byte[5]));
      assertEquals(400, peer.read().status());
    }
    try (HttpPeer peer = new HttpPeer(receiver.address())) {
      peer.send(HttpPeer.request("POST", PATH, TYPE + "Content-Length: x\r\n", new byte[5]));
      assertEquals(400, peer.read().status());
    }
    assertEquals(0, intake.offers.get());
  }

  @Test
  void connectionsAreBounded() {
    try (HttpPeer one =
        listen(TestSettings.times(1, Duration.ofSeconds(9), Duration.ofMinutes(1)))) {
      assertEquals(200, one.post(PATH, PROTOBUF, "identity", TRACES).status());
      try (HttpPeer two = new HttpPeer(receiver.address())) {
        assertTrue(two.ended());
      }
      assertEquals(1, receiver.status().refused().getOrDefault("table_full", 0L));
      assertEquals(200, one.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
  }

  @Test
  void stopFinishesRunningRequests() throws Exception {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK);
        HttpPeer idle = new HttpPeer(receiver.address())) {
      idle.post(PATH, PROTOBUF, "identity", TRACES);
      String announced = TYPE + "Content-Length: " + TRACES.length + "\r\n";
      peer.send(HttpPeer.request("POST", PATH, announced, Arrays.copyOf(TRACES, 100)));
      Eventually.await("half has come", () -> receiver.status().pendingBytes() > 0);
      Thread stopping = Thread.ofPlatform().start(() -> receiver.stop(Duration.ofSeconds(20)));
      assertTrue(idle.ended());
      peer.send(Arrays.copyOfRange(TRACES, 100, TRACES.length));
      assertEquals(200, peer.read().status());
      stopping.join(Duration.ofSeconds(20));
      assertFalse(stopping.isAlive());
    }
    assertEquals(2, intake.offers.get());
  }

  @Test
  void stopCutsWhoDoesNotFinish() {
    try (HttpPeer peer = listen(TestSettings.LOOPBACK)) {
      String announced = TYPE + "Content-Length: " + TRACES.length + "\r\n";
      peer.send(HttpPeer.request("POST", PATH, announced, Arrays.copyOf(TRACES, 100)));
      Eventually.await("half has come", () -> receiver.status().pendingBytes() > 0);
      receiver.stop(Duration.ofMillis(100));
      assertTrue(peer.ended());
    }
    Eventually.await("nothing is pending", () -> receiver.status().pendingBytes() == 0);
  }

  private static void chunks(HttpPeer peer, int bytes, int size) {
    for (int at = 0; at < bytes; at += size) {
      int length = Math.min(size, bytes - at);
      peer.send(Integer.toHexString(length) + "\r\n");
      peer.send(new byte[length]);
      peer.send("\r\n");
    }
    peer.send("0\r\n\r\n");
  }

  /** One byte at a time, never a whole request. */
  private static void drip(HttpPeer peer) {
    try {
      peer.send("POST /v1/traces HTTP/1.1\r\n" + TYPE + "X: ");
      while (!Thread.currentThread().isInterrupted()) {
        peer.send("y");
        Thread.sleep(50);
      }
    } catch (InterruptedException | java.io.UncheckedIOException e) {
      Thread.currentThread().interrupt();
    }
  }
}
