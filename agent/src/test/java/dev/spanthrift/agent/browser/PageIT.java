package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
import tools.jackson.databind.json.JsonMapper;

/**
 * The page beside a real demo, in a real browser: the first minute, every write, every view in both
 * themes, languages and widths. Pictures and times are left in {@code target/browser}, to be looked
 * at.
 */
@Tag("browser")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {
  private static final Path LEFT = Path.of("target", "browser");
  private static final String NOTHING = "";

  /** Each view with what it shows once it has all that it needs. */
  private static final Map<String, String> VIEWS =
      Map.ofEntries(
          Map.entry("overview", "#reasons canvas"),
          Map.entry("operations", "#operations tbody a"),
          Map.entry("operations?form=heat", ".heat-canvas"),
          Map.entry("operation/catalog/catalog.List", "#op-rate canvas"),
          Map.entry("policy", "#verdict-line.good"),
          Map.entry("whatif", "#curve"),
          Map.entry("explain", "#decision-rows tbody a"),
          Map.entry("explain/{trace}", "#drawn"),
          Map.entry("alerts", "#alert-rules tbody td"),
          Map.entry("pipeline", "#flow canvas"),
          Map.entry("fleet", "main .nothing"),
          Map.entry("audit", "#audit tbody td"));

  @TempDir static Path folder;
  private static RunningDemo demo;
  private static Browser browser;
  private static final List<String> times = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue(Browser.isThere(), "skipped: no browser");
    demo = RunningDemo.start(folder);
    browser = Browser.open();
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
    }
    if (demo != null) {
      demo.close();
    }
    Files.createDirectories(LEFT);
    Files.write(LEFT.resolve("times.txt"), times);
  }

  private static void open(String view) {
    browser.go(demo.url() + "#/" + view);
    browser.until("the view " + view, () -> !browser.text("h1").isEmpty());
  }

  private static void say(String what, long sinceNanos) {
    times.add(what + ": " + (System.nanoTime() - sinceNanos) / 1_000_000 + " ms");
  }

  @Test
  @Order(1)
  void theFirstMinute() {
    long begin = System.nanoTime();
    browser.go(demo.url());
    browser.until("ready", () -> browser.text("#state").contains("ready"));
    say("page answers and says ready", begin);
    assertTrue(browser.text("#banner-demo").contains("Simulated"));

    browser.until("spending", () -> browser.text("#saved .big").contains("USD"));
    String first = browser.text("#saved .big");
    browser.until("savings move", () -> !browser.text("#saved .big").equals(first));
    say("savings move", begin);
    browser.until("the stacked chart", () -> browser.has("#reasons canvas"));
    say("the chart fills", begin);
    browser.until("errors kept", () -> browser.text("#errors-kept .big").contains("%"));
    say("errors kept are told", begin);

    browser.until("coach mark 1", () -> browser.text("#tour").contains("1 of 3"));
    say("coach mark 1", begin);
    browser.click("#tour-explain");
    browser.until("a verdict", () -> browser.text("#verdict").contains("ropped"));
    browser.click("#tour-next");
    browser.click("#tour-whatif");
    browser.find("#slide-budget");
    String before = browser.text("#pairs");
    Object millis =
        browser.driver.executeAsyncScript(
            """
            const done = arguments[0];
            const slider = document.getElementById('slide-budget');
            const begin = performance.now();
            new MutationObserver((_, self) => { self.disconnect(); done(performance.now() - begin); })
              .observe(document.getElementById('pairs'), {subtree: true, childList: true, characterData: true, attributes: true});
            slider.value = Number(slider.max);
            slider.dispatchEvent(new Event('input', {bubbles: true}));
            """);
    times.add("a slider is answered in " + millis + " ms");
    browser.until("other figures", () -> !browser.text("#pairs").equals(before));
    browser.click("#tour-next");
    browser.until("coach mark 3", () -> browser.text("#tour").contains("OTEL_EXPORTER"));
    browser.until("it waits for spans", () -> browser.has("#tour-dot.note"));
    demo.sendSpanOf("my-app");
    browser.until("the green dot", () -> browser.has("#tour-dot.good"));
    assertTrue(browser.text("#tour-dot").contains("my-app"));
    say("spans of one's own are seen", begin);
    browser.click("#tour-next");
    browser.until("the marks are gone", () -> !browser.has("#tour"));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(2)
  void aTraceIsExplainedFromTheList() {
    open("explain");
    browser.until("decisions", () -> browser.has("#decision-rows a"));
    browser.driver.executeScript("document.querySelector('#decision-rows a').click()");
    browser.until(
        "an explanation", () -> browser.has("#why") && !browser.text("#verdict").isBlank());
    open("explain/00000000000000000000000000000001");
    browser.until("reasons", () -> browser.has("#explanation li"));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(3)
  void theTokenComesWithTheAddressAndStaysOutOfIt() {
    browser.go("about:blank");
    browser.go(demo.url() + "#/policy?token=" + RunningDemo.TOKEN);
    browser.find("#policy-text");
    assertFalse(browser.driver.getCurrentUrl().contains(RunningDemo.TOKEN));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(4)
  void aPolicyIsTriedAppliedContestedAndUndone() throws IOException, InterruptedException {
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
    String curl =
        (String)
            browser.driver.executeScript(
                "return document.querySelector('#review .same pre').textContent");
    assertTrue(curl.contains("If-Match") && curl.contains("--data-binary"), curl);
    assertFalse(curl.contains(RunningDemo.TOKEN));
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

  private static void putByAnother(String yaml) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create(demo.url() + "api/v1/policy");
      var now =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      HttpRequest put =
          HttpRequest.newBuilder(uri)
              .header("Authorization", "Bearer " + RunningDemo.TOKEN)
              .header("Content-Type", "application/yaml")
              .header("If-Match", now.headers().firstValue("ETag").orElseThrow())
              .PUT(HttpRequest.BodyPublishers.ofString(yaml))
              .build();
      var answer = client.send(put, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  private static String get(String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create(demo.url() + path.substring(1));
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(5)
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
  @Order(6)
  void theRecordingAnswersAboutAnotherBudget() {
    open("whatif?amount=0.4&error=0.3");
    browser.click("#exact");
    browser.until("now and then", () -> browser.has("#comparison"));
    browser.click("#copy-policy");
    browser.until("a draft", () -> browser.text("#review").contains("errors-weight"));
    browser.heardNothingBut(NOTHING);
  }

  @Test
  @Order(7)
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

  /** Its streams end, and what they had not told yet comes when somebody looks again. */
  @Test
  @Order(8)
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
    return JsonMapper.shared().readTree(get("/api/v1/status"));
  }

  private static long beats(JsonNode status) {
    return status.path("timerRuns").path("event streams").asLong();
  }

  private static long asked() {
    return ((Number) browser.driver.executeScript("return window.asked")).longValue();
  }

  @Test
  @Order(9)
  void everythingIsReachedByKeys() {
    browser.go("about:blank");
    open("overview");
    browser.until("there is something to reach", () -> browser.has("#spenders tbody a"));
    browser.press(Keys.TAB);
    assertEquals("skip", focused("className"));
    browser.press(Keys.ENTER);
    assertEquals("main", focused("id"));
    browser.press(Keys.TAB);
    assertEquals("solid", browser.driver.executeScript(OUTLINE), "one sees where one is");
    browser.driver.executeScript("document.getElementById('state').tabIndex = -1");
    browser.driver.executeScript("document.getElementById('state').focus()");
    browser.press(Keys.TAB);
    assertEquals("kill", focused("id"));
    browser.press(Keys.ENTER);
    browser.until("the dialog", () -> browser.has("#kill-dialog[open]"));
    assertEquals(
        true,
        browser.driver.executeScript(
            "return document.getElementById('kill-dialog').contains(document.activeElement)"));
    browser.press(Keys.ESCAPE);
    browser.until("it is closed", () -> !browser.has("#kill-dialog"));
    browser.until("back where one was", () -> "kill".equals(focused("id")));
    Object unreached = browser.driver.executeScript(UNREACHED);
    assertEquals(List.of(), unreached);
  }

  private static final String OUTLINE =
      "return getComputedStyle(document.activeElement).outlineStyle";

  /** What can be clicked and not be reached with the tabulator. */
  private static final String UNREACHED =
      """
      return [...document.querySelectorAll('[onclick], a, button, select, input, textarea, summary')]
        .filter((one) => one.tabIndex < 0 || (one.localName === 'a' && !one.href))
        .map((one) => one.outerHTML);
      """;

  private static Object focused(String property) {
    return browser.driver.executeScript("return document.activeElement." + property);
  }

  /**
   * As if a controller's objects were in force: what REST then refuses, the page does not offer.
   */
  @Test
  @Order(10)
  void aPolicyOfObjectsCanOnlyBeRead() {
    browser.go("about:blank");
    open("overview");
    browser.driver.executeScript(
        """
        const real = fetch;
        window.fetch = async (path, ...all) => {
          const answer = await real(path, ...all);
          if (path !== '/api/v1/policy/effective') return answer;
          const body = {...await answer.json(), origin: 'objects', objects: ['SamplingPolicy shop/errors']};
          return new Response(JSON.stringify(body), {headers: {'content-type': 'application/json'}});
        };
        """);
    open("policy");
    browser.until(
        "the object", () -> browser.text("#origin").contains("SamplingPolicy shop/errors"));
    assertTrue(
        browser.text("#origin").contains("kubectl edit samplingpolicy errors -n shop"),
        browser.text("#origin"));
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
    browser.go("about:blank");
  }

  @Test
  @Order(11)
  void everyViewIsWellInBothThemesLanguagesAndWidths() throws IOException {
    long begin = System.nanoTime();
    open("overview");
    List<String> wrong = new ArrayList<>();
    for (String language : List.of("en", "ko")) {
      browser.driver.executeScript(
          "localStorage.setItem('spanthrift.language', arguments[0])", language);
      for (String theme : List.of("light", "dark")) {
        browser.prefers(theme);
        for (int width : List.of(1100, 375)) {
          browser.size(width, 900);
          browser.go("about:blank");
          String trace = aKeptTrace(); // of late: the log forgets the oldest
          for (String view : new TreeSet<>(VIEWS.keySet())) {
            open(view.replace("{trace}", trace));
            browser.find(VIEWS.get(view));
            look(view + " " + language + " " + theme + " " + width, wrong);
          }
          browser.heardNothingBut(NOTHING);
          open("overview");
        }
      }
    }
    say("all views, looked at and by axe", begin);
    assertEquals(List.of(), wrong);
  }

  private static String aKeptTrace() {
    return JsonMapper.shared()
        .readTree(get("/api/v1/decisions?outcome=kept&limit=1"))
        .at("/decisions/0/traceId")
        .asString();
  }

  private static void look(String what, List<String> wrong) throws IOException {
    browser.screenshot(LEFT.resolve(what.replaceAll("[^\\w.]+", "-") + ".png"));
    Number wide =
        (Number)
            browser.driver.executeScript(
                "return document.documentElement.scrollWidth -"
                    + " document.documentElement.clientWidth");
    if (wide.intValue() > 0) {
      wrong.add(what + " is " + wide + " px too wide");
    }
    browser.violations().forEach(violation -> wrong.add(what + ": " + violation));
  }

  @Test
  @Order(12)
  void allComesFromOneOrigin() {
    String own = demo.url().substring(0, demo.url().length() - 1);
    assertEquals(Set.of(own), browser.origins());
  }
}
