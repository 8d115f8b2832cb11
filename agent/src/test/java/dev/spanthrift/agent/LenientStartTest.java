package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.SidecarProgram.Lenience;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The program in this process, begun with a configuration that has mistakes. */
@Timeout(120)
class LenientStartTest {
  private static final Lenience NOTHING_LEFT_OUT = new Lenience(List.of(), false);
  private static final String GOOD = "[{name: errors, match: {hasError: true}, keep: true}]";
  private static final String TYPO = "[{name: errors, match: {hasEror: true}, keep: true}]";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private SpanthriftSettings settings(String policies) throws Exception {
    Map<String, String> environment = new TreeMap<>();
    environment.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    environment.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    environment.put("SPANTHRIFT_ADMIN_PORT", "0");
    environment.put("SPANTHRIFT_STATE_DIR", folder.toString());
    environment.put("SPANTHRIFT_POLICIES", policies);
    return SettingsLoader.load(null, environment).settings();
  }

  private String get(int port, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private JsonNode status(int port) throws Exception {
    return JsonMapper.shared().readTree(get(port, "/api/v1/status"));
  }

  @Test
  void aTypoInAPolicyKeepsAllAndSaysThatItIsDegraded() throws Exception {
    Sidecar sidecar = new Sidecar();
    try {
      int admin = sidecar.start(settings(TYPO), NOTHING_LEFT_OUT).admin();
      JsonNode status = status(admin);
      assertEquals("ready", status.path("phase").asString());
      String said = status.path("degraded").path(0).asString();
      assertTrue(said.contains("/policies/0/match/hasEror"), said);
      assertTrue(said.endsWith("all traces are kept"), said);
      assertEquals(
          "{\"keep\":true}",
          JsonMapper.shared().readTree(get(admin, "/api/v1/policy")).path("default").toString());
      assertTrue(get(admin, "/actuator/prometheus").contains("spanthrift_degraded 1"));
      assertEquals("", get(admin, "/readyz").contains("DOWN") ? "not ready" : "");
    } finally {
      sidecar.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void theLastGoodPolicyIsTakenWhereThereIsOne() throws Exception {
    Sidecar good = new Sidecar();
    good.start(settings(GOOD));
    good.stop(Duration.ofSeconds(5));
    Sidecar sidecar = new Sidecar();
    try {
      Lenience lost = new Lenience(List.of("hold.pauze: unknown key"), true);
      int admin = sidecar.start(settings("[]"), lost).admin();
      JsonNode degraded = status(admin).path("degraded");
      assertTrue(degraded.path(0).asString().endsWith("version 1, is in force"));
      assertEquals("hold.pauze: unknown key", degraded.path(1).asString());
      assertTrue(get(admin, "/api/v1/policy").contains("errors"));
      assertTrue(get(admin, "/actuator/prometheus").contains("spanthrift_degraded 2"));
    } finally {
      sidecar.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void withoutLeniencyAStartWithMistakesEnds() throws Exception {
    assertThrows(StartException.class, () -> new Sidecar().start(settings(TYPO)));
  }

  @Test
  void aSecondProcessOnTheSameStateFolderRefusesToStart() throws Exception {
    Sidecar first = new Sidecar();
    try {
      first.start(settings(GOOD));
      StartException refused =
          assertThrows(StartException.class, () -> new Sidecar().start(settings(GOOD)));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("is in use by another process"),
          refused.getMessage());
    } finally {
      first.stop(Duration.ofSeconds(5));
    }
    Sidecar next = new Sidecar();
    next.start(settings(GOOD));
    next.stop(Duration.ofSeconds(5));
  }
}
