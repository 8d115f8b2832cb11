package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoScreenTest {
  private static PipelineStatus status(long millis, long factor, Map<String, Long> kept) {
    return new PipelineStatus(
        0,
        millis,
        Map.of(),
        new PipelineStatus.Spans(
            1_000 * factor,
            500_000 * factor,
            10,
            100 * factor,
            50_000 * factor,
            kept,
            890 * factor,
            445_000 * factor,
            Map.of("default", 890 * factor),
            95 * factor,
            5,
            Map.of(),
            0),
        new PipelineStatus.Held(4, 10, 1 << 20, 64 << 20),
        List.of(),
        List.of(
            new PipelineStatus.Identity("offered = refused + received", 3, 3),
            new PipelineStatus.Identity("kept = shipped + queued + failed", 3, 4)));
  }

  private static Figures figures(double seconds, Map<String, Long> kept) {
    return new Figures(
        seconds,
        0,
        new SidecarProgram.Ports(4317, 4318, 4321),
        new Traffic.Counts(100, 2_000, 12, 1, 8, 0),
        10,
        Incident.within(0),
        status(20_000, 2, kept),
        status(19_000, 1, kept),
        null,
        new DemoBackend.Counts(5, 100_000, 190, 10, 0),
        new BigDecimal("0.50"),
        Currency.getInstance("USD"));
  }

  @Test
  void showsWhatCameInWentOutWasKeptAndWhyAndTheMoneySaved() {
    List<String> rows = DemoScreen.rows(figures(30, Map.of("errors", 150L, "default", 50L)));
    String all = String.join("\n", rows);
    assertTrue(all.contains("IN            1,000 spans/s     0.50 MB/s"), all);
    assertTrue(all.contains("OUT              95 spans/s     0.05 MB/s"), all);
    assertTrue(all.contains("  errors                     150    7.5 %"), all);
    assertTrue(all.contains("ERRORS  100.0 % kept: 10 of 10"), all);
    assertTrue(all.contains("saved 0.0004 USD at 0.50 per GB"), all);
    assertTrue(all.contains("INCIDENT payments fail and are slow; 8 failed traces"), all);
    assertTrue(all.contains("SUMS    1 of 2 agree"), all);
    assertTrue(all.contains("not kept = shipped + queued + failed"), all);
  }

  @Test
  void fitsEightyColumnsAndTwentyFourLinesWhateverTheReasons() {
    Map<String, Long> many = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      many.put("a policy with quite a long name " + i, 1_000_000L * i);
    }
    List<String> rows = DemoScreen.rows(figures(70, many));
    assertTrue(rows.size() <= 24, rows.size() + " rows");
    for (String row : rows) {
      if (!row.startsWith("SUMS")) {
        assertTrue(row.length() <= 80, row);
      }
    }
  }

  @Test
  void theIncidentIsSeenInShortDemosToo() {
    assertEquals(Incident.Phase.RUNNING, Incident.within(6).phase(3_000_000_000L));
    assertEquals(Incident.Phase.OVER, Incident.within(6).phase(5_000_000_000L));
    assertEquals(Incident.Phase.AHEAD, Incident.within(0).phase(19_000_000_000L));
    assertEquals(Incident.Phase.RUNNING, Incident.within(0).phase(44_000_000_000L));
  }
}
