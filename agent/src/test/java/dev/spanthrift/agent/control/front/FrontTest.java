package dev.spanthrift.agent.control.front;

import static dev.spanthrift.agent.control.front.RawClient.ask;
import static dev.spanthrift.agent.control.front.RawClient.head;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.spanthrift.agent.control.access.Access;
import dev.spanthrift.agent.control.access.AccessSettings;
import dev.spanthrift.agent.control.access.AdminRoute;
import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.access.Routes;
import dev.spanthrift.agent.control.front.RawClient.Reply;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

/** The admin port under clients that mean harm, and those that know no better. */
@Timeout(120)
@Isolated("counts the memory of the process")
class FrontTest {
  private static final String TOKEN = "sesame";
  private static final String HOST = "Host: localhost";
  private static final int BODY_BYTES_MAX = 64 << 10;
  private static final byte[] LARGE = new byte[8 << 20];

  @TempDir Path folder;
  private final FrontCounts counts = new FrontCounts();
  private final CountDownLatch slow = new CountDownLatch(1);
  private final BlockingQueue<EventSink> sinks = new LinkedBlockingQueue<>();
  private final CountDownLatch streamsEnded = new CountDownLatch(1);
  private Front front;

  @BeforeEach
  void start() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), TOKEN);
    FrontSettings settings =
        new FrontSettings(
            InetAddress.getByName("0.0.0.0"),
            0,
            Set.of("Admin.Example"),
            16,
            BODY_BYTES_MAX,
            3L * BODY_BYTES_MAX,
            1 << 20,
            4,
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            null,
            1_000_000,
            1_000_000);
    Sites sites =
        new Sites(
            Map.of("/healthz", (request, done) -> done.accept(answer("alive"))),
            Map.of("/events", this::events),
            new Routes(
                List.of(
                    new AdminRoute("GET", "/events", null, false),
                    new AdminRoute("GET", "/healthz", null, false),
                    new AdminRoute("PUT", "/thing", Role.ADMIN, true),
                    new AdminRoute("POST", "/other", null, false),
                    new AdminRoute("POST", "/thing:ask", Role.VIEWER, true))),
            this::think);
    front =
        Front.open(
            settings, new Access(AccessSettings.READ_ONLY.with(Role.ADMIN, token)), sites, counts);
  }

  @AfterEach
  void stop() {
    slow.countDown();
    front.close();
  }

  private void think(AdminRequest request, java.util.function.Consumer<AdminAnswer> done) {
    switch (request.path()) {
      case "/large" -> done.accept(AdminAnswer.of(200, "text/plain", LARGE));
      case "/slow" ->
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      slow.await();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    done.accept(answer("slow"));
                  });
      case "/broken" -> throw new IllegalStateException("scripted");
      default -> done.accept(answer(request.uri().getPath() + " " + request.body().length));
    }
  }

  private Runnable events(AdminRequest request, EventSink sink) {
    sinks.add(sink);
    return streamsEnded::countDown;
  }

  private static AdminAnswer answer(String text) {
    return AdminAnswer.of(200, "text/plain", text.getBytes(UTF_8));
  }

  private Reply get(String path, String... more) throws Exception {
    List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1"));
    lines.addAll(more.length == 0 ? List.of(HOST) : List.of(more));
    return ask(front.port(), lines.toArray(String[]::new));
  }

  @Test
  void aConnectionAnswersOneRequestAfterAnother() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      String many = head("GET /a HTTP/1.1", HOST).repeat(300);
      client.send(many);
      for (int i = 0; i < 300; i++) {
        assertEquals("/a 0", client.read().body());
      }
      assertEquals("alive", client.send(head("GET /healthz HTTP/1.1", HOST)).read().body());
      Reply bare = client.send(head("HEAD /healthz HTTP/1.1", HOST)).head();
      assertEquals("5", bare.headers().get("content-length"));
      assertEquals("alive", client.send(head("GET /healthz HTTP/1.1", HOST)).read().body());
    }
  }

  @Test
  void probesAreAnsweredWhileThousandsOfConnectionsSayNothing() throws Exception {
    List<RawClient> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 1_000; i++) {
        silent.add(new RawClient(front.port()));
        if (i % 50 == 0) {
          assertEquals(200, get("/healthz").status());
        }
      }
      assertEquals(200, get("/healthz").status());
      assertEquals(200, get("/anything").status(), "and whatever else is asked");
      assertTrue(counts.read().connections() <= 16 + 16, counts.read()::toString);
      assertTrue(counts.read().connectionsCut().get("full") >= 900, counts.read()::toString);
    } finally {
      for (RawClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void probesAreAnsweredWhileAllOthersWaitForSlowAnswers() throws Exception {
    List<RawClient> waiting = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        waiting.add(new RawClient(front.port()).send(head("GET /slow HTTP/1.1", HOST)));
      }
      for (int i = 0; i < 5; i++) {
        assertEquals(200, get("/healthz").status());
      }
      slow.countDown();
      assertEquals("slow", waiting.getFirst().read().body());
    } finally {
      for (RawClient client : waiting) {
        client.close();
      }
    }
  }

  @Test
  void halfAHeadAndHalfABodyEndAfterTheirTime() throws Exception {
    try (RawClient head = new RawClient(front.port()).send("GET / HT");
        RawClient body =
            new RawClient(front.port())
                .send(head("POST /thing:ask HTTP/1.1", HOST, "Content-Length: 60000") + "half");
        RawClient silent = new RawClient(front.port())) {
      assertEquals(408, head.read().status());
      assertTrue(head.isEnded());
      assertEquals(408, body.read().status());
      assertTrue(body.isEnded());
      assertTrue(silent.isEnded());
    }
    assertEquals(1, counts.read().connectionsCut().get("body_timeout"));
    assertEquals(2, counts.read().connectionsCut().get("head_timeout"));
  }

  @Test
  void aWriteWithoutTheTokenIsRefusedBeforeItsBodyIsSent() throws Exception {
    for (String authorization : List.of("X-None: 1", "Authorization: Bearer wrong")) {
      Reply reply =
          ask(front.port(), "PUT /thing HTTP/1.1", HOST, authorization, "Content-Length: 60000");
      assertEquals(401, reply.status());
    }
    try (RawClient client = new RawClient(front.port())) {
      client.send(
          head(
              "PUT /thing HTTP/1.1",
              HOST,
              "Authorization: Bearer " + TOKEN,
              "Expect: 100-continue",
              "Content-Length: 3"));
      assertEquals(100, client.read().status());
      assertEquals("/thing 3", client.send("abc").read().body());
    }
  }

  @Test
  void bodiesThatAreTooLargeGetTheirAnswerHoweverTheyCome() throws Exception {
    String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
    try (RawClient chunked = new RawClient(front.port())) {
      chunked.send(head("POST /thing:ask HTTP/1.1", HOST, "Transfer-Encoding: chunked"));
      for (int i = 0; i < 8; i++) {
        chunked.send(chunk); // goes on after the refusal, as clients do
      }
      assertEquals(413, chunked.read().status());
    }
    assertEquals(
        413,
        ask(front.port(), "POST /thing:ask HTTP/1.1", HOST, "Content-Length: 99999999").status());
    try (RawClient fits = new RawClient(front.port())) {
      fits.send(head("POST /thing:ask HTTP/1.1", HOST, "Transfer-Encoding: chunked"));
      assertEquals("/thing:ask 16384", fits.send(chunk + "0\r\n\r\n").read().body());
    }
  }

  @Test
  void aBodyThatNobodyWantsIsNotRead() throws Exception {
    Reply reply = ask(front.port(), "POST /other HTTP/1.1", HOST, "Content-Length: 60000");
    assertEquals("/other 0", reply.body());
    assertEquals("close", reply.headers().get("connection"));
  }

  @Test
  void encodedBodiesAreRefusedByType() throws Exception {
    Reply reply =
        ask(
            front.port(),
            "POST /thing:ask HTTP/1.1",
            HOST,
            "Content-Encoding: gzip",
            "Content-Length: 20");
    assertEquals(415, reply.status());
    assertTrue(reply.body().contains("/problems/unsupported-media-type"), reply.body());
    assertEquals(
        200,
        ask(front.port(), "GET /x HTTP/1.1", HOST, "Content-Encoding: gzip").status(),
        "without a body nothing is encoded");
  }

  @Test
  void manyHalfSentBodiesStayWithinTheirBytesAndTheNextIsToldToWait() throws Exception {
    List<RawClient> half = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        half.add(
            new RawClient(front.port())
                .send(
                    head("POST /thing:ask HTTP/1.1", HOST, "Content-Length: 65000")
                        + "x".repeat(60_000)));
      }
      int refused = 0;
      for (RawClient client : half) {
        Reply reply = client.read();
        refused += reply.status() == 503 ? 1 : 0;
        if (reply.status() == 503) {
          assertEquals("2", reply.headers().get("retry-after"));
        }
      }
      assertEquals(3, refused, "three fit");
    } finally {
      for (RawClient client : half) {
        client.close();
      }
    }
  }

  @Test
  void hostsAreCheckedOnAllAddresses() throws Exception {
    assertEquals(400, get("/x", "X-Host: none").status());
    assertEquals(400, get("/x", HOST, HOST).status());
    assertEquals(400, get("/x", "Host: a b").status());
    assertEquals(400, get("/x", "Host:").status());
    assertEquals(400, get("/x", "Host: localhost:x").status());
    assertEquals(403, get("/x", "Host: evil.example").status());
    assertEquals(403, get("/healthz", "Host: evil.example:4321").status());
    assertEquals(403, get("/x", "Host: localhost.evil.example").status());
    assertEquals(403, get("http://evil.example/x", HOST).status());
    for (String good :
        List.of("LOCALHOST:4321", "127.0.0.1", "10.1.2.3:4321", "[::1]:4321", "admin.example.")) {
      assertEquals(200, get("/x", "Host: " + good).status(), good);
    }
    assertEquals("/x 0", get("http://localhost:4321/x?y=1", HOST).body());
  }

  @Test
  void nonsenseIsAnsweredWithAProblem() throws Exception {
    for (String first :
        List.of("NONSENSE", "GET x HTTP/1.1", "GET /%zz HTTP/1.1", "CONNECT a:1 HTTP/1.1")) {
      Reply reply = ask(front.port(), first, HOST);
      assertEquals(400, reply.status(), first);
      assertEquals("application/problem+json", reply.headers().get("content-type"));
    }
    assertEquals(431, get("/" + "x".repeat(5_000)).status());
    assertEquals(431, get("/x", HOST, "X-Long: " + "x".repeat(9_000)).status());
    assertEquals(500, get("/broken").status());
  }

  @Test
  void clientsThatLeaveInTheMiddleLeaveNoLinesInTheLog() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try {
      for (int i = 0; i < 50; i++) {
        RawClient body = new RawClient(front.port());
        body.send(head("POST /thing:ask HTTP/1.1", HOST, "Content-Length: 60000") + "half");
        body.reset();
        RawClient answer = new RawClient(front.port());
        answer.send(head("GET /large HTTP/1.1", HOST));
        answer.reset();
        RawClient head = new RawClient(front.port());
        head.send("GET /lar");
        head.reset();
        await().pollInterval(Duration.ofMillis(5)).until(() -> counts.read().connections() == 0);
      }
    } finally {
      root.detachAppender(log);
    }
    List<ILoggingEvent> loud =
        log.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN)).toList();
    assertEquals(List.of(), loud);
    assertTrue(counts.read().connectionsCut().get("client") > 0, counts.read()::toString);
  }

  @Test
  void clientsThatDoNotReadTheirAnswersAreCutAndOthersServed() throws Exception {
    List<RawClient> deaf = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        deaf.add(new RawClient(front.port()).send(head("GET /large HTTP/1.1", HOST)));
      }
      assertEquals(200, get("/healthz").status());
      assertEquals("/x 0", get("/x").body());
    } finally {
      for (RawClient client : deaf) {
        client.close();
      }
    }
  }

  @Test
  void itTakesNoDirectMemoryFromPortsAndExporter() throws Exception {
    get("/large");
    long before = PlatformDependent.usedDirectMemory();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        clients.add(
            new RawClient(front.port())
                .send(
                    head("POST /thing:ask HTTP/1.1", HOST, "Content-Length: 60000")
                        + "x".repeat(15_000)));
      }
      get("/large");
      assertEquals(before, PlatformDependent.usedDirectMemory());
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private Socket listener() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1 << 12);
    socket.connect(new InetSocketAddress("localhost", front.port()), 10_000);
    socket.setSoTimeout(60_000);
    socket.getOutputStream().write(RawClient.head("GET /events HTTP/1.1", HOST).getBytes(UTF_8));
    return socket;
  }

  @Test
  void aStreamEndsWholeAfterItsTime() throws Exception {
    try (Socket socket = listener()) {
      EventSink sink = sinks.poll(60, TimeUnit.SECONDS);
      byte[] large = "#".repeat(300_000).getBytes(UTF_8); // more than may lie, but nothing lies
      Objects.requireNonNull(sink).send(large);
      String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertEquals(300_000, all.chars().filter(c -> c == '#').count());
      assertTrue(all.endsWith("\r\n0\r\n\r\n"), "the last chunk says that this is all");
      assertTrue(streamsEnded.await(60, TimeUnit.SECONDS));
      assertEquals(Map.of(), counts.read().connectionsCut());
      assertEquals(0, counts.read().streams());
      sink.send(large); // nobody is there any more
    }
  }

  @Test
  void whoLeavesTooMuchLyingIsDropped() throws Exception {
    try (Socket socket = listener()) {
      EventSink sink = Objects.requireNonNull(sinks.poll(60, TimeUnit.SECONDS));
      sink.send(new byte[EventStream.ONCE_MAX]); // taken, though it does not fit into the sockets
      sink.send(new byte[1_000]);
      assertTrue(streamsEnded.await(60, TimeUnit.SECONDS));
      assertEquals(Map.of("slow", 1L), counts.read().connectionsCut());
    }
  }
}
