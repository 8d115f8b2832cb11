package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./spanthrift demo}, as a new user starts it; its output is a pipe here. */
@Timeout(300)
class DemoIT {
  private static final Pattern FIGURES =
      Pattern.compile(
          "00:\\d\\d in [\\d,]+ spans/s .* kept [\\d,]+ of ([\\d,]+) spans, .*saved .*");

  @TempDir Path temp;

  /** With a policy of the user's on top of the demo's budget, so that errors are certain. */
  @Test
  void endsByItselfWithFiguresThatAgree() {
    String policies = "[{name: errors, match: {hasError: true}, keep: true}]";
    try (Program demo =
        new Launch(temp).env("SPANTHRIFT_POLICIES", policies).call("demo", "--seconds", "8")) {
      assertEquals(0, demo.exit(), () -> demo.out() + demo.err());
      assertTrue(
          demo.err().lines().noneMatch(line -> line.matches(".* (WARN|ERROR) .*")), demo.err());
      List<String> figures = demo.out().lines().filter(FIGURES.asMatchPredicate()).toList();
      assertTrue(figures.size() >= 2, demo.out());
      assertSummary(demo);
      String pattern = "  at the backend .* ([\\d,]+) of ([\\d,]+) failed traces.*";
      Matcher failed = find(pattern, demo.out());
      assertEquals(failed.group(2), failed.group(1), demo.out());
      assertTrue(Integer.parseInt(failed.group(2)) > 0, demo.out());
    }
  }

  /** What a first user sees: a cold sampler on a tenth of the money, and an incident at once. */
  @Test
  void s9_keepsTheErrorsOnItsBudgetFromTheStart() {
    try (Program demo = new Launch(temp).call("demo", "--seconds", "8")) {
      assertEquals(0, demo.exit(), () -> demo.out() + demo.err());
      assertSummary(demo);
      Matcher failed =
          find("  at the backend .* ([\\d,]+) of ([\\d,]+) failed traces.*", demo.out());
      int kept = Integer.parseInt(failed.group(1));
      int all = Integer.parseInt(failed.group(2));
      assertTrue(all >= 10 && kept >= all * 0.9, demo.out());
      assertTrue(demo.out().contains(" USD for the hour, of which "), demo.out());
      assertTrue(demo.out().contains("too little for a forecast"), demo.out());
      assertTrue(demo.out().contains("  kept for "), demo.out());
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void ctrlCEndsItCleanWithASummary() throws IOException, InterruptedException {
    try (Program demo = new Launch(temp).begin("demo")) {
      Await.until(
          () -> demo.out() + demo.err(),
          () -> demo.out().lines().anyMatch(FIGURES.asMatchPredicate()) || !demo.isAlive());
      new ProcessBuilder("kill", "-INT", "" + demo.pid()).start().waitFor();
      assertEquals(128 + 2, demo.exit(), demo::err);
      assertSummary(demo);
    }
  }

  /** All that was made was received, some of it is at the backend, and the sums agree. */
  private static void assertSummary(Program demo) {
    String out = demo.out();
    long sent = number("  sent +([\\d,]+) spans in .*", out);
    assertTrue(sent > 1_000, out);
    assertEquals(sent, number("  received +([\\d,]+) spans, .* MB", out), out);
    assertTrue(number("  at the backend +([\\d,]+) spans .*", out) < sent, out);
    Matcher laws = find("  SUMS +(\\d+) of (\\d+) agree.*", out);
    assertEquals(laws.group(2), laws.group(1), out);
    assertTrue(find("  saved .* USD; at this pace .*", out).matches());
  }

  private static long number(String pattern, String text) {
    return Long.parseLong(find(pattern, text).group(1).replace(",", ""));
  }

  private static Matcher find(String pattern, String text) {
    for (String line : text.split("\n")) {
      Matcher matcher = Pattern.compile(pattern).matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
    throw new AssertionError("no line like " + pattern + " in:\n" + text);
  }
}
