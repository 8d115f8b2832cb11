package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Does in a shell what the page shows beside a write, beside the token that it asks for. */
final class ShownCurl {
  private final Browser browser;
  private final Path folder;

  ShownCurl(Browser browser, Path folder) {
    this.browser = browser;
    this.folder = folder;
  }

  /** Of the part of the page that matches. */
  String shown(String place) {
    String curl = text(place, "curl");
    assertTrue(curl.startsWith("curl -X "), curl);
    assertFalse(curl.contains(RunningProgram.TOKEN), "the token stays in its file");
    return curl;
  }

  private String text(String place, String label) {
    return (String)
        browser.driver.executeScript(
            """
            return [...document.querySelectorAll(arguments[0] + ' pre')]
              .find((one) => one.getAttribute('aria-label') === arguments[1])?.textContent ?? '';
            """,
            place,
            label);
  }

  /** Runs it, as it stands; answers the body of what came, which is a success. */
  String run(String place) throws IOException, InterruptedException {
    String curl = shown(place);
    String yaml = text(place, "YAML");
    if (!yaml.isEmpty()) {
      Files.writeString(folder.resolve("policy.yaml"), yaml);
    }
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh", "-c", curl + " --silent --show-error --write-out '\\n%{http_code}'");
    shell.directory(folder.toFile()).redirectErrorStream(true);
    shell.environment().put("LC_ALL", "C.UTF-8");
    Process process = shell.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    int line = said.lastIndexOf('\n');
    assertTrue(said.substring(line + 1).matches("2\\d\\d"), curl + "\n" + said);
    return said.substring(0, Math.max(0, line));
  }
}
