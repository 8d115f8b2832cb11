package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/**
 * The page beside a real demo, in a real browser: the first minute, every write, every view in both
 * themes, languages and widths. Pictures and times are left in {@code target/browser}, to be looked
 * at.
 *
 * <p>One program and one browser for all, in an order in which nothing waits for time to pass.
 */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {
  private static final String NOTHING = "";

  /** Each view with what it shows once it has all that it needs. */
  private static final Map<String, String> VIEWS =
      Map.ofEntries(
          Map.entry("overview", "#reasons canvas"),
          Map.entry("operations", "#operations tbody a"),
          Map.entry("operations?form=heat", ".heat-canvas"),
          Map.entry("operations?form=scatter", ".scatter"),
          Map.entry("overview?reasons=log", "#reasons canvas"),
          Map.entry("operation/catalog/catalog.List", "#op-rate canvas"),
          Map.entry("policy", "#verdict-line.good"),
          Map.entry("whatif", "#curve"),
          Map.entry("explain?pause=1", "#decision-rows tbody a"),
          Map.entry("explain/{trace}?pause=1", "#drawn"),
          Map.entry("alerts", "#alert-rules tbody td"),
          Map.entry("pipeline", "#flow canvas"),
          Map.entry("fleet", "main .nothing"),
          Map.entry("audit", "#audit tbody td"));

  @TempDir static Path folder;
  private static HttpServer webhook;
  private static final List<String> told = new CopyOnWriteArrayList<>();
  private static RunningProgram demo;
  private static Browser browser;
  private static ShownCurl shell;
  private static final List<String> times = new ArrayList<>();
  private static long begin;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue(Browser.isThere(), "skipped: no browser");
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext(
        "/",
        exchange -> {
          told.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    webhook.start();
    browser = Browser.open();
    begin = System.nanoTime();
    String hook = "http://127.0.0.1:" + webhook.getAddress().getPort() + "/";
    demo =
        RunningProgram.start(
            folder.resolve("demo"), Map.of("SPANTHRIFT_ALERTS_WEBHOOK_URL", hook), "demo");
    say("the demo says its page");
    shell = new ShownCurl(browser, demo.folder());
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
    }
    if (demo != null) {
      demo.close();
    }
    if (webhook != null) {
      webhook.stop(0);
    }
    PageLook.leave("times.txt", times);
  }

  private static void open(String view) {
    browser.go(demo.url() + "#/" + view);
    browser.until("the view " + view, () -> !browser.text("h1").isEmpty());
  }

  /** The same without loading anew, as a link does. */
  private static void turnTo(String view) {
    browser.driver.executeScript("location.hash = '#/' + arguments[0]", view);
    browser.until("the view " + view, () -> !browser.text("h1").isEmpty());
  }

  /** Since the program was started. */
  private static void say(String what) {
    times.add(what + ": " + (System.nanoTime() - begin) / 1_000_000 + " ms");
  }

  @Test
  @Order(1)
  void theFirstSeconds() {
    browser.go(demo.url());
    browser.until("ready", () -> browser.text("#state").contains("ready"));
    say("page answers and says ready");
    browser.driver.executeScript(
        """
        window.marked = new Promise((done) => new MutationObserver((_, self) => {
          if (document.getElementById('tour')) { self.disconnect(); done(Date.now()); }
        }).observe(document.body, {subtree: true, childList: true}));
        """);
    assertTrue(browser.text("#banner-demo").contains("Simulated"));

    browser.until("spending", () -> browser.text("#saved .big").contains("USD"));
    String first = browser.text("#saved .big");
    browser.until("savings move", () -> !browser.text("#saved .big").equals(first));
    say("savings move");
    browser.until("the stacked chart", () -> browser.has("#reasons canvas"));
    say("the chart fills");
    browser.until("errors kept", () -> browser.text("#errors-kept .big").contains("%"));
    say("errors kept are told");
    browser.heardNothingBut(NOTHING);
  }

  /** The whole of each view; meanwhile the first coach mark comes. */
  @Test
  @Order(2)
  void everyViewIsWalkedByTheTabulator() {
    List<String> wrong = new ArrayList<>();
    for (String view : new TreeSet<>(VIEWS.keySet())) {
      turnTo(view.replace("{trace}", aDecidedTrace()));
      browser.find(view.equals("audit") ? "#audit .nothing" : VIEWS.get(view));
      TabWalk.over(browser).forEach(one -> wrong.add(view + " " + one));
    }
    assertEquals(List.of(), wrong);
    browser.heardNothingBut(NOTHING);
  }

  private static String aDecidedTrace() {
    return demo.get("/api/v1/decisions?limit=1").at("/decisions/0/traceId").asString();
  }

  @Test
  @Order(4)
  void theCoachMarksOfTheFirstMinute() throws IOException {
    turnTo("overview");
    browser.until("coach mark 1", () -> browser.text("#tour").contains("1 of 3"));
    Number came = (Number) browser.driver.executeScript("return window.marked");
    Instant started = Instant.parse(demo.get("/api/v1/status").path("started").asString());
    long after = came.longValue() - started.toEpochMilli();
    times.add("coach mark 1: " + after + " ms after the sidecar's start");
    assertTrue(after >= 29_000, "not before there is something to ask about: " + after);
    browser.click("#tour-explain");
    browser.until("a verdict", () -> browser.text("#verdict").contains("ropped"));
    browser.click("#tour-next");
    browser.click("#tour-whatif");
    browser.find("#slide-budget");
    String before = browser.text("#pairs");
    answered("budget", "max");
    answered("error", "min");
    answered("floor", "max");
    browser.until("other figures", () -> !browser.text("#pairs").equals(before));
    browser.click("#tour-next");
    String port = "http://127.0.0.1:" + demo.otlpPort();
    browser.until("coach mark 3", () -> browser.text("#tour").contains("OTEL_EXPORTER"));
    assertTrue(browser.text("#tour").contains("ENDPOINT=" + port + "\n"), browser.text("#tour"));
    browser.until("it waits for spans", () -> browser.has("#tour-dot.note"));
    demo.sendSpanOf("my-app");
    browser.until("the green dot", () -> browser.has("#tour-dot.good"));
    assertTrue(browser.text("#tour-dot").contains("my-app"));
    say("spans of one's own are seen");
    browser.screenshot(PageLook.LEFT.resolve("coach-mark.png"));
    assertEquals(List.of(), browser.violations());
    browser.click("#tour-next");
    browser.until("the marks are gone", () -> !browser.has("#tour"));
    browser.heardNothingBut(NOTHING);
  }

  /** From the slider's event to figures and curve that are drawn anew; printed, not asserted. */
  private static void answered(String slider, String end) {
    Object millis =
        browser.driver.executeAsyncScript(
            """
            const [name, end, done] = arguments;
            const slider = document.getElementById('slide-' + name);
            const begin = performance.now();
            new MutationObserver((_, self) => { self.disconnect(); requestAnimationFrame(() => done(performance.now() - begin)); })
              .observe(document.getElementById('main'), {subtree: true, childList: true, characterData: true, attributes: true});
            slider.value = slider[end];
            slider.dispatchEvent(new Event('input', {bubbles: true}));
            """,
            slider,
            end);
    long rounded = Math.round(((Number) millis).doubleValue());
    times.add("what-if, slider " + slider + ": figures and curve after " + rounded + " ms");
  }

  @Test
  @Order(3)
  void aTraceIsExplainedFromTheList() {
    turnTo("explain");
    browser.until("decisions", () -> browser.has("#decision-rows a"));
    browser.driver.executeScript("document.querySelector('#decision-rows a').click()");
    browser.until(
        "an explanation", () -> browser.has("#why") && !browser.text("#verdict").isBlank());
    turnTo("explain/00000000000000000000000000000001");
    browser.until("reasons", () -> browser.has("#explanation li"));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(5)
  void theTokenComesWithTheAddressAndStaysOutOfIt() {
    browser.go("about:blank");
    browser.go(demo.url() + "#/policy?token=" + RunningProgram.TOKEN);
    browser.find("#policy-text");
    assertFalse(browser.driver.getCurrentUrl().contains(RunningProgram.TOKEN));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(6)
  void aPolicyIsTriedAppliedContestedAndUndone() {
    open("policy");
    browser.find("#policy-text");
    browser.type("#policy-text", "policies: 7\n");
    browser.until("what is wrong", () -> browser.text("#findings").contains("/policies"));

    browser.type("#policy-text", policy("mine"));
    browser.until("it can be used", () -> browser.text("#verdict-line").contains("Can be used"));
    assertTrue(browser.text("#line-diff").contains("mine"));
    browser.click("#simulate");
    browser.until("now and then", () -> browser.has("#comparison"));

    putByAnother(policy("theirs"));
    browser.type("#apply input[name=reason]", "더 적은 상태 확인");
    browser.click("#apply button[type=submit]");
    browser.until("412", () -> browser.has("#conflict"));
    browser.click("#keep-mine");
    browser.until("the conflict is settled", () -> !browser.has("#conflict"));
    // Of the request that is about to be sent: A8.
    String curl = shell.shown("#review");
    assertTrue(curl.contains("If-Match") && curl.contains("--data-binary"), curl);
    browser.type("#apply input[name=reason]", "더 적은 상태 확인");
    browser.click("#apply button[type=submit]");
    browser.until("it is in force", () -> !browser.has("#apply"));
    browser.until("with its reason", () -> browser.text("#versions").contains("더 적은 상태 확인"));
    assertTrue(get("/api/v1/policy").contains("mine"));

    browser.click("#undo");
    browser.type("#rollback input[name=reason]", "back");
    browser.click("#rollback button[type=submit]");
    browser.until("the dialog is gone", () -> !browser.has("#back-dialog"));
    browser.until("theirs again", () -> get("/api/v1/policy").contains("theirs"));
    open("audit");
    browser.until("all is noted", () -> browser.text("#audit").contains("rolled back"));
    browser.heardNothingBut(".* 4(12|22) .*");
    browser.forgetMessages();
  }

  private static String policy(String name) {
    return "policies:\n  - {name: "
        + name
        + ", match: {service: ledger}, keep: true}\ndefault: {budget: true}\n";
  }

  private static void putByAnother(String yaml) {
    String etag = demo.ask("/api/v1/policy").headers().firstValue("ETag").orElseThrow();
    HttpRequest put =
        HttpRequest.newBuilder(URI.create(demo.url() + "api/v1/policy"))
            .header("Authorization", "Bearer " + RunningProgram.TOKEN)
            .header("Content-Type", "application/yaml")
            .header("If-Match", etag)
            .PUT(HttpRequest.BodyPublishers.ofString(yaml))
            .build();
    var answer = demo.send(put);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static String get(String path) {
    return demo.ask(path).body();
  }

  @Test
  @Order(7)
  void theKillSwitchIsTwoClicksAwayAndMarkedOnTheCharts() throws IOException {
    open("overview");
    browser.click("#kill");
    browser.find("#kill-write");
    assertEquals(List.of(), browser.violations());
    browser.type("#kill-write input[name=reason]", "incident 7");
    browser.click("#kill-write button[type=submit]");
    browser.until("it is said", () -> browser.text("#banner-switched").contains("incident 7"));
    assertTrue(get("/api/v1/kill-switch").contains("keep-all"));
    browser.until("among the changes", () -> browser.text("#changes").contains("incident 7"));
    browser.click("#kill");
    browser.type("#kill-write input[name=reason]", "over");
    browser.click("#kill-write button[type=submit]");
    browser.until("it is off", () -> !browser.has("#banner-switched"));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(8)
  void theRecordingAnswersAboutAnotherBudget() {
    open("whatif?amount=0.4&error=0.3");
    browser.click("#exact");
    browser.until("now and then", () -> browser.has("#comparison"));
    browser.click("#copy-policy");
    browser.until("a draft", () -> browser.text("#review").contains("errors-weight"));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(9)
  void moreIsKeptForAWhile() {
    open("alerts");
    browser.click("#new-boost");
    browser.find("#boost-dialog");
    browser.type("#boost-dialog label input", "cart");
    browser.click("#boost-look");
    browser.until("what it costs", () -> browser.has("#boost-preview"));
    browser.type("#boost-write input[name=reason]", "incident 7");
    browser.click("#boost-write button[type=submit]");
    browser.until("it lasts", () -> browser.text("#boosts").contains("incident 7"));
    browser.heardNothingBut(NOTHING);
  }

  /** A8: whatever the page writes, a shell writes with what stands beside it. */
  @Test
  @Order(10)
  void whatIsShownBesideAWriteDoesTheSame() throws IOException, InterruptedException {
    ShellWrites writes = new ShellWrites(browser, demo, shell);
    writes.policy(policy("shell"));
    writes.recommendation();
    writes.silence();
    told.clear();
    shell.run("#webhook");
    browser.until("a message", () -> !told.isEmpty());
    writes.boost();
    writes.killSwitch();
    open("whatif");
    browser.find("#answer");
    assertTrue(shell.run("#answer").contains("shareOfBytes"));
    browser.heardNothingBut(NOTHING);
  }

  /** Its streams end, and what they had not told yet comes when somebody looks again. */
  @Test
  @Order(11)
  void nothingIsAskedWhileNobodyLooks() {
    open("explain");
    browser.until("it listens", () -> status().at("/admin/streams").asInt() >= 2);
    browser.until("decisions come", () -> browser.has("#decision-rows tbody a"));
    String first = newest(); // of the list; what comes above it has come by the stream
    browser.until("decisions come by the stream", () -> !newest().equals(first));
    browser.driver.executeScript(
        """
        const real = fetch;
        window.asked = 0;
        window.resumed = [];
        window.fetch = (...all) => {
          window.asked++;
          const after = all[1]?.headers?.['last-event-id'];
          if (after) window.resumed.push(all[0]);
          return real(...all);
        };
        """);
    browser.shown(false);
    browser.until("nobody listens", () -> status().at("/admin/streams").asInt() == 0);
    long before = asked();
    JsonNode then = status();
    Instant later = Instant.parse(then.at("/now").asString()).plusSeconds(3);
    browser.until(
        "three beats have passed",
        () -> Instant.parse(status().at("/now").asString()).isAfter(later));
    assertEquals(before, asked());
    long beats = beats(status()) - beats(then);
    assertTrue(beats <= 1, beats + " beats of streams without a listener");
    browser.shown(true);
    browser.until("it listens again", () -> status().at("/admin/streams").asInt() >= 2);
    browser.until(
        "the decisions go on where they were",
        () ->
            String.valueOf(browser.driver.executeScript("return window.resumed"))
                .contains("/api/v1/stream/decisions"));
  }

  /** The first decision of the list. */
  private static String newest() {
    return String.valueOf(
        browser.driver.executeScript(
            "return document.querySelector('#decision-rows tbody a')?.getAttribute('href')"));
  }

  private static JsonNode status() {
    return demo.get("/api/v1/status");
  }

  private static long beats(JsonNode status) {
    return status.path("timerRuns").path("event streams").asLong();
  }

  private static long asked() {
    return ((Number) browser.driver.executeScript("return window.asked")).longValue();
  }

  /** Dialogs are opened, kept to and left by keys; a link is followed, the heat map is read. */
  @Test
  @Order(12)
  void everythingIsDoneByKeys() {
    browser.go("about:blank");
    open("overview");
    browser.until("there is something to reach", () -> browser.has("#spenders tbody a"));
    browser.press(Keys.TAB);
    assertEquals("skip", focused("className"));
    browser.press(Keys.ENTER);
    assertEquals("main", focused("id"));
    TabWalk.opensByEnter(browser, "#kill", "#kill-dialog");
    TabWalk.opensByEnter(browser, ".tools button.icon", "#token-dialog");
    turnTo("alerts");
    browser.find("#alert-rules tbody button");
    TabWalk.opensByEnter(browser, "#new-boost", "#boost-dialog");
    TabWalk.opensByEnter(browser, "#alert-rules tbody button", "#silence-dialog");
    turnTo("policy");
    browser.find("#undo");
    TabWalk.opensByEnter(browser, "#undo", "#back-dialog");
    turnTo("operations?form=heat");
    browser.find(".heat-canvas");
    TabWalk.focus(browser, ".heat-canvas");
    browser.press(Keys.ARROW_RIGHT);
    browser.press(Keys.ARROW_DOWN);
    browser.until("a cell is told", () -> browser.text("#heat-cell").contains(" · "));
    TabWalk.focus(browser, ".menu a[href='#/audit']");
    browser.press(Keys.ENTER);
    browser.until("the audit", () -> browser.has("#audit"));
    browser.heardNothingBut(NOTHING);
  }

  private static Object focused(String property) {
    return browser.driver.executeScript("return document.activeElement." + property);
  }

  /** Each is opened once and then changed as a reader changes it. */
  @Test
  @Order(13)
  void everyViewIsWellInBothThemesLanguagesAndWidths() throws IOException {
    long since = System.nanoTime();
    browser.go("about:blank");
    PageLook look = new PageLook(browser, "");
    for (String view : new TreeSet<>(VIEWS.keySet())) {
      browser.size(1100, 900);
      open(view.replace("{trace}", aKeptTrace())); // of late: the log forgets the oldest
      look.at(view.replaceAll("[?]pause=1", ""), VIEWS.get(view), PageLook.ways());
      browser.heardNothingBut(NOTHING);
    }
    times.add(
        "all views, looked at and by axe: "
            + (System.nanoTime() - since) / 1_000_000
            + " ms: "
            + look.cost());
    assertEquals(List.of(), look.wrong());
  }

  private static String aKeptTrace() {
    return demo.get("/api/v1/decisions?outcome=kept&limit=1").at("/decisions/0/traceId").asString();
  }

  @Test
  @Order(14)
  void allComesFromOneOrigin() {
    String own = demo.url().substring(0, demo.url().length() - 1);
    assertEquals(Set.of(own), browser.origins());
  }
}
