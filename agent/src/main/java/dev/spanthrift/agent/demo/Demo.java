package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import dev.spanthrift.agent.terminal.Display;
import dev.spanthrift.agent.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The whole story in one process: simulated services, the real sidecar between real ports, a
 * backend, and a screen.
 */
public final class Demo {
  static final long SEED = 20_26;
  static final double SPANS_PER_SECOND = 2_000;

  /** A trace this old has been decided and delivered, if it is kept. */
  private static final int SECONDS_UNTIL_DUE = 6;

  private final Map<String, String> environment;
  private final PrintWriter out;
  private final Terminal terminal;
  private final SidecarProgram sidecar;
  private final Ending ending = new Ending();

  public Demo(
      Map<String, String> environment, PrintWriter out, Terminal terminal, SidecarProgram sidecar) {
    this.environment = Map.copyOf(environment);
    this.out = out;
    this.terminal = terminal;
    this.sidecar = sidecar;
  }

  /**
   * Runs until {@link #stop} or for this long, then says what happened.
   *
   * @param seconds 0 for no end
   * @return whether all sums agree
   */
  public boolean run(long seconds)
      throws IOException, StartException, SettingsException, InterruptedException {
    Path stateDir = Files.createTempDirectory("spanthrift-demo");
    try (DemoBackend backend = new DemoBackend(traceIdLow -> {});
        Aside aside = new Aside()) {
      SpanthriftSettings settings = DemoSettings.of(environment, backend.port(), stateDir);
      Display display = new Display(out, terminal);
      display.say("spanthrift: starting the sidecar, 12 simulated services and a backend ...");
      if (terminal.live()) {
        aside.begin();
      }
      ScreenFigures last = run(settings, backend, display, seconds);
      display.leave();
      DemoScreen.summary(last).forEach(display::say);
      aside.troubles().forEach(display::say);
      return last.lawsThatHold() == last.status().identities().size();
    } finally {
      delete(stateDir);
      ending.reached();
    }
  }

  private ScreenFigures run(
      SpanthriftSettings settings, DemoBackend backend, Display display, long seconds)
      throws StartException, InterruptedException {
    SidecarProgram.Ports ports = sidecar.start(settings);
    display.say("spanthrift: " + DemoScreen.addresses(ports));
    Incident incident = Incident.within(seconds);
    try (ShopTraffic traffic =
        new ShopTraffic(
            SEED, SPANS_PER_SECOND, incident, ShopTraffic.clients(List.of(ports)), made -> {})) {
      traffic.start();
      long start = System.nanoTime();
      PipelineStatus before = sidecar.status();
      boolean ends = false;
      while (!ends) {
        ends = ending.isWantedWithin(1_000);
        double elapsed = (System.nanoTime() - start) / 1e9;
        ends |= seconds > 0 && elapsed >= seconds;
        PipelineStatus status = sidecar.status();
        long due = System.currentTimeMillis() / 1000 - SECONDS_UNTIL_DUE;
        long left = seconds == 0 ? 0 : Math.max(1, (long) Math.ceil(seconds - elapsed));
        display.show(
            new ScreenFigures(
                elapsed,
                left,
                ports,
                traffic.counts(),
                FailedTraces.Count.of(traffic.failed(), backend.failed(), due),
                incident,
                status,
                before,
                sidecar.money(),
                backend.counts(),
                settings.price().perGb(),
                settings.price().currency()));
        before = status;
      }
      double elapsed = (System.nanoTime() - start) / 1e9;
      traffic.finish();
      sidecar.stop(settings.shutdown().deadline());
      PipelineStatus status = sidecar.status();
      return new ScreenFigures(
          elapsed,
          0,
          ports,
          traffic.counts(),
          FailedTraces.Count.of(traffic.failed(), backend.failed(), Long.MAX_VALUE),
          incident,
          status,
          before,
          sidecar.money(),
          backend.counts(),
          settings.price().perGb(),
          settings.price().currency());
    } finally {
      sidecar.stop(settings.shutdown().deadline());
    }
  }

  /** Ends it from another thread and waits until the summary stands there, or for this long. */
  public void stop(long waitMillis) {
    ending.want();
    ending.awaitReached(waitMillis);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
