package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.pipeline.SidecarProgram.Ports;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import dev.spanthrift.agent.terminal.Display;
import dev.spanthrift.agent.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A fleet on one machine: the shop's services divided between sidecars, each a process of its own,
 * one engine, one budget, a backend that looks whether traces arrive whole, and a screen.
 */
public final class FleetDemo {
  public static final int PODS_MAX = 9;

  /** Short, so that one sees within seconds what the engine is for; 30 s by default. */
  private static final String ASK_AFTER = "5s";

  /** All of it shares the cores of one machine. */
  private static final String TIMEOUT = "1s";

  /** Flush, pause, ask, exchange, export, and some: what is kept of such a trace has arrived. */
  private static final int SECONDS_UNTIL_DUE = 10;

  private static final int SECONDS_NOW = 5;
  private static final long KEY_MILLIS = 100;
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Map<String, String> environment;
  private final Display display;
  private final Terminal terminal;
  private final Options options;
  private final Ending ending = new Ending();
  private final WholeTraces whole = new WholeTraces(System::currentTimeMillis);

  /**
   * What is asked for.
   *
   * @param seconds 0 for no end
   * @param outageSeconds how long the engine is stopped, a third into the demo; 0 for never
   * @param redis an engine that is there; none: one from the PATH is started
   */
  public record Options(int pods, long seconds, long outageSeconds, @Nullable String redis) {}

  /** What runs, and what is asked of it. */
  private record Running(
      DemoBackend backend,
      DemoEngine engine,
      List<DemoPod> pods,
      PodReader reader,
      ShopTraffic traffic,
      Incident incident,
      double perGb,
      Path folder) {}

  public FleetDemo(
      Map<String, String> environment, PrintWriter out, Terminal terminal, Options options) {
    this.environment = Map.copyOf(environment);
    this.display = new Display(out, terminal);
    this.terminal = terminal;
    this.options = options;
  }

  /**
   * Runs until {@link #stop}, a key, or the end of its time, then says what happened.
   *
   * @return whether all sums agree in all sidecars
   */
  public boolean run() throws IOException, StartException, SettingsException, InterruptedException {
    Path folder = Files.createTempDirectory("spanthrift-fleet-demo");
    try (DemoBackend backend = new DemoBackend(whole::arrived);
        DemoEngine engine = engine(folder)) {
      display.say(
          "spanthrift: starting %s sidecars, 12 simulated services and a backend, logs in %s ..."
              .formatted(options.pods(), folder));
      return withPods(backend, engine, folder);
    } finally {
      ending.reached();
    }
  }

  private DemoEngine engine(Path folder) throws StartException, IOException, InterruptedException {
    return options.redis() != null
        ? DemoEngine.at(options.redis())
        : DemoEngine.start(environment.getOrDefault("PATH", ""), folder);
  }

  private boolean withPods(DemoBackend backend, DemoEngine engine, Path folder)
      throws IOException, StartException, SettingsException, InterruptedException {
    List<DemoPod> pods = new ArrayList<>();
    try {
      String fleet = "demo-" + ProcessHandle.current().pid();
      double perGb = 0;
      for (int number = 1; number <= options.pods(); number++) {
        Map<String, String> settings = settings(backend, engine, fleet, "pod-" + number, folder);
        perGb = SettingsLoader.load(null, settings).settings().price().perGb().doubleValue();
        pods.add(DemoPod.start("pod-" + number, settings, folder));
      }
      return withTraffic(backend, engine, pods, perGb, folder);
    } finally {
      pods.forEach(DemoPod::end);
      pods.forEach(DemoPod::close);
    }
  }

  private Map<String, String> settings(
      DemoBackend backend, DemoEngine engine, String fleet, String pod, Path folder) {
    Map<String, String> settings =
        new HashMap<>(
            DemoSettings.variables(environment, backend.port(), folder.resolve(pod + "-state")));
    settings.remove("SPANTHRIFT_CONFIG");
    settings.put("SPANTHRIFT_LISTEN_GRPC_PORT", "0");
    settings.put("SPANTHRIFT_LISTEN_HTTP_PORT", "0");
    settings.put("SPANTHRIFT_ADMIN_PORT", "0");
    settings.put("SPANTHRIFT_FLEET_URL", engine.url());
    settings.put("SPANTHRIFT_FLEET_NAME", fleet);
    settings.put("SPANTHRIFT_FLEET_POD", pod);
    settings.put("SPANTHRIFT_FLEET_ASK_AFTER", ASK_AFTER);
    settings.putIfAbsent("SPANTHRIFT_FLEET_TIMEOUT", TIMEOUT);
    settings.put("SPANTHRIFT_FLEET_PODS_ASSUMED", String.valueOf(options.pods()));
    return settings;
  }

  private boolean withTraffic(
      DemoBackend backend, DemoEngine engine, List<DemoPod> pods, double perGb, Path folder)
      throws IOException, StartException, InterruptedException {
    List<Ports> ports = new ArrayList<>();
    List<PodFigures> unknown = new ArrayList<>();
    for (DemoPod pod : pods) {
      ports.add(pod.awaitPorts(ending));
      unknown.add(PodFigures.unknown(pod.name(), ports.getLast().admin()));
    }
    Incident incident = Incident.within(options.seconds());
    try (PodReader reader = new PodReader(unknown);
        ShopTraffic traffic =
            new ShopTraffic(
                Demo.SEED,
                Demo.SPANS_PER_SECOND,
                incident,
                ShopTraffic.clients(ports),
                made -> whole.made(made.idLow(), made.spans()))) {
      FleetFigures last =
          show(new Running(backend, engine, pods, reader, traffic, incident, perGb, folder));
      FleetScreen.summary(last).forEach(display::say);
      return last.isWell();
    }
  }

  private FleetFigures show(Running demo) throws StartException, IOException, InterruptedException {
    demo.traffic().start();
    long start = System.nanoTime();
    Outage outage = Outage.of(options);
    try (PressedKeys keys = terminal.live() ? PressedKeys.of(System.in) : null) {
      for (boolean ends = false; !ends; ) {
        ends = keys == null ? ending.isWantedWithin(1_000) : obeys(keys, demo.engine());
        double elapsed = (System.nanoTime() - start) / 1e9;
        ends |= options.seconds() > 0 && elapsed >= options.seconds();
        outage.act(elapsed, demo.engine());
        demo.reader().read();
        display.show(
            figures(demo, elapsed, ends ? 0 : left(elapsed), second() - SECONDS_UNTIL_DUE));
      }
      double elapsed = (System.nanoTime() - start) / 1e9;
      demo.traffic().finish();
      return settled(demo, elapsed);
    } finally {
      display.leave();
    }
  }

  /** Looks at the keys for a second; says whether one of them ends the demo. */
  private boolean obeys(PressedKeys keys, DemoEngine engine)
      throws StartException, IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    for (long left = 1_000; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      Character key = keys.next(Math.min(left, KEY_MILLIS));
      if (ending.isWantedWithin(0) || (key != null && key == 'q')) {
        return true;
      }
      if (key != null && key == 'e' && engine.isOwn()) {
        engine.toggle();
        return false;
      }
    }
    return false;
  }

  private long left(double elapsed) {
    return options.seconds() == 0 ? 0 : Math.max(1, (long) Math.ceil(options.seconds() - elapsed));
  }

  /** Waits until all that was sent is decided and delivered, unless a sidecar has ended. */
  private FleetFigures settled(Running demo, double elapsed) throws InterruptedException {
    long last = second();
    long limit = System.nanoTime() + SETTLE_NANOS;
    boolean all;
    do {
      TimeUnit.MILLISECONDS.sleep(200);
      demo.reader().read();
      all = demo.reader().pods().stream().allMatch(PodFigures::isSettled);
    } while (!all && System.nanoTime() < limit && demo.pods().stream().allMatch(DemoPod::isAlive));
    return figures(demo, elapsed, 0, all ? last + 1 : second() - SECONDS_UNTIL_DUE);
  }

  private static long second() {
    return System.currentTimeMillis() / 1000;
  }

  /** Figures of the traces that began before a second, of which what is kept has arrived. */
  private FleetFigures figures(Running demo, double elapsed, long left, long due) {
    ShopTraffic.Counts made = demo.traffic().counts();
    DemoEngine engine = demo.engine();
    return new FleetFigures(
        elapsed,
        left,
        new FleetFigures.EngineState(
            engine.url(), engine.isRunning(), engine.isOwn(), engine.seconds()),
        whole.between(due - SECONDS_NOW, due),
        whole.before(due),
        whole.seconds(due, FleetScreen.HISTORY_SECONDS),
        FailedTraces.Count.of(demo.traffic().failed(), demo.backend().failed(), due),
        demo.incident(),
        made.incidentErrors(),
        made,
        demo.reader().pods(),
        demo.reader().spend(),
        demo.perGb(),
        demo.folder());
  }

  /** Ends it from another thread and waits until the summary stands there, or for this long. */
  public void stop(long waitMillis) {
    ending.want();
    ending.awaitReached(waitMillis);
  }
}
