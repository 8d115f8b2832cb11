package dev.spanthrift.agent.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.spanthrift.agent.control.AdminPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What is refused before anything is read, and how every refusal looks. */
@Isolated("listens to a log that others write to")
class DoorTest {
  @TempDir static Path directory;
  private static AdminPort port;

  @BeforeAll
  static void start() throws Exception {
    port = AdminPort.start(directory);
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  private static WebTestClient.ResponseSpec put(Map<String, String> headers) {
    return port.client()
        .put()
        .uri("/api/v1/policy")
        .headers(h -> headers.forEach(h::set))
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(AdminPort.CONFIGURED)
        .exchange();
  }

  @Test
  void refusesAWriterWithoutTheRightToken() {
    for (Map<String, String> headers :
        List.of(
            Map.<String, String>of(),
            Map.of("Authorization", "Bearer wrong"),
            Map.of("Authorization", "Bearer "),
            Map.of("Authorization", "Basic " + AdminPort.TOKEN),
            Map.of("Authorization", "Bearer " + AdminPort.TOKEN + "x"))) {
      put(headers)
          .expectStatus()
          .isUnauthorized()
          .expectHeader()
          .valueMatches(HttpHeaders.WWW_AUTHENTICATE, "Bearer.*")
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo("/problems/token-required");
    }
    put(Map.of("Authorization", "bearer " + AdminPort.TOKEN)).expectStatus().isOk();
  }

  @Test
  void tellsHowToEnableWritesWhenThereIsNoToken() {
    try (AdminPort readOnly = AdminPort.startReadOnly()) {
      readOnly
          .writer()
          .put()
          .uri("/api/v1/kill-switch")
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue("{\"mode\":\"off\"}")
          .exchange()
          .expectStatus()
          .isForbidden()
          .expectBody()
          .jsonPath("$.detail")
          .value(
              String.class,
              detail -> assertEquals(true, detail.contains("SPANTHRIFT_ADMIN_TOKEN_FILE"), detail));
    }
  }

  @Test
  void countsARotatedTokenAtOnceAndRefusesWritesWhenItIsGone(@TempDir Path own) throws Exception {
    try (AdminPort rotated = AdminPort.start(own)) {
      Path file = own.resolve("token");
      Files.writeString(file, "new-token-77");
      rotated
          .writer()
          .put()
          .uri("/api/v1/kill-switch")
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue("{\"mode\":\"off\"}")
          .exchange()
          .expectStatus()
          .isUnauthorized();
      Files.writeString(file, " \n");
      rotated
          .writer()
          .put()
          .uri("/api/v1/kill-switch")
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue("{\"mode\":\"off\"}")
          .exchange()
          .expectStatus()
          .isForbidden();
      Files.delete(file);
      rotated
          .writer()
          .put()
          .uri("/api/v1/kill-switch")
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue("{\"mode\":\"off\"}")
          .exchange()
          .expectStatus()
          .isForbidden();
    }
  }

  @Test
  void refusesWritesFromAnotherSiteEvenWithTheToken() {
    for (Map<String, String> foreign :
        List.of(
            Map.of("Origin", "https://evil.example"),
            Map.of("Origin", "null"),
            Map.of("Origin", "http://localhost:1"),
            Map.of("Sec-Fetch-Site", "cross-site"))) {
      port.writer()
          .put()
          .uri("/api/v1/kill-switch")
          .headers(h -> foreign.forEach(h::set))
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue("{\"mode\":\"bypass\"}")
          .exchange()
          .expectStatus()
          .isForbidden()
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo("/problems/foreign-origin");
    }
    put(Map.of(
            "Authorization",
            "Bearer " + AdminPort.TOKEN,
            "Origin",
            port.url(),
            "X-Reason",
            "a test"))
        .expectStatus()
        .isOk();
  }

  @Test
  void refusesAForeignNameThatResolvesToLoopback() {
    port.client()
        .get()
        .uri("/api/v1/status")
        .header(HttpHeaders.HOST, "evil.example:4321")
        .exchange()
        .expectStatus()
        .isForbidden();
    for (String host : List.of("127.0.0.1:4321", "[::1]:4321", "LOCALHOST")) {
      port.client()
          .get()
          .uri("/api/v1/status")
          .header(HttpHeaders.HOST, host)
          .exchange()
          .expectStatus()
          .isOk();
    }
  }

  @Test
  void namesTheMethodsThatAPathTakes() {
    Map<String, Set<HttpMethod>> allowed =
        Map.of(
            "/api/v1/policy",
                Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT),
            "/api/v1/kill-switch",
                Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT),
            "/api/v1/status", Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS));
    allowed.forEach(
        (path, methods) -> {
          HttpHeaders headers =
              port.client()
                  .delete()
                  .uri(path)
                  .exchange()
                  .expectStatus()
                  .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED)
                  .returnResult(String.class)
                  .getResponseHeaders();
          assertEquals(methods, headers.getAllow());
        });
    port.client()
        .get()
        .uri("/api/v1/policy:validate")
        .exchange()
        .expectStatus()
        .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED)
        .expectHeader()
        .valueEquals(HttpHeaders.ALLOW, "OPTIONS, POST");
  }

  @Test
  void answersEveryProblemInOneShapeWithAPageForItsType() {
    port.client()
        .get()
        .uri("/api/v1/nothing")
        .header(RequestIds.HEADER, "mine-7")
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectHeader()
        .valueEquals(RequestIds.HEADER, "mine-7")
        .expectBody()
        .json(
            "{\"type\":\"/problems/not-found\",\"title\":\"There is nothing at this path\","
                + "\"status\":404,\"instance\":\"/api/v1/nothing\",\"errors\":[],"
                + "\"requestId\":\"mine-7\"}")
        .jsonPath("$.detail")
        .isNotEmpty();
    for (ProblemType type : ProblemType.values()) {
      port.client().get().uri(type.url()).exchange().expectStatus().isOk();
    }
    port.client().get().uri("/problems/other").exchange().expectStatus().isNotFound();
    port.client().post().uri("/api/v1/nothing").exchange().expectStatus().isNotFound();
  }

  @Test
  void saysThatASingleSidecarHasNoFleet() {
    port.client()
        .get()
        .uri("/api/v1/fleet")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.configured")
        .isEqualTo(false);
    for (String path : List.of("/api/v1/fleet/cart-1", "/api/v1/rollouts/7")) {
      port.client()
          .get()
          .uri(path)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.NOT_IMPLEMENTED)
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo("/problems/fleet-only");
    }
    port.client().get().uri("/api/v1/fleets").exchange().expectStatus().isNotFound();
  }

  @Test
  void refusesAQueryThatMakesNoSense() {
    port.writer()
        .put()
        .uri("/api/v1/policy?dryRun=perhaps")
        .header(HttpHeaders.IF_MATCH, port.etag())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(AdminPort.OTHER)
        .exchange()
        .expectStatus()
        .isBadRequest();
    assertEquals(1, port.store.current().version());
  }

  @Test
  void replacesARequestIdThatCouldForgeALogLine() {
    port.client()
        .get()
        .uri("/healthz")
        .header(RequestIds.HEADER, "a b")
        .exchange()
        .expectHeader()
        .valueMatches(RequestIds.HEADER, "[0-9a-f]{16}");
  }

  @Test
  void keepsTheTokenOutOfLogAndAnswers() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    ((Logger) LoggerFactory.getLogger("dev.spanthrift")).setLevel(Level.TRACE);
    try {
      String wrong = AdminPort.TOKEN + "-wrong";
      for (String token : List.of(AdminPort.TOKEN, wrong)) {
        for (String body : List.of(AdminPort.CONFIGURED, "{", "{}")) {
          String answer =
              port.client()
                  .put()
                  .uri("/api/v1/policy")
                  .header("Authorization", "Bearer " + token)
                  .header(HttpHeaders.IF_MATCH, port.etag())
                  .contentType(MediaType.APPLICATION_JSON)
                  .bodyValue(body)
                  .exchange()
                  .returnResult(String.class)
                  .toString();
          assertFalse(
              answer.split("< \\d", 2)[answer.split("< \\d", 2).length - 1].contains(
                  AdminPort.TOKEN),
              "answer");
        }
      }
      for (ILoggingEvent event : List.copyOf(log.list)) {
        if (!event.getLoggerName().contains("WebTestClient")) {
          assertFalse(event.getFormattedMessage().contains(AdminPort.TOKEN), event.getLoggerName());
        }
      }
    } finally {
      root.detachAppender(log);
      root.setLevel(before);
    }
  }
}
