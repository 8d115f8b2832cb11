package dev.spanthrift.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

class PageTest {
  private static final Map<String, String> FILES =
      Map.of(
          "/", "text/html",
          "/spanthrift.css", "text/css",
          "/spanthrift.js", "text/javascript");
  private static AdminPort port;

  @BeforeAll
  static void start() {
    port = AdminPort.startReadOnly();
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  private static String get(String path) {
    byte[] body =
        port.client().get().uri(path).exchange().expectBody().returnResult().getResponseBody();
    return new String(body, StandardCharsets.UTF_8);
  }

  @Test
  void isThreeFilesUnderAStrictContentPolicy() {
    FILES.forEach(
        (path, type) ->
            port.client()
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.CONTENT_TYPE, type + ";charset=UTF-8")
                .expectHeader()
                .valueEquals(
                    "Content-Security-Policy",
                    "default-src 'self'; connect-src 'self'; frame-ancestors 'none';"
                        + " base-uri 'none'; form-action 'self'")
                .expectHeader()
                .valueEquals("X-Content-Type-Options", "nosniff")
                .expectHeader()
                .valueEquals("Referrer-Policy", "no-referrer")
                .expectHeader()
                .doesNotExist(HttpHeaders.SET_COOKIE));
  }

  @Test
  void isNotSentTwice() {
    for (String path : FILES.keySet()) {
      String tag =
          port.client()
              .get()
              .uri(path)
              .exchange()
              .returnResult(Void.class)
              .getResponseHeaders()
              .getETag();
      port.client()
          .get()
          .uri(path)
          .header(HttpHeaders.IF_NONE_MATCH, tag)
          .exchange()
          .expectStatus()
          .isNotModified();
    }
  }

  @Test
  void a10_asksNoOtherOriginAndRunsNothingInline() {
    for (String path : FILES.keySet()) {
      String text = get(path).replace("http://www.w3.org/2000/svg", "");
      assertFalse(text.contains("://") || text.contains("@import"), path);
    }
    String page = get("/");
    assertFalse(
        Pattern.compile("<style|style=|<script>| on[a-z]+=").matcher(page).find(), "inline");
  }

  @Test
  void usesOnlyGetsOfThePublicApi() {
    Set<String> called = new TreeSet<>();
    for (String text : List.of(get("/"), get("/spanthrift.js"))) {
      Pattern.compile("[\"'](/[a-z][\\w/.-]{2,})[\"']")
          .matcher(text)
          .results()
          .map(MatchResult::group)
          .forEach(quoted -> called.add(quoted.substring(1, quoted.length() - 1)));
    }
    assertTrue(called.contains("/api/v1/status"), called::toString);
    for (String path : called) {
      assertTrue(OpenApi.get().operations().contains("GET " + path), path);
    }
    assertFalse(get("/spanthrift.js").contains("method:"), "a write");
  }

  @Test
  void fillsOnlyPlacesThatThePageHas() {
    String page = get("/");
    Set<String> missing = new TreeSet<>();
    Pattern.compile("(?:byId|text|rows|table)\\(\\s*\"([a-z-]+)\"")
        .matcher(get("/spanthrift.js"))
        .results()
        .map(result -> result.group(1))
        .filter(id -> !page.contains("id=\"" + id + "\""))
        .forEach(missing::add);
    assertEquals(Set.of(), missing);
  }

  /** What a sidecar does not say is left out, so that a wrong name would never be seen. */
  @Test
  void readsOnlyWhatTheFleetsAnswerHas() {
    String api = get("/openapi.json");
    Set<String> missing = new TreeSet<>();
    String script = get("/spanthrift.js");
    Pattern.compile("\\b(?:m|e|here|fleet|whole|here\\.traffic)\\.([a-z]\\w+)\\b(?!\\()")
        .matcher(script.substring(script.indexOf("// ---- the fleet")))
        .results()
        .map(result -> result.group(1))
        .filter(name -> !api.contains("\"" + name + "\":"))
        .forEach(missing::add);
    assertEquals(Set.of(), missing);
  }

  @Test
  void isSmall() {
    int bytes = FILES.keySet().stream().mapToInt(path -> get(path).length()).sum();
    assertTrue(bytes < 40_000, bytes + " bytes");
  }
}
