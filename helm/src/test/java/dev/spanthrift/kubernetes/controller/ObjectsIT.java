package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From an object to sidecars that are processes, and what they do when the controller is away. */
class ObjectsIT {
  private static final String HALF = "{mode: enforce, default: {probability: 0.5}}";
  private static final String TENTH =
      "{mode: enforce, policies: [{name: errors, match: {hasError: true}, keep: true}], default:"
          + " {probability: 0.1}}";

  @TempDir Path folder;
  private final MockCluster cluster = new MockCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  private Controller controller(int port) {
    return Controller.start(
        cluster.client,
        new ControllerOptions(
            "spanthrift",
            ControllerOptions.LEASE,
            "a",
            MockCluster.AUDIENCE,
            new InetSocketAddress("127.0.0.1", port),
            null,
            100));
  }

  @Test
  void aChangeReachesTwoSidecarsThatRefuseAnyOtherAndKeepItWithoutTheController() throws Exception {
    cluster.namespace("shop", Map.of());
    Controller controller = controller(0);
    int port = controller.port();
    try (SidecarProcess one =
            new SidecarProcess(folder.resolve("1"), port, "shop.cart-1", Map.of());
        SidecarProcess two =
            new SidecarProcess(folder.resolve("2"), port, "shop.cart-2", Map.of())) {
      cluster.apply(MockCluster.policy("shop", "rules", HALF));
      cluster.apply(MockCluster.budget("shop", "money", "{mode: enforce, amount: 60}"));
      Eventually.holds(
          () -> one.effective() + one.said(), () -> one.fallback() == 0.5 && two.fallback() == 0.5);
      Eventually.holds(
          () -> cluster.policy("shop", "rules").getStatus(),
          () ->
              cluster.policy("shop", "rules").getStatus() != null
                  && Objects.equals(cluster.policy("shop", "rules").getStatus().sidecars(), 2));

      JsonNode effective = one.effective();
      assertEquals("objects", effective.path("origin").asString());
      assertEquals("SamplingPolicy shop/rules", effective.path("objects").get(0).asString());
      assertTrue(effective.path("controller").path("connected").asBoolean());
      Eventually.holds(
          () -> one.json("/api/v1/spend"),
          () -> {
            JsonNode budget = one.json("/api/v1/spend").path("budgets").get(0);
            return budget.path("name").asString().equals("money")
                && budget.path("budget").asDouble() == 30;
          });

      HttpResponse<String> refused =
          one.put("/api/v1/policy", "{\"policies\": [], \"default\": {\"keep\": true}}");
      assertEquals(409, refused.statusCode(), refused.body());
      assertTrue(refused.body().contains("SamplingPolicy shop/rules"), refused.body());
      assertEquals(
          "application/problem+json",
          refused.headers().firstValue("content-type").orElse("").replaceAll(";.*", ""));

      controller.close();
      Eventually.holds(
          one::said, () -> !one.effective().path("controller").path("connected").asBoolean(true));
      assertEquals(0.5, one.fallback());
      two.close();
      // A container that restarts in its pod, with nobody to ask.
      try (SidecarProcess again =
          new SidecarProcess(folder.resolve("2"), port, "shop.cart-2", Map.of())) {
        assertEquals(0.5, again.fallback(), again.said());
        assertEquals("disk", again.effective().path("controller").path("copy").asString());
        cluster.apply(MockCluster.policy("shop", "rules", TENTH));
        controller = controller(port);
        Eventually.holds(
            () -> one.said() + again.said(),
            () -> one.fallback() == 0.1 && again.fallback() == 0.1);
        assertEquals(
            List.of("rules/errors"),
            again
                .effective()
                .path("policy")
                .path("policies")
                .valueStream()
                .map(p -> p.path("name").asString())
                .toList());
      }
    } finally {
      controller.close();
    }
  }

  @Test
  void aColdPodBeginsWithWhatIsMountedAndAStrangerKeepsItsOwn() throws Exception {
    cluster.namespace("shop", Map.of());
    cluster.apply(MockCluster.policy("shop", "rules", HALF));
    Path mounted =
        Files.writeString(
            folder.resolve("policy.yaml"), "policies: []\ndefault: {probability: 0.25}\n");
    int nobody;
    try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    try (SidecarProcess cold =
        new SidecarProcess(
            folder.resolve("1"),
            nobody,
            "shop.cart-1",
            Map.of("SPANTHRIFT_CONTROLLER_BOOTSTRAP_FILE", mounted.toString()))) {
      assertEquals(0.25, cold.fallback(), cold.said());
      assertEquals("bootstrap", cold.effective().path("controller").path("copy").asString());
      try (Controller controller = controller(nobody);
          SidecarProcess stranger =
              new SidecarProcess(
                  folder.resolve("2"),
                  nobody,
                  "bad.token",
                  Map.of("SPANTHRIFT_DEFAULT_PROBABILITY", "0.75"))) {
        Eventually.holds(cold::said, () -> cold.fallback() == 0.5);
        Eventually.holds(
            stranger::said, () -> stranger.said().contains("it does not take the token"));
        assertEquals(0.75, stranger.fallback());
        assertEquals("configuration", stranger.effective().path("origin").asString());
        assertTrue(controller.counts().tokensRefused() > 0);
      }
    }
  }
}
