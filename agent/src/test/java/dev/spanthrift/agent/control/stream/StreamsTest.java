package dev.spanthrift.agent.control.stream;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.front.RawClient;
import dev.spanthrift.agent.control.http.JsonDifference;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.trace.Fragment;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(180)
class StreamsTest {
  private static final Duration WAIT = Duration.ofSeconds(60);

  @TempDir Path directory;
  private AdminPort port;
  private HttpClient client;
  private final DecisionLog log = new DecisionLog(1 << 22, System::currentTimeMillis);

  @BeforeEach
  void start() throws Exception {
    port = AdminPort.start(directory);
    port.pipeline.decisions = log;
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    port.close();
  }

  /** One event. */
  private record Event(String id, String name, JsonNode data) {}

  /** A client that reads as it is asked to. */
  private final class Listener implements AutoCloseable {
    final HttpResponse<java.io.InputStream> answer;
    final BufferedReader lines;

    Listener(String path, String... headers) throws Exception {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(port.url() + path));
      for (int i = 0; i < headers.length; i += 2) {
        request.header(headers[i], headers[i + 1]);
      }
      answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertEquals(200, answer.statusCode());
      lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    Event next() throws IOException {
      String id = "";
      String name = "";
      for (String line = lines.readLine(); ; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          return new Event(id, name, JsonMapper.shared().readTree(line.substring(6)));
        }
      }
    }

    /** Reads the greeting: from now on all that is new comes. */
    Listener greeted() throws IOException {
      assertEquals("retry: 3000", lines.readLine());
      return this;
    }

    @Override
    public void close() {
      try {
        answer.body().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void decide(int operation, boolean kept) {
    Fragment fragment = Fragment.ofSums(1, operation, 1L << 55, 3, 1_500, 20_000_000, false, true);
    long number = log.note(fragment, operation, 1, "p", 0.5, false, new long[0], 0, 0);
    log.settled(number, kept, 0.5, "p");
  }

  private int streams() {
    JsonNode status =
        JsonMapper.shared()
            .readTree(
                port.client()
                    .get()
                    .uri("/api/v1/status")
                    .exchange()
                    .expectBody()
                    .returnResult()
                    .getResponseBody());
    return status.at("/admin/streams").asInt(-1);
  }

  @Test
  void theOverviewComesAtOnceAndAgain() throws Exception {
    try (Listener listener = new Listener("/api/v1/stream/overview")) {
      assertEquals(
          "text/event-stream", listener.answer.headers().firstValue("Content-Type").orElse(""));
      assertEquals("no-store", listener.answer.headers().firstValue("Cache-Control").orElse(""));
      Event first = listener.next();
      assertEquals("overview", first.name());
      assertEquals(List.of(), OpenApi.get().mismatches("Overview", first.data()));
      assertEquals("ready", first.data().path("phase").asString());
      Event second = listener.next();
      assertTrue(Long.parseLong(second.id()) > Long.parseLong(first.id()));
    }
    await().atMost(WAIT).until(() -> streams() == 0);
  }

  @Test
  void decisionsComeAsTheyFallAndOnlyThoseThatAreWanted() throws Exception {
    decide(1, true);
    try (Listener listener =
        new Listener("/api/v1/stream/decisions?outcome=dropped&service=cart").greeted()) {
      decide(2, true);
      decide(3, false);
      Event event = listener.next();
      assertEquals("decision", event.name());
      assertEquals("2", event.id());
      assertEquals("operation 3", event.data().path("operation").asString());
      assertEquals(List.of(), OpenApi.get().mismatches("DecisionRow", event.data()));
    }
  }

  @Test
  void moreThanFiftyASecondAreThinnedAndThatIsSaid() throws Exception {
    try (Listener listener = new Listener("/api/v1/stream/decisions").greeted()) {
      for (int i = 0; i < 1_000; i++) {
        decide(i, true);
      }
      int shown = 0;
      long of = 0;
      for (Event event = listener.next(); !event.id().equals("999"); event = listener.next()) {
        if (event.name().equals("sampled")) {
          of += event.data().path("of").asLong();
        } else {
          shown++;
        }
      }
      assertTrue(shown < 500, "shown " + shown); // 25 a beat, and the test is no 10 s long
      assertTrue(of > 900, "of " + of);
    }
  }

  @Test
  void aClientGoesOnWhereItWas() throws Exception {
    for (int i = 0; i < 10; i++) {
      decide(i, true);
    }
    try (Listener listener = new Listener("/api/v1/stream/decisions", "Last-Event-ID", "3")) {
      for (int i = 4; i < 10; i++) {
        assertEquals(String.valueOf(i), listener.next().id());
      }
      decide(10, false);
      assertEquals("10", listener.next().id());
    }
  }

  private void change(String mode) {
    port.writer()
        .put()
        .uri("/api/v1/kill-switch")
        .header("If-Match", "*")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"mode\": \"" + mode + "\", \"reason\": \"test\"}")
        .exchange()
        .expectStatus()
        .isOk();
  }

  @Test
  void changesAreToldWithWhoMadeThem() throws Exception {
    change("keep-all");
    try (Listener listener = new Listener("/api/v1/stream/audit").greeted()) {
      change("bypass");
      Event event = listener.next();
      assertEquals("2", event.id());
      assertEquals("kill-switch.put", event.data().path("action").asString());
      assertEquals("token:admin", event.data().path("who").asString());
      assertEquals(List.of(), OpenApi.get().mismatches("AuditEntry", event.data()));
    }
    try (Listener resumed = new Listener("/api/v1/stream/audit", "Last-Event-ID", "0")) {
      assertEquals("1", resumed.next().id());
      assertEquals("2", resumed.next().id());
    }
  }

  @Test
  void whatMeansNothingIsRefused() {
    Map<String, Integer> wrong =
        Map.of(
            "/api/v1/stream/nothing", 404,
            "/api/v1/stream/overview?service=cart", 422,
            "/api/v1/stream/decisions?outcom=kept", 422,
            "/api/v1/stream/decisions?outcome=lost", 422);
    wrong.forEach(
        (path, status) ->
            port.client()
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON));
    port.client()
        .get()
        .uri("/api/v1/stream/audit")
        .header("Last-Event-ID", "x")
        .exchange()
        .expectStatus()
        .isEqualTo(422);
    port.client()
        .head()
        .uri("/api/v1/stream/overview")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .isEmpty();
    assertEquals(0, streams());
  }

  @Test
  void theBoundOfClientsHoldsAndSlowOnesAreDroppedAndCounted() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      int taken = 0;
      for (int i = 0; i < StreamHub.CLIENTS_MAX + 10; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1 << 12);
        socket.connect(new java.net.InetSocketAddress("localhost", port()), 10_000);
        sockets.add(socket);
        socket
            .getOutputStream()
            .write(
                RawClient.head("GET /api/v1/stream/decisions HTTP/1.1", "Host: localhost")
                    .getBytes(StandardCharsets.US_ASCII));
        byte[] first = socket.getInputStream().readNBytes(12);
        taken += new String(first, StandardCharsets.US_ASCII).endsWith("200") ? 1 : 0;
      }
      assertEquals(StreamHub.CLIENTS_MAX, taken);
      assertEquals(StreamHub.CLIENTS_MAX, streams());
      await()
          .atMost(Duration.ofSeconds(150))
          .until(
              () -> {
                for (int i = 0; i < 25; i++) {
                  decide(i, true);
                }
                return streams() == 0;
              });
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void oneAddressThatIsNotLoopbackHasAFewOfThem() throws Exception {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      StreamHub hub = new StreamHub(Map.of("x", new Nothing()), timer, StreamHub.HEARTBEAT);
      List<Runnable> ends = new ArrayList<>();
      for (int i = 0; i < StreamHub.OF_ONE_MAX; i++) {
        ends.add(hub.open(from("10.0.0.1"), events -> {}));
      }
      ProblemException refused =
          assertThrows(ProblemException.class, () -> hub.open(from("10.0.0.1"), events -> {}));
      assertEquals(ProblemType.OVERLOADED, refused.type());
      ends.add(hub.open(from("10.0.0.2"), events -> {}));
      ends.removeFirst().run();
      ends.add(hub.open(from("10.0.0.1"), events -> {}));
      ends.forEach(Runnable::run);
    } finally {
      timer.shutdownNow();
    }
  }

  private static final class Nothing implements Topic {
    @Override
    public Feed open(Map<String, String> query, @Nullable String lastEventId) {
      return to -> {};
    }

    @Override
    public void beat() {}
  }

  private static AdminRequest from(String address) throws Exception {
    return new AdminRequest(
        "GET",
        URI.create("/api/v1/stream/x"),
        new DefaultHttpHeaders(),
        new byte[0],
        new InetSocketAddress(InetAddress.getByName(address), 1),
        new Caller("nobody", Role.VIEWER),
        "id");
  }

  @Test
  void manyLargeChangesComeInTurnsAndAnIdOfAnotherLifeBeginsWithNow() throws Exception {
    String reason = "x".repeat(500);
    for (int i = 0; i < 60; i++) {
      port.store
          .audit()
          .append(
              new Author("test", reason, ""),
              "test",
              null,
              null,
              List.of(
                  new JsonDifference(
                      "/a", null, JsonMapper.shared().valueToTree(reason + reason))));
    }
    try (Listener resumed = new Listener("/api/v1/stream/audit", "Last-Event-ID", "10")) {
      for (int i = 11; i <= 60; i++) {
        assertEquals(String.valueOf(i), resumed.next().id());
      }
    }
    try (Listener later =
        new Listener("/api/v1/stream/audit", "Last-Event-ID", "1000000").greeted()) {
      change("keep-all");
      assertEquals("61", later.next().id());
    }
  }

  private int port() {
    return URI.create(port.url()).getPort();
  }
}
