package dev.spanthrift.agent.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.terminal.Terminal;
import dev.spanthrift.sampler.policy.PolicySet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DemoTest {
  private final StringWriter text = new StringWriter();
  private final PassThrough sidecar = new PassThrough();

  private Demo demo(boolean live) {
    return new Demo(Map.of(), new PrintWriter(text), new Terminal(live), sidecar);
  }

  @Test
  @Timeout(60)
  void endsByItselfAndEverySpanIsAtTheBackend() throws Exception {
    assertTrue(demo(false).run(3));
    String all = text.toString();
    assertTrue(all.contains("00:01 in "), all);
    assertTrue(all.contains("incident: payments fail"), all);
    assertTrue(all.contains("failed traces (100.0 %)"), all);
    assertFalse(all.contains("\u001b"), "no escapes in plain lines");
    assertFalse(all.contains("not taken"), all);
    assertTrue(sidecar.status().spans().received().spans() > 1_000, all);
    assertEquals(
        sidecar.status().spans().received().spans(), sidecar.status().shipping().shipped());
    assertTrue(sidecar.stops() >= 1);
  }

  @Test
  @Timeout(60)
  void aTerminalGetsOneScreenAndIsGivenBack() throws Exception {
    var out = System.out;
    demo(true).run(2);
    assertEquals(out, System.out);
    String all = text.toString();
    int enter = all.indexOf("\u001b[?1049h");
    int leave = all.indexOf("\u001b[?1049l");
    assertTrue(enter >= 0 && leave > enter, all);
    assertTrue(all.indexOf("Spanthrift demo, 00:0") > leave, "the summary stays on the terminal");
    assertTrue(all.contains("ERRORS  "), all);
  }

  @Test
  @Timeout(60)
  void stopEndsItWithASummary() throws Exception {
    Demo demo = demo(false);
    Thread stopper =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!text.toString().contains("in ")) {
                    Thread.onSpinWait();
                  }
                  demo.stop(TimeUnit.SECONDS.toMillis(30));
                });
    assertTrue(demo.run(0));
    stopper.join();
    assertTrue(text.toString().contains("saved"), text.toString());
  }

  @Test
  void aSidecarThatCannotStartLeavesNothingBehind() throws Exception {
    Path[] stateDir = new Path[1];
    SidecarProgram broken =
        new SidecarProgram() {
          @Override
          public long waitingSpans() {
            return 0;
          }

          @Override
          public Ports start(SpanthriftSettings settings) throws StartException {
            stateDir[0] = settings.stateDir();
            throw new StartException("port taken");
          }

          @Override
          public dev.spanthrift.agent.pipeline.PipelineStatus status() {
            throw new IllegalStateException("not started");
          }

          @Override
          public void stop(java.time.Duration deadline) {}
        };
    Demo demo = new Demo(Map.of(), new PrintWriter(text), new Terminal(false), broken);
    org.junit.jupiter.api.Assertions.assertThrows(
        SidecarProgram.StartException.class, () -> demo.run(1));
    assertFalse(Files.exists(stateDir[0]));
  }

  @Test
  void itsPoliciesCanBePutInForce() throws Exception {
    SpanthriftSettings settings = DemoSettings.of(Map.of(), 9999, Path.of("x"));
    PolicySet policies = PolicySet.compile(PolicyParser.parse(settings));
    assertEquals(List.of(), policies.warnings());
    assertEquals(1, policies.document().policies().size());
  }

  @Test
  void theUsersVariablesBeatTheDemosOwnButNotItsBackend() throws Exception {
    SpanthriftSettings settings =
        DemoSettings.of(
            Map.of(
                "SPANTHRIFT_PRICE_PER_GB", "2",
                "SPANTHRIFT_STATE_DIR", "/real/data",
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://real:4318"),
            9999,
            Path.of("of-the-demo"));
    assertEquals("2", settings.price().perGb().toPlainString());
    assertEquals(Path.of("of-the-demo"), settings.stateDir());
    assertEquals(9999, settings.destinations().getFirst().port());
    assertEquals(1, settings.destinations().size());
  }

  /** Spans of all others are the reader's own, and get a green dot. */
  @Test
  void thePageKnowsTheServicesOfTheShop() throws Exception {
    String tour = Files.readString(Path.of("src/main/resources/static/app/tour.js"));
    assertTrue(
        tour.contains("const OURS = [\"" + String.join("\", \"", Shop.SERVICES) + "\"];"), tour);
  }
}
