package dev.spanthrift.agent.control.alert;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.ProxyVariables;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.exporter.transport.Senders;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages to a real server on loopback. */
class WebhookTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String PATH = "/services/T0/B0/very-secret";

  @TempDir Path directory;
  private HttpServer server;
  private final AtomicInteger status = new AtomicInteger(200);
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final Loops loops = Loops.create();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  private record Got(String type, @Nullable String signature, String path, byte[] body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var headers = exchange.getRequestHeaders();
          got.add(
              new Got(
                  headers.getFirst("Content-Type"),
                  headers.getFirst(AlertMessage.SIGNATURE),
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestBody().readAllBytes()));
          byte[] ok = "ok".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(status.get(), ok.length);
          exchange.getResponseBody().write(ok);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    timer.shutdownNow();
    loops.close(Duration.ZERO);
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
  }

  private WebhookSender.Opener opener() {
    ExportSettings to =
        ExportSettings.of("alerts", Protocol.HTTP_PROTOBUF, url())
            .withSignalEndpoints(Map.of(Signal.LOGS, url()));
    return () -> Senders.open(to, new ClientLoops(loops.group(), loops.clientChannel()));
  }

  private WebhookSender webhook(AlertSettings.Format format, @Nullable Path secret) {
    AlertSettings.Webhook settings = new AlertSettings.Webhook(url(), null, format, secret);
    return new WebhookSender(settings, opener(), timer, () -> 1_700_000_000_000L);
  }

  private static Alert alert(String text) {
    return new Alert(
        "a1",
        "slowQuery",
        "SELECT ?",
        "firing",
        Instant.EPOCH,
        null,
        2,
        1,
        "s",
        text,
        "http://localhost:4321/#alerts/a1",
        true);
  }

  @Test
  void aMessageIsSignedJson() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "hush\n");
    try (WebhookSender webhook = webhook(AlertSettings.Format.GENERIC, secret)) {
      webhook.tell(alert("a < b & c"));
      await().atMost(LONG).until(() -> webhook.status().sent() == 1);
      Got message = got.getFirst();
      assertEquals("application/json", message.type());
      assertEquals(PATH, message.path());
      assertEquals("a < b & c", message.json().path("text").asString());
      assertEquals("slowQuery", message.json().path("rule").asString());
      String signed = AlertMessage.signature(message.body(), "hush", 1_700_000_000L);
      assertEquals("t=1700000000,v1=" + signed, message.signature());
      assertFalse(new String(message.body(), StandardCharsets.UTF_8).contains("hush"));
    }
  }

  @Test
  void theSignatureIsThatOfRfc2104() {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    // printf '1.{}' | openssl dgst -sha256 -hmac key
    assertEquals(
        "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224",
        AlertMessage.signature(body, "key", 1));
  }

  @Test
  void slackGetsItsOwnForm() {
    try (WebhookSender webhook = webhook(AlertSettings.Format.SLACK, null)) {
      webhook.tell(alert("a < b & c"));
      await().atMost(LONG).until(() -> webhook.status().sent() == 1);
      String text = got.getFirst().json().path("text").asString();
      assertTrue(text.contains("a &lt; b &amp; c"), text);
      assertTrue(text.contains("<http://localhost:4321/#alerts/a1|"), text);
      assertEquals(1, got.getFirst().json().size());
    }
  }

  @Test
  void whatCannotBeTakenNowIsSentAgain() {
    for (int trouble : List.of(503, 500, 408)) {
      got.clear();
      status.set(trouble);
      try (WebhookSender webhook = webhook(AlertSettings.Format.GENERIC, null)) {
        webhook.tell(alert("x"));
        await().atMost(LONG).until(() -> got.size() >= 2);
        status.set(200);
        await().atMost(LONG).until(() -> webhook.status().sent() == 1);
        assertEquals(null, webhook.status().remark());
      }
    }
  }

  @Test
  void whatIsRefusedIsGivenUpAndSaidWithoutTheUrl() {
    status.set(404);
    try (WebhookSender webhook = webhook(AlertSettings.Format.GENERIC, null)) {
      webhook.tell(alert("x"));
      await().atMost(LONG).until(() -> webhook.status().failed() == 1);
      assertEquals("status_404", webhook.status().remark());
    }
  }

  private WebhookSender fromFile(Path urlFile) {
    AlertSettings.Webhook settings =
        new AlertSettings.Webhook(null, urlFile, AlertSettings.Format.GENERIC, null);
    ClientLoops clients = new ClientLoops(loops.group(), loops.clientChannel());
    return new WebhookSender(
        settings,
        new WebhookOpener(settings, clients, ProxyVariables.of(Map.of())),
        timer,
        () -> 1_700_000_000_000L);
  }

  @Test
  void aUrlThatCannotBeUsedIsSaidWithoutItsText() throws Exception {
    for (String wrong : List.of("hooks.example.com" + PATH, "ftp://h" + PATH, "http://" + PATH)) {
      Path urlFile = Files.writeString(directory.resolve("url"), wrong);
      try (WebhookSender webhook = fromFile(urlFile)) {
        webhook.tell(alert("x"));
        String remark = String.valueOf(webhook.status().remark());
        assertEquals(
            "not sent: " + urlFile + " holds no URL with scheme http or https and a host", remark);
        assertFalse(webhook.test(alert("x")).get().message().contains("very-secret"));
      }
    }
  }

  @Test
  void aUrlThatWasChangedInItsFileIsUsedAfterAFailure() throws Exception {
    Path urlFile = Files.writeString(directory.resolve("url"), url().resolve("/old").toString());
    try (WebhookSender webhook = fromFile(urlFile)) {
      status.set(404);
      webhook.tell(alert("x"));
      await().atMost(LONG).until(() -> webhook.status().failed() == 1);
      Files.writeString(urlFile, url().toString());
      status.set(200);
      webhook.tell(alert("y"));
      await().atMost(LONG).until(() -> webhook.status().sent() == 1);
      assertEquals(List.of("/old", PATH), got.stream().map(Got::path).toList());
    }
  }

  @Test
  void theOldestGoesWhenTooManyWait() {
    AlertSettings.Webhook settings =
        new AlertSettings.Webhook(url(), null, AlertSettings.Format.GENERIC, null);
    WebhookSender webhook =
        new WebhookSender(
            settings,
            () -> {
              throw new IOException("not yet");
            },
            timer,
            () -> 0);
    for (int i = 0; i < WebhookSender.WAITING_MAX + 11; i++) {
      webhook.tell(alert("m" + i));
    }
    assertEquals(10, webhook.status().dropped());
    assertEquals(WebhookSender.WAITING_MAX + 1, webhook.status().waiting());
    webhook.close();
  }

  @Test
  void theApiTestsItAndShowsNoSecret() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "hush\n");
    AlertSettings.Webhook webhook =
        new AlertSettings.Webhook(url(), null, AlertSettings.Format.SLACK, secret);
    AlertSettings plain = SettingsLoader.defaults().alerts();
    AlertSettings settings =
        new AlertSettings(
            webhook,
            plain.page(),
            plain.forecastOver(),
            plain.budgetUsed(),
            plain.mustKeepOver(),
            plain.errorRate(),
            plain.latency(),
            plain.destinationAway(),
            plain.queueFilling(),
            plain.engineAway(),
            plain.slowQuery(),
            plain.window());
    assertFalse(settings.toString().contains("very-secret"), settings.toString());
    try (AdminPort port =
        AdminPort.startWithAlerts(directory, new AlertParts(settings, opener(), null))) {
      port.client().post().uri("/api/v1/alerts:test").exchange().expectStatus().isUnauthorized();
      JsonNode tested =
          port.writer()
              .post()
              .uri("/api/v1/alerts:test")
              .exchange()
              .expectStatus()
              .isOk()
              .expectBody(JsonNode.class)
              .returnResult()
              .getResponseBody();
      assertEquals(List.of(), OpenApi.get().mismatches("AlertTest", tested));
      assertTrue(tested.path("delivered").asBoolean(), tested.toString());
      assertTrue(got.getFirst().json().path("text").asString().contains("This is a test"));
      assertEquals("alerts.test", port.store.audit().after(0, 1).getFirst().action());
      port.writer().post().uri("/api/v1/alerts:test").exchange().expectStatus().isEqualTo(429);

      silence(port, "{\"rule\":\"latency\",\"ttl\":\"2h\",\"reason\":\"deploy\"}", 200);
      silence(port, "{\"rule\":\"colour\",\"ttl\":\"2h\"}", 422);
      silence(port, "{\"rule\":\"latency\",\"ttl\":\"8d\"}", 422);
      silence(port, "{\"ttl\":\"2h\"}", 422);
      silence(port, "{\"id\":\"none\",\"ttl\":\"2h\"}", 422);
      JsonNode page =
          port.client()
              .get()
              .uri("/api/v1/alerts")
              .exchange()
              .expectBody(JsonNode.class)
              .returnResult()
              .getResponseBody();
      assertEquals(List.of(), OpenApi.get().mismatches("AlertPage", page));
      assertEquals("latency", page.at("/silences/0/rule").asString());
      assertEquals(9, page.path("rules").size());
      assertTrue(page.at("/webhook/signed").asBoolean());
      assertFalse(page.toString().contains("very-secret"));
    }
  }

  private static void silence(AdminPort port, String body, int status) {
    port.writer()
        .post()
        .uri("/api/v1/alerts:silence")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange()
        .expectStatus()
        .isEqualTo(status);
  }

  @Test
  void withoutAWebhookATestIsRefused() throws IOException {
    try (AdminPort port = AdminPort.start(directory)) {
      port.writer().post().uri("/api/v1/alerts:test").exchange().expectStatus().isEqualTo(409);
    }
  }
}
