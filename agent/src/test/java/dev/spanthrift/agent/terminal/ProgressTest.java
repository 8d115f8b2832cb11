package dev.spanthrift.agent.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter text = new StringWriter();
  private long now;

  private Progress progress(boolean live) {
    return new Progress(new PrintWriter(text), new Terminal(live), () -> now);
  }

  @Test
  void aTerminalShowsOneBarThatIsDrawnOver() {
    Progress progress = progress(true);
    progress.at(1, 4, "a");
    now = 100;
    progress.at(2, 4, "b");
    progress.end(4, 4, "c");
    String half = "█".repeat(15) + "░".repeat(15);
    String full = "█".repeat(30);
    assertEquals(
        "\r\u001b[2K" + half + "  50 %  b\r\u001b[2K" + full + " 100 %  c" + System.lineSeparator(),
        text.toString());
  }

  @Test
  void elseALineNowAndThen() {
    Progress progress = progress(false);
    now = 4_999;
    progress.at(1, 4, "a");
    now = 5_000;
    progress.at(2, 4, "b");
    progress.end(4, 4, "c");
    assertEquals("50 % b" + System.lineSeparator(), text.toString());
  }

  @Test
  void whoeverAsksForNoColourGetsPlainLines() {
    assertFalse(Terminal.detect(Map.of("NO_COLOR", "1", "TERM", "xterm")).live());
    assertFalse(Terminal.detect(Map.of("TERM", "dumb")).live());
  }
}
