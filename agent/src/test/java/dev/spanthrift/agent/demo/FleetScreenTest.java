package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class FleetScreenTest {
  private static final String STATUS =
      """
      {"rates": {"receivedSpansPerSecond": 1234.4},
       "spans": {"received": 1000, "kept": 100, "dropped": 400, "held": 3, "queued": 0,
                 "keptBytes": 20000000},
       "identities": [{"holds": true}, {"holds": false}],
       "fleet": {"away": %s, "awaySeconds": 7, "latencyMillis": 1.26}}
      """;

  @TempDir Path folder;

  private static PodFigures pod(int number, boolean away) {
    return PodFigures.of(
        "pod-" + number,
        43_210 + number,
        JsonMapper.builder().build().readTree(STATUS.formatted(away)));
  }

  private static FleetFigures figures(boolean running, int alone, int pods, long factor) {
    List<WholeTraces.Tally> history = new ArrayList<>(Collections.nCopies(57, null));
    history.add(new WholeTraces.Tally(10, 10));
    history.add(new WholeTraces.Tally(10, 0));
    history.add(new WholeTraces.Tally(10, 9));
    return new FleetFigures(
        70,
        0,
        new FleetFigures.EngineState("redis://127.0.0.1:44895", running, true, 12),
        new WholeTraces.Tally(20 * factor, 19 * factor),
        new WholeTraces.Tally(400 * factor, 300 * factor),
        history,
        new FailedTraces.Count(9 * factor, 8 * factor, 10 * factor, 9 * factor),
        Incident.within(0),
        5 * factor,
        new ShopTraffic.Counts(100 * factor, 2_000 * factor, 12, 1, 8, 3),
        IntStream.rangeClosed(1, pods).mapToObj(n -> pod(n, n <= alone)).toList(),
        new PodReader.FleetSpend("USD", 0.0123, 0.15, 0.08),
        0.5,
        Path.of("/tmp/logs"));
  }

  private static String all(FleetFigures figures) {
    return String.join("\n", figures.rows());
  }

  @Test
  void showsWhatIsWholeWhatIsSpentAndEachPod() {
    String all = all(figures(true, 0, 3, 1));
    assertTrue(
        all.contains("ENGINE  ● redis://127.0.0.1:44895; all pods use it      e stops"), all);
    assertTrue(all.contains("now  95.0 % of 20 kept   in all  75.0 % of 400, 100 torn"));
    assertTrue(all.contains("··█▁▇\n"), all);
    assertTrue(all.contains("0.0123 of 0.1500 USD spent by all, 8.2 % in 8.0 % of its time"), all);
    assertTrue(
        all.contains("pod-1 :43211 frontend payment c…    1,234   20.0 %   0.01000  ● 1.3 ms"),
        all);
    assertTrue(all.contains("SUMS    3 of 6 agree"), all);
    assertTrue(all.contains("logs    /tmp/logs"), all);
  }

  @Test
  void saysThatPodsAreAloneWhileTheEngineIsStoppedAndUntilTheyAreBack() {
    String stopped = all(figures(false, 3, 3, 1));
    assertTrue(
        stopped.contains("✗ stopped 12 s ago; 3 of 3 pods decide alone      e starts"), stopped);
    assertTrue(stopped.contains("✗ alone, 7 s"), stopped);
    assertTrue(all(figures(true, 2, 3, 1)).contains("2 of 3 pods are still alone"));
    assertTrue(figures(false, 3, 3, 1).line().contains("engine stopped, 3 of 3 pods alone"));
    assertFalse(figures(true, 0, 3, 1).isWell(), "a law that does not hold");
  }

  @Test
  void fitsEightyColumnsAndTwentyFourLinesWithAsManyPodsAsThereMayBe() {
    for (boolean running : new boolean[] {true, false}) {
      FleetFigures figures = figures(running, 4, FleetDemo.PODS_MAX, 9_999);
      List<String> rows = figures.rows();
      assertTrue(rows.size() <= 23, rows.size() + " rows and the cursor's");
      rows.forEach(row -> assertTrue(row.length() <= 80, row));
      FleetScreen.summary(figures(running, 4, 9, 99))
          .forEach(row -> assertTrue(row.length() <= 80, row));
    }
  }

  @Test
  void aStatusThatSaysLessIsShownAsFarAsItGoes() {
    PodFigures pod = PodFigures.of("pod-1", 1, JsonMapper.builder().build().readTree("{}"));
    assertTrue(pod.engineAway());
    assertEquals(0, pod.laws());
    assertEquals(0, pod.keptShare());
  }

  @Test
  void everyServiceBelongsToOnePodAndEveryPodHasSome() {
    for (int pods = 2; pods <= FleetDemo.PODS_MAX; pods++) {
      List<String> services = new ArrayList<>();
      for (int pod = 0; pod < pods; pod++) {
        assertFalse(Shop.servicesOf(pod, pods).isEmpty());
        services.addAll(Shop.servicesOf(pod, pods));
      }
      assertEquals(Shop.SERVICES.size(), services.size());
      assertEquals(new TreeSet<>(Shop.SERVICES), new TreeSet<>(services));
    }
  }

  @Test
  void theEngineIsTheFirstProgramOnThePath() throws Exception {
    Path valkey = program(folder.resolve("b"), "valkey-server");
    String path = folder.resolve("a") + ":" + folder.resolve("b");
    assertEquals(valkey, DemoEngine.find(path));
    Path redis = program(folder.resolve("a"), "redis-server");
    assertEquals(redis, DemoEngine.find(path));
    assertEquals(null, DemoEngine.find(""));
  }

  private static Path program(Path folder, String name) throws Exception {
    Files.createDirectories(folder);
    Path file = Files.createFile(folder.resolve(name));
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }
}
