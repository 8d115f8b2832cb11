package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.StreamMessage;
import dev.spanthrift.agent.fleet.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;

/**
 * The page of a sidecar in trouble: nothing has come, its destination does not answer, it costs
 * more than it saves, and a controller manages what it does, over the real stream.
 */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageStatesIT {
  /** Each view with what it shows while there is nothing. */
  private static final Map<String, String> VIEWS =
      Map.ofEntries(
          Map.entry("overview", "#reasons .nothing"),
          Map.entry("operations", "#operations .nothing"),
          Map.entry("operation/cart/none", "main .nothing"),
          Map.entry("policy", "#verdict-line.good"),
          Map.entry("whatif", "main .nothing"),
          Map.entry("explain", "#decision-rows .empty"),
          Map.entry("alerts", "#webhook .nothing"),
          Map.entry("pipeline", "#destinations tbody td"),
          Map.entry("fleet", "main .nothing"),
          Map.entry("audit", "#audit .nothing"));

  private static final Duration AFTER_START = Duration.ofSeconds(3);

  @TempDir static Path folder;
  private static final Sinks.Empty<Void> gone = Sinks.empty();
  private static DisposableServer controller;
  private static RunningProgram sidecar;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue(Browser.isThere(), "skipped: no browser");
    controller = controller(bundle());
    Path token = Files.writeString(folder.resolve("controller-token"), "a.b.c");
    sidecar =
        RunningProgram.start(
            folder.resolve("sidecar"),
            Map.of(
                "SPANTHRIFT_STATE_DIR",
                folder.resolve("state").toString(),
                "SPANTHRIFT_CONTROLLER_URL",
                "http://127.0.0.1:" + controller.port(),
                "SPANTHRIFT_CONTROLLER_TOKEN_FILE",
                token.toString(),
                "SPANTHRIFT_PRICE_PER_GB",
                "0.5",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + nobody()),
            "run");
    browser = Browser.open();
  }

  /** A port on which nobody listens. */
  private static int nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Bundle bundle() {
    return new Bundle(
        read(
            "{policies: [{name: errors, match: {status: ERROR}, keep: true}], default: {budget:"
                + " true}}"),
        false,
        List.of("SamplingPolicy shop/errors", "ClusterSamplingPolicy floor"),
        read("[{name: shop, amount: 300, period: month}]"),
        List.of("SamplingBudget shop/month"));
  }

  private static JsonNode read(String yaml) {
    return BodyFormat.YAML.read(yaml.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Says what is to be in force, as the cluster's controller does; seconds after the start, when
   * the sidecar has allowed itself everything for want of a budget.
   */
  private static DisposableServer controller(Bundle bundle) {
    String change = new StreamMessage.Change(bundle.hash(), bundle.json()).text();
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .route(
            routes ->
                routes.ws(
                    StreamMessage.PATH,
                    (in, out) ->
                        out.sendString(
                            Flux.merge(
                                    Mono.just(change).delaySubscription(AFTER_START),
                                    in.receive().asString().flatMap(text -> Mono.<String>empty()))
                                .takeUntilOther(gone.asMono()))))
        .bindNow();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (sidecar != null) {
      sidecar.close();
    }
    if (controller != null) {
      controller.disposeNow();
    }
  }

  private static void turnTo(String view) {
    browser.driver.executeScript("location.hash = '#/' + arguments[0]", view);
    browser.until("the view " + view, () -> !browser.text("h1").isEmpty());
  }

  private static void open(String view) {
    browser.go(sidecar.url() + "#/" + view);
    browser.until("the view " + view, () -> !browser.text("h1").isEmpty());
  }

  /** What REST refuses, the page does not offer; it says where the change is made. */
  @Test
  @Order(1)
  void aPolicyOfObjectsCanOnlyBeRead() {
    browser.until(
        "the objects are in force",
        () -> sidecar.get("/api/v1/policy/effective").path("origin").asString().equals("objects"));
    open("policy");
    browser.until(
        "the object", () -> browser.text("#origin").contains("SamplingPolicy shop/errors"));
    String origin = browser.text("#origin");
    assertTrue(origin.contains("kubectl edit samplingpolicy errors -n shop"), origin);
    assertTrue(origin.contains("kubectl edit clustersamplingpolicy floor"), origin);
    assertTrue(origin.contains("SamplingBudget shop/month"), origin);
    assertTrue(origin.contains("controller connected"), origin);
    assertEquals(
        true,
        browser.driver.executeScript("return document.querySelector('#policy-text').readOnly"));
    assertEquals(
        true,
        browser.driver.executeScript(
            "return document.querySelector('#add-rule').matches(':disabled')"));
    browser.until("versions", () -> browser.has("#versions tbody tr"));
    assertFalse(browser.has("#undo"));
    assertFalse(browser.has("#apply"));
    browser.heardNothingBut("");
  }

  @Test
  @Order(2)
  void whereThereIsNothingOneLearnsHowItComes() throws IOException {
    PageLook look = new PageLook(browser, "empty");
    for (String view : new TreeSet<>(VIEWS.keySet())) {
      browser.size(1100, 900);
      browser.go("about:blank");
      open(view);
      look.at(view, VIEWS.get(view), PageLook.ways());
    }
    assertEquals(List.of(), look.wrong());
    browser.heardNothingBut("");
  }

  @Test
  @Order(3)
  void aDestinationThatIsAwayAndALossAreSaidLoudly() throws IOException {
    browser.go("about:blank");
    browser.size(375, 900);
    open("overview");
    browser.until("ready", () -> browser.has("#state.good"));
    assertFalse(browser.has("#banner-away"), "what was never tried is not away");
    sidecar.sendSpanOf("my-app");
    browser.until("it is away", () -> browser.has("#banner-away"));
    assertTrue(browser.has("#state.alarm"), "not ready");
    browser.until("a loss", () -> browser.has("#saved .big.alarm"));
    assertTrue(browser.text("#saved .big").startsWith("−"), browser.text("#saved"));
    assertEquals(1, browser.lines("#saved .big"), "one line, however narrow");
    PageLook look = new PageLook(browser, "away");
    look.at("overview", "#saved .big.alarm", PageLook.ways());
    turnTo("pipeline");
    look.at("pipeline", "#destinations .pill.alarm", PageLook.ways());
    assertEquals(List.of(), look.wrong());
    browser.heardNothingBut("");
  }

  /** Two that differ, and then their engine goes. */
  @Test
  @Order(5)
  void aFleetShowsWhoDiffersAndThatItsEngineIsAway() throws IOException, InterruptedException {
    RedisServer engine = RedisServer.start(folder.resolve("engine"));
    try (RunningProgram one = member(engine, "one", "1");
        RunningProgram other = member(engine, "other", "0.5")) {
      browser.go(one.url() + "#/fleet");
      browser.until("both", () -> browser.text("#members").contains("other"));
      browser.until("who differs", () -> browser.has("#members .pill.alarm"));
      browser.until("it is said", () -> browser.has("#banner-differ"));
      browser.until(
          "the other says it too",
          () -> !other.get("/api/v1/status").at("/fleet/disagreement").asString("").isEmpty());
      PageLook look = new PageLook(browser, "two");
      look.at("fleet", "#members .pill.alarm", PageLook.ways());
      engine.close();
      browser.until("the engine is away", () -> browser.has("#banner-engine"));
      look.at("fleet without engine", "#banner-engine", PageLook.ways());
      assertEquals(List.of(), look.wrong());
      browser.heardNothingBut("");
    } finally {
      engine.close();
    }
  }

  private static RunningProgram member(RedisServer engine, String name, String probability)
      throws IOException, InterruptedException {
    return RunningProgram.start(
        folder.resolve(name),
        Map.of(
            "SPANTHRIFT_STATE_DIR",
            folder.resolve(name + "-state").toString(),
            "SPANTHRIFT_FLEET_URL",
            engine.url(),
            "SPANTHRIFT_FLEET_POD",
            name,
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://127.0.0.1:" + nobody(),
            "SPANTHRIFT_DEFAULT_PROBABILITY",
            probability),
        "run");
  }

  /** A7: what was in force stays, and the page says that it is alone. */
  @Test
  @Order(4)
  void withoutItsControllerThePageGoesOn() throws IOException {
    gone.tryEmitEmpty();
    controller.disposeNow();
    browser.go("about:blank");
    open("policy");
    browser.until("it is alone", () -> alone());
    assertTrue(browser.text("#origin").contains("SamplingPolicy shop/errors"));
    PageLook look = new PageLook(browser, "alone");
    look.at("policy", "#origin .pill.alarm", PageLook.ways());
    assertEquals(List.of(), look.wrong());
    browser.heardNothingBut("");
  }

  /** The origin is told when the view is opened. */
  private static boolean alone() {
    if (browser.text("#origin").contains("controller away")) {
      return true;
    }
    turnTo("audit");
    turnTo("policy");
    browser.find("#origin .pill");
    return browser.text("#origin").contains("controller away");
  }
}
