package dev.spanthrift.agent.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.fleet.RedisServer;
import dev.spanthrift.agent.money.Budgets;
import dev.spanthrift.sampler.budget.books.BudgetController;
import dev.spanthrift.sampler.budget.books.BudgetState;
import dev.spanthrift.sampler.budget.books.Purse;
import dev.spanthrift.sampler.budget.price.Pricing;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each of the nine kinds of alerts, provoked from outside: by traffic, by a backend that goes, by
 * an engine that goes, by books that an earlier process has left. A real server gets the messages.
 */
@Timeout(240)
class AlertsIT {
  private static final String SECRET = "hush-7";
  private static final String LONE = "/lone";
  private static final String MEMBER = "/member";
  private static final String[] OF_OPERATIONS = {"errorRate", "latency", "slowQuery"};
  // Five windows are learned, and two begin and end: each of one or two looks, a second apart.
  private static final int USUAL_REQUESTS = 200;
  private static final long PACE_MILLIS = 100;
  private static final int ROOTS = 40; // one request makes a window that says something
  private static final long MILLI = 1_000_000;

  /** Windows of a second in place of a minute. */
  private static final String ALERTS =
      """
      alerts:
        window: 1s
        destinationAway: 1s
        engineAway: 1s
        page: https://page.example/
      """;

  private static final String MONEY =
      """
      price: {perGb: 0.5}
      budgets: [{name: small, amount: 0.0001, period: month, policyShareMax: 0.1}]
      policies: [{name: errors, match: {hasError: true}, keep: true}]
      """;

  @TempDir Path temp;
  private final Random random = new Random(Long.getLong("seed", 13));
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService traffic = Executors.newSingleThreadScheduledExecutor();
  private HttpServer receiver;
  private volatile boolean troubled;
  private volatile int requests;

  /** What the webhook got. */
  private record Message(String path, String signature, byte[] body, JsonNode json) {
    String rule() {
      return json.path("rule").asString();
    }

    boolean is(String of, String rule, String state) {
      return path.equals(of) && rule().equals(rule) && json.path("state").asString().equals(state);
    }
  }

  @BeforeEach
  void receive() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          messages.add(
              new Message(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("X-Spanthrift-Signature"),
                  body,
                  JsonMapper.shared().readTree(body)));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void stop() {
    traffic.shutdownNow();
    receiver.stop(0);
  }

  private Launch launch(String name, String yaml) {
    Launch launch = new Launch(temp.resolve(name));
    Path secret = launch.write("secret", SECRET);
    return launch
        .env("SPANTHRIFT_ALERTS_WEBHOOK_SECRET_FILE", secret)
        .env(
            "SPANTHRIFT_ALERTS_WEBHOOK_URL",
            "http://127.0.0.1:" + receiver.getAddress().getPort() + "/" + name)
        .yaml(yaml + ALERTS + "hold: {pause: 100ms, deadline: 200ms}\nexport: {delay: 20ms}\n");
  }

  /** As a process leaves them that has seen traffic for nine hours and ended just now. */
  private void leaveBooks(Path state) throws Exception {
    SpanthriftSettings settings = SettingsLoader.load(MONEY, "test", Map.of()).settings();
    Pricing pricing = Budgets.pricing(settings.price());
    BudgetController books =
        new BudgetController(Budgets.budgets(settings, pricing.model().currency()), pricing);
    Purse purse = books.purse(attribute -> null);
    long now = System.currentTimeMillis();
    for (long ago = 9 * 3_600_000; ago > 0; ago -= 10_000) {
      purse.received(2_000, 4, 0, 1);
      purse.kept(1_000, 2, 0, 1);
      books.tick((9 * 3_600_000 - ago) * MILLI, now - ago);
    }
    Files.createDirectories(state);
    Files.write(state.resolve("budgets.bin"), BudgetState.save(books));
  }

  /** Requests for one operation, which fails and takes ten times as long while all is troubled. */
  private byte[] request() {
    List<Span> spans = new ArrayList<>();
    long now = System.currentTimeMillis() * MILLI;
    for (int i = 0; i < ROOTS; i++) {
      ByteString trace = RandomTraces.id(random, 16);
      Span.Builder root =
          span(trace, "pay", now, (troubled ? 400 : 40) + random.nextInt(4)).setKindValue(2);
      if (troubled && i % 2 == 0) {
        root.setStatus(Status.newBuilder().setCodeValue(2));
      }
      spans.add(root.build());
      if (troubled && i == 0) {
        spans.add(
            span(trace, "SELECT carts", now, 1_500)
                .setParentSpanId(root.getSpanId())
                .addAttributes(RandomTraces.attribute("db.system", "postgresql"))
                .addAttributes(
                    RandomTraces.attribute(
                        "db.query.text", "SELECT * FROM carts WHERE owner = 'ann-secret'"))
                .build());
      }
    }
    return RandomTraces.request(spans).toByteArray();
  }

  private Span.Builder span(ByteString trace, String name, long end, long millis) {
    return Span.newBuilder()
        .setTraceId(trace)
        .setSpanId(RandomTraces.id(random, 8))
        .setName(name)
        .setStartTimeUnixNano(end - millis * MILLI)
        .setEndTimeUnixNano(end);
  }

  private static byte[] logs(int bytes) {
    LogRecord record =
        LogRecord.newBuilder()
            .addAttributes(RandomTraces.attribute("m", "x".repeat(bytes)))
            .build();
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder().addScopeLogs(ScopeLogs.newBuilder().addLogRecords(record)))
        .build()
        .toByteArray();
  }

  private void await(String of, String state, String... rules) {
    for (String rule : rules) {
      Await.until(
          () ->
              of
                  + " "
                  + rule
                  + " "
                  + state
                  + " among "
                  + messages.stream().map(Message::json).toList(),
          () -> messages.stream().anyMatch(message -> message.is(of, rule, state)));
    }
  }

  @Test
  void eachOfTheNineKindsIsToldOnceAndOnceMoreWhenItIsOver() throws Exception {
    try (RedisServer engine = RedisServer.start(temp.resolve("engine"));
        OtlpBackend backend = new HttpBackend();
        OtlpBackend other = new HttpBackend()) {
      String destination =
          "destinations: [{name: shop, endpoint: '%s', protocol: http/protobuf, queueBytesMax:"
              + " 256KiB}]\n";
      Launch lone = launch("lone", MONEY + destination.formatted(backend.uri()));
      leaveBooks(lone.stateDir());
      Launch member =
          launch("member", "fleet: {url: 'redis://127.0.0.1:" + engine.port() + "'}\n").to(other);
      try (Program a = lone.run();
          Program b = member.run();
          Sender toA = new Sender(a.ports());
          Sender toB = new Sender(b.ports())) {
        traffic.scheduleAtFixedRate(
            () -> {
              byte[] request = request();
              toA.grpc(Otlp.TRACES, request);
              toB.grpc(Otlp.TRACES, request);
              requests++;
            },
            0,
            PACE_MILLIS,
            TimeUnit.MILLISECONDS);
        theBackendGoesAndComes(backend, toA);
        theEngineGoesAndComes(engine);
        await(LONE, "firing", "budgetUsed", "forecast");
        theOperationBecomesBad();
        assertAllWereTold(a, b);
      }
    }
  }

  private void theBackendGoesAndComes(OtlpBackend backend, Sender sender) {
    backend.down();
    for (int i = 0; i < 4; i++) {
      sender.grpc(Otlp.LOGS, logs(40 << 10));
    }
    await(LONE, "firing", "destinationAway", "queueFilling");
    backend.up();
    await(LONE, "resolved", "destinationAway", "queueFilling");
  }

  private void theEngineGoesAndComes(RedisServer engine) {
    engine.kill();
    await(MEMBER, "firing", "engineAway");
    engine.restart();
    await(MEMBER, "resolved", "engineAway");
  }

  private void theOperationBecomesBad() {
    Await.until("what is usual is known", () -> requests >= USUAL_REQUESTS);
    String[] rules = {"errorRate", "latency", "mustKeep", "slowQuery"};
    assertTrue(messages.stream().noneMatch(one -> Set.of(rules).contains(one.rule())));
    troubled = true;
    await(LONE, "firing", rules);
    await(MEMBER, "firing", OF_OPERATIONS);
    troubled = false;
    await(LONE, "resolved", rules);
    await(MEMBER, "resolved", OF_OPERATIONS);
  }

  private void assertAllWereTold(Program a, Program b) throws Exception {
    Set<String> told = new TreeSet<>();
    Set<String> once = new HashSet<>();
    for (Message message : messages) {
      JsonNode json = message.json();
      String state = json.path("state").asString();
      told.add(message.rule() + " " + state + " " + message.path());
      assertTrue(once.add(json.path("id").asString() + state), "twice: " + json);
      assertSigned(message);
      assertTrue(json.path("link").asString().startsWith("https://page.example/"), json.toString());
      assertFalse(json.toString().contains("ann-secret"), json.toString());
    }
    Set<String> expected =
        new TreeSet<>(Set.of("budgetUsed firing /lone", "forecast firing /lone"));
    for (String rule :
        List.of(
            "destinationAway", "queueFilling", "errorRate", "latency", "mustKeep", "slowQuery")) {
      expected.add(rule + " firing /lone");
      expected.add(rule + " resolved /lone");
    }
    Set<String> ofMember = new HashSet<>(List.of(OF_OPERATIONS));
    ofMember.add("engineAway");
    for (String rule : ofMember) { // it has the same traffic, and no money
      expected.add(rule + " firing /member");
      expected.add(rule + " resolved /member");
    }
    assertEquals(expected, told);
    assertEquals(List.of("budgetUsed", "forecast"), firing(a));
    assertEquals(List.of(), firing(b));
    assertEquals(0, a.json("/api/v1/alerts").at("/webhook/failed").asInt(-1));
  }

  private static List<String> firing(Program program) {
    List<String> rules = new ArrayList<>();
    for (JsonNode alert : program.json("/api/v1/alerts").path("alerts")) {
      if (alert.path("state").asString().equals("firing")) {
        rules.add(alert.path("rule").asString());
      }
    }
    return rules.stream().sorted().toList();
  }

  /** The receiver's part of the signature, by the words of docs/CONTROL.md. */
  private static void assertSigned(Message message) throws Exception {
    String time = message.signature().replaceAll("^t=([0-9]+),v1=.*$", "$1");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
    mac.update((time + ".").getBytes(UTF_8));
    String hex = HexFormat.of().formatHex(mac.doFinal(message.body()));
    assertEquals("t=" + time + ",v1=" + hex, message.signature());
  }
}
