package dev.spanthrift.agent.terminal;

import java.io.Console;
import java.util.Map;

/**
 * Whether a person is looking, and whether lines may be drawn over.
 *
 * @param live lines may be drawn over
 */
public record Terminal(boolean live) {
  /** A terminal that is asked for no colours (no-color.org) or is dumb gets plain lines. */
  @SuppressWarnings("SystemConsoleNull") // Java 25 gives null again when nobody is there
  public static Terminal detect(Map<String, String> environment) {
    Console console = System.console();
    return new Terminal(
        console != null
            && console.isTerminal()
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb"));
  }
}
