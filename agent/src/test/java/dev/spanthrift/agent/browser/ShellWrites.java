package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** Each write of the page, prepared there and done by the curl that it shows. */
final class ShellWrites {
  private final Browser browser;
  private final RunningProgram program;
  private final ShownCurl shell;

  ShellWrites(Browser browser, RunningProgram program, ShownCurl shell) {
    this.browser = browser;
    this.program = program;
    this.shell = shell;
  }

  private void open(String view) {
    browser.go("about:blank");
    browser.go(program.url() + "#/" + view);
    browser.until("the view " + view, () -> !browser.text("h1").isEmpty());
  }

  /** Opened, and as axe wants it. */
  private void dialog(String selector) throws IOException {
    browser.find(selector + "[open]");
    assertEquals(List.of(), browser.violations(), selector);
  }

  private String inForce() {
    return program.ask("/api/v1/policy").body();
  }

  private String etag() {
    return program.ask("/api/v1/policy").headers().firstValue("ETag").orElseThrow();
  }

  /** Applied by the shell, undone by it, and applied by the page: the same hash. */
  void policy(String yaml) throws IOException, InterruptedException {
    String before = inForce();
    open("policy");
    browser.find("#verdict-line.good");
    browser.type("#policy-text", yaml);
    browser.find("#apply button[type=submit]:enabled");
    shell.run("#review");
    String byShell = etag();
    assertTrue(!inForce().equals(before), "another policy");
    open("policy");
    browser.click("#undo");
    dialog("#back-dialog");
    shell.run("#back-dialog");
    assertEquals(before, inForce());
    open("policy");
    browser.find("#verdict-line.good");
    browser.type("#policy-text", yaml);
    browser.type("#apply input[name=reason]", "like the shell");
    browser.click("#apply button[type=submit]:enabled");
    browser.until("it is in force", () -> !inForce().equals(before));
    assertEquals(byShell, etag(), "the same version hash");
  }

  /** Taken as a draft, and dismissed. */
  void recommendation() throws IOException, InterruptedException {
    open("policy");
    browser.click("#recommend");
    String one = "#recommendations li:has(> details)";
    String id = browser.find(one).getDomAttribute("id").substring("rec-".length());
    assertTrue(shell.run(one).contains("policies"), "a draft");
    browser.click(one + " button[aria-expanded]");
    browser.find("#dismiss-" + id);
    shell.run(one + " > form ~ details");
    JsonNode now = program.get("/api/v1/recommendations").path("recommendations");
    assertEquals(
        List.of("dismissed"),
        now.valueStream()
            .filter(each -> each.path("id").asString().equals(id))
            .map(each -> each.path("state").asString())
            .toList(),
        now::toString);
  }

  /** Of the first rule; leaves the alerts open. */
  void silence() throws IOException, InterruptedException {
    open("alerts");
    browser.click("#alert-rules tbody button");
    dialog("#silence-dialog");
    shell.run("#silence-dialog");
    browser.press(Keys.ESCAPE);
    browser.until("it is silent", () -> browser.text("#silences").contains("incident 7"));
  }

  /** Begun and ended. */
  void boost() throws IOException, InterruptedException {
    browser.click("#new-boost");
    dialog("#boost-dialog");
    browser.type("#boost-dialog label input", "quote");
    shell.run("#boost-dialog");
    browser.press(Keys.ESCAPE);
    browser.until("it lasts", () -> browser.text("#boosts").contains("quote"));
    browser.driver.executeScript(
        """
        [...document.querySelectorAll('#boosts tbody tr')]
          .find((one) => one.innerText.includes('quote')).querySelector('button').click()
        """);
    dialog("#boost-end");
    shell.run("#boost-end");
    browser.press(Keys.ESCAPE);
    JsonNode active = program.get("/api/v1/boosts").path("boosts");
    assertTrue(
        active.valueStream().noneMatch(one -> one.toString().contains("quote")), active::toString);
  }

  /** On and off. */
  void killSwitch() throws IOException, InterruptedException {
    for (String mode : List.of("keep-all", "off")) {
      browser.click("#kill");
      dialog("#kill-dialog");
      shell.run("#kill-dialog");
      assertEquals(mode, program.get("/api/v1/kill-switch").path("mode").asString());
      browser.press(Keys.ESCAPE);
      browser.until(
          "the page knows", () -> browser.has("#banner-switched") == mode.equals("keep-all"));
    }
  }
}
