package dev.spanthrift.bench.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreVerdictTest {
  private static SetScore.Run run(String sampler, double error, double slow, double p95) {
    Map<String, Double> figures =
        Map.of(
            "error",
            error,
            "slow",
            slow,
            "affected",
            Double.NaN,
            "rare",
            Double.NaN,
            "faults",
            Double.NaN,
            "structures",
            5.0,
            "p95",
            p95,
            "bytes",
            5.0,
            "information",
            50.0);
    return new SetScore.Run(sampler, .05, ScoreFigures.of(List.of(figures)));
  }

  private static SetScore score(SetScore.Run... runs) {
    return new SetScore("set \"1\"", 10, 100, 2, 0, 5, List.of(runs));
  }

  private static void assertSays(List<String> lines, String... wanted) {
    assertTrue(lines.containsAll(List.of(wanted)), lines.toString());
  }

  @Test
  void saysWhereOursIsBehind() {
    SetScore score =
        score(run("spanthrift", 60, 8, 20), run("uniform", 5, 5, 10), run("tail", 90, 4, 30));
    assertSays(
        ScoreVerdict.of(score, .05),
        "yes: ahead of uniform in 2 of 3 columns, even in 1",
        "NO: nowhere below ¾ of the best baseline error 0.67",
        "NO: p95 error is 2.00 × uniform's");
  }

  @Test
  void oracleIsNoBaseline() {
    SetScore score =
        score(run("spanthrift", 60, 8, 12), run("uniform", 5, 5, 10), run("oracle", 100, 100, 9));
    assertSays(
        ScoreVerdict.of(score, .05),
        "yes: nowhere below ¾ of the best baseline",
        "yes: p95 error is 1.20 × uniform's");
  }

  @Test
  void meanAndSpreadAreOverTheSeeds() {
    ScoreFigures figures = ScoreFigures.of(List.of(Map.of("a", 1.0), Map.of("a", 3.0)));
    assertEquals(2, figures.get("a"));
    assertEquals(Math.sqrt(2), figures.spreadOf("a"), 1e-12);
    assertTrue(Double.isNaN(figures.get("b")));
  }

  @Test
  void jsonHasNullWhereASetHasNone() {
    String json = Json.of(List.of(score(run("spanthrift", 60, 8, 12))), 3);
    assertTrue(json.contains("\"name\": \"set \\\"1\\\"\""), json);
    assertTrue(json.contains("\"error\": 60.0000"), json);
    assertTrue(json.contains("\"rare\": null"), json);
  }

  @Test
  void plotHasALineForEachSampler() {
    String svg = Plot.svg(List.of(score(run("spanthrift", 60, 8, 12), run("uniform", 5, 5, 10))));
    assertTrue(svg.startsWith("<svg") && svg.endsWith("</svg>\n"), svg);
    assertTrue(svg.contains(">uniform<") && svg.contains(">spanthrift<"), svg);
  }
}
