package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Chromium without a window, by its own driver, both as Debian packages them.
 *
 * <p>Waits for conditions, generously: a slow machine makes a test slow, not red.
 */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN = Duration.ofMillis(50);
  private static final List<String> CHROMIUMS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final List<String> DRIVERS =
      List.of("/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver");

  final ChromeDriver driver;
  private final List<String> messages = new ArrayList<>();
  private final Set<String> origins = new TreeSet<>();

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Whether there is one. */
  static boolean isThere() {
    return found(CHROMIUMS) != null && found(DRIVERS) != null;
  }

  private static File found(List<String> places) {
    return Stream.concat(
            Stream.ofNullable(System.getenv("CHROMIUM")).filter(one -> places == CHROMIUMS),
            places.stream())
        .map(File::new)
        .filter(File::canExecute)
        .findFirst()
        .orElse(null);
  }

  static Browser open() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(found(CHROMIUMS));
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // in a container as root there is none
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--lang=en-US");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(found(DRIVERS))
            .usingAnyFreePort()
            .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(PATIENCE).pageLoadTimeout(PATIENCE);
    Browser browser = new Browser(driver);
    browser.size(1100, 800);
    return browser;
  }

  void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** What the system would say of light and dark. */
  void prefers(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Whether the page is looked at: a tab behind another is not. */
  void shown(boolean visible) {
    driver.executeScript(
        """
        Object.defineProperty(document, 'hidden', {value: !arguments[0], configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
        """,
        visible);
  }

  void go(String url) {
    driver.get(url);
  }

  /** Waits until it holds. */
  void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (condition.getAsBoolean()) {
          return;
        }
      } catch (StaleElementReferenceException redrawn) {
        // asked again
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + PATIENCE + ": " + what + "\n" + text("body"));
      }
      try {
        Thread.sleep(BETWEEN);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  boolean has(String selector) {
    return !driver.findElements(By.cssSelector(selector)).isEmpty();
  }

  WebElement find(String selector) {
    until(selector, () -> has(selector));
    return driver.findElement(By.cssSelector(selector));
  }

  /** Its text, or nothing where it is not. */
  String text(String selector) {
    return (String)
        driver.executeScript(
            "return document.querySelector(arguments[0])?.innerText ?? ''", selector);
  }

  /** Over how many lines its text runs. */
  int lines(String selector) {
    Object lines =
        driver.executeScript(
            """
            const range = document.createRange();
            range.selectNodeContents(document.querySelector(arguments[0]));
            return new Set([...range.getClientRects()].map((one) => Math.round(one.bottom))).size;
            """,
            selector);
    return ((Number) lines).intValue();
  }

  /** Clicks when it can be clicked, as a person would. */
  void click(String selector) {
    until(
        "a click on " + selector,
        () ->
            Boolean.TRUE.equals(
                driver.executeScript(
                    """
                    const one = document.querySelector(arguments[0]);
                    if (!one || one.disabled) return false;
                    one.scrollIntoView({block: 'center'});
                    one.click();
                    return true;
                    """,
                    selector)));
  }

  /** Types in place of what stands there. */
  void type(String selector, String words) {
    until(
        "typing in " + selector,
        () ->
            Boolean.TRUE.equals(
                driver.executeScript(
                    """
                    const one = document.querySelector(arguments[0]);
                    if (!one) return false;
                    one.value = arguments[1];
                    one.dispatchEvent(new Event('input', {bubbles: true}));
                    return true;
                    """,
                    selector,
                    words)));
  }

  /** Takes one of a list, as a person would. */
  void choose(String selector, String value) {
    until(
        "choosing " + value + " of " + selector,
        () ->
            Boolean.TRUE.equals(
                driver.executeScript(
                    """
                    const one = document.querySelector(arguments[0]);
                    if (!one) return false;
                    if (one.value === arguments[1]) return true;
                    one.value = arguments[1];
                    one.dispatchEvent(new Event('change', {bubbles: true}));
                    return true;
                    """,
                    selector,
                    value)));
  }

  /** A key, as a person presses it. */
  void press(Keys key) {
    new Actions(driver).sendKeys(key).perform();
  }

  /** The tabulator, so many times: without the pauses that a person makes. */
  void tab(int times) {
    Map<String, Object> down =
        Map.of(
            "type", "rawKeyDown", "key", "Tab", "code", "Tab", "windowsVirtualKeyCode", (int) '\t');
    for (int i = 0; i < times; i++) {
      driver.executeCdpCommand("Input.dispatchKeyEvent", down);
    }
  }

  void screenshot(Path file) throws IOException {
    Object shot =
        driver
            .executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
            .get("data");
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode((String) shot));
  }

  /** What axe finds wrong with the page as it stands, by the rules of WCAG 2.2 AA and its own. */
  List<String> violations() throws IOException {
    if (!Boolean.TRUE.equals(driver.executeScript("return 'axe' in window"))) {
      try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
        driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[0];
            axe.run({resultTypes: ['violations'], preload: false, selectors: false}).then(
              (all) => done(all.violations.map((one) => one.id + ' ' + one.nodes[0].html)),
              (error) => done(['axe failed: ' + error]));
            """);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  /** Reads what the browser noted since; keeps it. */
  void listen() {
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      messages.add(entry.getLevel() + " " + entry.getMessage());
    }
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = JsonMapper.shared().readTree(entry.getMessage()).path("message");
      if (message.path("method").asString().equals("Network.requestWillBeSent")) {
        URI uri =
            URI.create(message.at("/params/request/url").asString().replaceAll("[|\\s].*", ""));
        if (!uri.getScheme().equals("data") && !uri.getScheme().equals("blob")) {
          origins.add(uri.getScheme() + "://" + uri.getAuthority());
        }
      }
    }
  }

  /** Errors of scripts, of loading and of the content policy; none but those that were expected. */
  void heardNothingBut(String expected) {
    listen();
    assertEquals(
        List.of(),
        messages.stream()
            .filter(one -> one.startsWith("SEVERE") || one.startsWith("WARNING"))
            .filter(one -> !one.matches(expected))
            .toList());
  }

  Set<String> origins() {
    listen();
    return origins;
  }

  void forgetMessages() {
    listen();
    messages.clear();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
