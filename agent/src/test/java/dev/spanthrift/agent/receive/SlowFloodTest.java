package dev.spanthrift.agent.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.door.CorsSettings;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.grpc.GrpcReceiver;
import dev.spanthrift.agent.receive.http.HttpReceiver;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many connections at both ports at once that send half of something and then wait. */
class SlowFloodTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final int CONNECTIONS = 100;
  private static final long PENDING_BYTES_MAX = 4 << 20;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final FakeIntake intake = new FakeIntake();
  private final List<Socket> flood = new ArrayList<>();
  private Loops loops;
  private GrpcReceiver grpc;
  private HttpReceiver http;

  @BeforeEach
  void start() {
    intake.remembers = false;
    loops = Loops.create();
    ReceiveSettings all = ReceiveSettings.DEFAULT;
    ReceiveSettings settings =
        new ReceiveSettings(
            all.host(),
            0,
            0,
            1 << 20,
            PENDING_BYTES_MAX,
            all.maxHeaderBytes(),
            CONNECTIONS,
            all.maxStreams(),
            TIMEOUT,
            Duration.ofMinutes(5),
            TIMEOUT,
            null,
            TIMEOUT,
            CorsSettings.NONE,
            all.retryAfter(),
            null);
    grpc = GrpcReceiver.start(settings, loops, intake);
    http = HttpReceiver.start(settings, loops, intake, FakeJson::decode);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : flood) {
      socket.close();
    }
    grpc.stop(Duration.ofSeconds(1));
    http.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
  }

  private void flood(InetSocketAddress to, int connections, byte[] half) throws IOException {
    for (int i = 0; i < connections; i++) {
      Socket socket = new Socket(to.getAddress(), to.getPort());
      socket.getOutputStream().write(half);
      flood.add(socket);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] halfBody() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ascii(
            "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
                + "Content-Length: 1000000\r\n\r\n"));
    out.writeBytes(new byte[60_000]);
    return out.toByteArray();
  }

  /** Preface, settings, and a frame of headers without its end. */
  private static byte[] halfHead() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    out.writeBytes(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
    out.writeBytes(ByteBuffer.allocate(9).put(new byte[] {0, 0x30, 0, 1, 4}).putInt(1).array());
    out.writeBytes(new byte[8_000]);
    return out.toByteArray();
  }

  @Test
  void otherClientsAreAnsweredMemoryIsBoundedAndTheFloodIsGoneInTime() throws Exception {
    flood(http.address(), CONNECTIONS, halfBody());
    flood(http.address(), CONNECTIONS, ascii("POST /v1/traces HTTP/1.1\r\nX-A: "));
    flood(http.address(), CONNECTIONS, new byte[0]);
    flood(grpc.address(), CONNECTIONS, halfHead());
    flood(grpc.address(), CONNECTIONS, ascii("PRI * HT"));
    flood(grpc.address(), CONNECTIONS, new byte[0]);
    long begun = System.nanoTime();
    assertEquals(200, post());
    try (GrpcClient client = new GrpcClient(grpc.address())) {
      client.call(Signal.TRACES, TRACES);
      for (int i = 0; i < 20; i++) {
        client.call(Signal.TRACES, TRACES);
        assertEquals(200, post());
        bounded(grpc::status);
        bounded(http::status);
      }
      assertTrue(System.nanoTime() - begun < Duration.ofSeconds(20).toNanos(), "answered at once");
      Eventually.await(
          "the flood is gone", () -> grpc.status().open() <= 1 && http.status().open() <= 1);
      assertEquals(0, grpc.status().pendingBytes() + http.status().pendingBytes());
    }
    Eventually.await("nothing is under way", () -> intake.underWay.get() == 0);
    assertEquals(intake.arrived.get(), intake.offers.get() + intake.refusals());
    for (PortStatus port : List.of(grpc.status(), http.status())) {
      long counted =
          Stream.of("slow_head", "cut_head").mapToLong(k -> port.strays().getOrDefault(k, 0L)).sum()
              + port.refused().get("made_room");
      assertTrue(counted >= CONNECTIONS, port::toString);
    }
  }

  private static void bounded(Supplier<PortStatus> status) {
    PortStatus port = status.get();
    assertTrue(port.open() <= CONNECTIONS, port::toString);
    assertTrue(port.pendingBytes() <= PENDING_BYTES_MAX, port::toString);
  }

  /** On a connection of its own, as who comes amid the flood. */
  private int post() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + http.address().getPort() + "/v1/traces");
      return client
          .send(
              HttpRequest.newBuilder(uri)
                  .header("Content-Type", "application/x-protobuf")
                  .timeout(Duration.ofSeconds(20))
                  .POST(BodyPublishers.ofByteArray(TRACES))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    }
  }
}
