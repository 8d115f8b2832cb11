package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import dev.spanthrift.agent.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The whole story in one process: simulated services, the real sidecar between real ports, a
 * backend, and a screen.
 */
public final class Demo {
  private static final long SEED = 20_26;
  private static final double SPANS_PER_SECOND = 2_000;

  /** A trace this old has been decided and delivered, if it is kept. */
  private static final int SECONDS_UNTIL_DUE = 6;

  private final Map<String, String> environment;
  private final PrintWriter out;
  private final Terminal terminal;
  private final SidecarProgram sidecar;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

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
    try (DemoBackend backend = new DemoBackend();
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
      finished.countDown();
    }
  }

  private ScreenFigures run(
      SpanthriftSettings settings, DemoBackend backend, Display display, long seconds)
      throws StartException, InterruptedException {
    SidecarProgram.Ports ports = sidecar.start(settings);
    Incident incident = Incident.within(seconds);
    try (ShopTraffic traffic =
        new ShopTraffic(SEED, SPANS_PER_SECOND, incident, ShopTraffic.clients(ports))) {
      traffic.start();
      long start = System.nanoTime();
      PipelineStatus before = sidecar.status();
      boolean ending = false;
      while (!ending) {
        ending = stopped.await(1, TimeUnit.SECONDS);
        double elapsed = (System.nanoTime() - start) / 1e9;
        ending |= seconds > 0 && elapsed >= seconds;
        PipelineStatus status = sidecar.status();
        long due = System.currentTimeMillis() / 1000 - SECONDS_UNTIL_DUE;
        long left = seconds == 0 ? 0 : Math.max(1, (long) Math.ceil(seconds - elapsed));
        display.show(
            new ScreenFigures(
                elapsed,
                left,
                ports,
                traffic.counts(),
                failed(traffic, backend, due),
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
          failed(traffic, backend, Long.MAX_VALUE),
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

  private static FailedTraces.Count failed(ShopTraffic traffic, DemoBackend backend, long before) {
    FailedTraces made = traffic.failed();
    FailedTraces arrived = backend.failed();
    long seen = arrived.before(Long.MAX_VALUE); // before what was made, so that it is never more
    return new FailedTraces.Count(
        made.before(before), arrived.before(before), made.before(Long.MAX_VALUE), seen);
  }

  /** Ends it from another thread and waits until the summary stands there, or for this long. */
  public void stop(long waitMillis) {
    stopped.countDown();
    try {
      finished.await(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
