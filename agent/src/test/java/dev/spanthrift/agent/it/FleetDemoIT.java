package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.fleet.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./spanthrift demo --pods}: real sidecars, and a real engine that goes and comes back. */
@Timeout(300)
@DisabledOnOs(OS.WINDOWS)
class FleetDemoIT {
  private static final Pattern FIGURES =
      Pattern.compile(
          "(\\d\\d):(\\d\\d) in .* whole now ([\\d.]+) % of ([\\d,]+) traces, .* ([\\d,]+) torn, .*"
              + " engine (runs|stopped), (\\d+) of 3 pods alone");

  @TempDir Path temp;

  private Launch launch() throws IOException {
    Path engine = RedisServer.onPath(temp.resolve("bin"));
    return new Launch(temp).env("PATH", engine + ":" + System.getenv("PATH"));
  }

  private static List<MatchResult> figures(Program demo) {
    return FIGURES.matcher(demo.out()).results().toList();
  }

  @Test
  void tracesAreTornWhileTheEngineIsAwayAndWholeAgainWhenItIsBack() throws IOException {
    try (Program demo = launch().begin("demo", "--pods", "3", "--seconds", "42", "--outage", "5")) {
      awaitEnd(demo);
      String said = demo.out() + demo.err();
      assertEquals(0, demo.exit(), said);
      List<MatchResult> figures = figures(demo);
      assertTrue(
          figures.stream().anyMatch(f -> f.group(6).equals("stopped") && f.group(7).equals("3")),
          said);
      assertEquals("0", figures.getLast().group(7), said);
      assertTrue(number(find("  kept traces whole .* ([\\d,]+) torn; .*", demo)) > 0, said);
      String last = find("  kept traces whole .*; ([\\d.]+) % of the last", demo);
      assertTrue(Double.parseDouble(last) >= 99, said);
      assertEquals(
          find("  SUMS +(\\d+) of \\d+ .*", demo), find("  SUMS +\\d+ of (\\d+) .*", demo));
      assertTrue(number(find("  sent +([\\d,]+) spans in .* failed", demo)) > 10_000, said);
    }
  }

  @Test
  void ctrlCEndsAllThatItStarted() throws Exception {
    try (Program demo = launch().begin("demo", "--pods", "3")) {
      Await.until(() -> demo.out() + demo.err(), () -> !figures(demo).isEmpty() || !demo.isAlive());
      List<ProcessHandle> started =
          ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
      assertEquals(4, started.size(), "three sidecars and an engine: " + started);
      new ProcessBuilder("kill", "-INT", "" + demo.pid()).start().waitFor();
      assertEquals(128 + 2, demo.exit(), demo::err);
      assertTrue(demo.out().contains("Spanthrift demo, 00:"), demo.out());
      started.forEach(process -> assertFalse(process.isAlive(), process.info()::toString));
    }
  }

  @Test
  void anEngineThatRunsAlreadyIsUsedAndLeftRunning() {
    try (RedisServer engine = RedisServer.start(temp.resolve("engine"));
        Program demo =
            new Launch(temp)
                .begin("demo", "--pods", "2", "--seconds", "8", "--redis", engine.url())) {
      awaitEnd(demo);
      assertEquals(0, demo.exit(), () -> demo.out() + demo.err());
      assertTrue(number(engine.info("stats", "total_commands_processed").strip()) > 20);
      assertTrue(demo.out().contains("0 of 2 pods alone"), demo.out());
    }
  }

  /** However long it takes the processes of the demo to start: the test's own limit holds. */
  private static void awaitEnd(Program demo) {
    ProcessHandle.of(demo.pid()).ifPresent(process -> process.onExit().join());
  }

  private static String find(String pattern, Program demo) {
    return demo.out()
        .lines()
        .map(Pattern.compile(pattern)::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line like " + pattern + " in " + demo.out()));
  }

  private static long number(String figure) {
    return Long.parseLong(figure.replace(",", ""));
  }
}
