package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.speed.BenchLoops;
import dev.spanthrift.bench.speed.Proc;
import dev.spanthrift.bench.speed.Sink;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One fleet under one policy: started, fed, settled, judged, ended. */
final class FleetRun {
  private static final long SETTLE_NANOS = TimeUnit.MINUTES.toNanos(4);

  /**
   * What is run.
   *
   * @param gateways whether any process gets any request, and not each pod one of its own
   * @param alone without an engine
   * @param fleet further keys of the fleet, each after a comma
   * @param more further keys of the sidecars' configuration, as YAML
   */
  record Plan(int processes, boolean gateways, boolean alone, String fleet, String more, long key) {
    String shown() {
      String what = gateways ? " gateways" : " sidecars";
      return processes + what + (alone ? " alone" : "");
    }
  }

  private final Plan plan;
  private final Schedule schedule;
  private final List<String> java;
  private final Path jar;
  private final Path folder;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  FleetRun(Plan plan, Schedule schedule, List<String> java, Path jar, Path folder) {
    this.plan = plan;
    this.schedule = schedule;
    this.java = java;
    this.jar = jar;
    this.folder = folder;
  }

  void run(FleetPolicy policy, boolean chaos) throws Exception {
    Arrivals arrivals = new Arrivals(schedule.set().recording, plan.key());
    EventLoopGroup loops = BenchLoops.create();
    try (EngineProcess engine = plan.alone() ? null : EngineProcess.start(folder);
        Sink sink = new Sink(loops.next(), 0, arrivals::take);
        Started sidecars = new Started(begin(policy, sink.port(), engine))) {
      sidecars.all().forEach(s -> s.awaitReady(engine != null));
      if (chaos && engine != null) {
        new Chaos(engine, sidecars.all(), schedule.seconds()).begin();
      }
      Replay replay = new Replay(client);
      replay.run(schedule, plan.key(), receiver(sidecars.all()));
      settle(sidecars.all());
      FleetRow.print(
          plan.shown(), policy.shown(), schedule.set(), arrivals.outcome(), arrivals.differs());
      print(replay, arrivals, sidecars.all(), engine);
      new Torn(schedule, arrivals).write(folder.resolve("torn"));
    } finally {
      var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** Ends them before engine and backend go. */
  private record Started(List<SidecarProcess> all) implements AutoCloseable {
    @Override
    public void close() {
      all.forEach(SidecarProcess::terminate);
      all.forEach(SidecarProcess::close);
    }
  }

  private List<SidecarProcess> begin(FleetPolicy policy, int sink, @Nullable EngineProcess engine)
      throws IOException {
    int port = engine == null ? 0 : engine.port();
    return SidecarProcess.begin(
        plan.processes(), client, folder, java, jar, i -> yaml(policy, i, sink, port));
  }

  private String yaml(FleetPolicy policy, int number, int sink, int engine) {
    String fleet =
        """
        fleet: {url: "redis://127.0.0.1:%d", pod: pod-%d, podsAssumed: %d%s}
        """
            .formatted(engine, number, plan.processes(), plan.fleet());
    return """
    destinations:
      - {name: sink, endpoint: "http://127.0.0.1:%d", protocol: grpc}
    """
            .formatted(sink)
        + policy.yaml(schedule.bytes() / schedule.seconds())
        + (plan.alone() ? "" : fleet)
        + plan.more();
  }

  /** A pod has its sidecar; to gateways requests go as a load balancer sends them. */
  private Function<Schedule.Request, URI> receiver(List<SidecarProcess> sidecars) {
    SplittableRandom random = new SplittableRandom(plan.key());
    Map<String, Integer> numbers = new HashMap<>();
    return request -> {
      int pod = numbers.computeIfAbsent(request.pod(), p -> numbers.size());
      int to = plan.gateways() ? random.nextInt(sidecars.size()) : pod % sidecars.size();
      return sidecars.get(to).traces();
    };
  }

  private static void settle(List<SidecarProcess> sidecars) {
    long end = System.nanoTime() + SETTLE_NANOS;
    for (SidecarProcess sidecar : sidecars) {
      String status = sidecar.status();
      while (sidecar.isAlive()
          && (SidecarProcess.number(status, "held") != 0
              || SidecarProcess.number(status, "queued") != 0)) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("it does not settle: " + status);
        }
        LockSupport.parkNanos(500_000_000);
        status = sidecar.status();
      }
    }
  }

  private void print(
      Replay replay,
      Arrivals arrivals,
      List<SidecarProcess> sidecars,
      @Nullable EngineProcess engine)
      throws IOException {
    List<String> broken = new ArrayList<>();
    double cpu = 0;
    double early = 0;
    double alone = 0;
    long resident = 0;
    for (SidecarProcess sidecar : sidecars) {
      String status = sidecar.status();
      Files.writeString(folder.resolve("status-" + sidecars.indexOf(sidecar)), status);
      broken.addAll(SidecarProcess.broken(status));
      early += SidecarProcess.number(status, "tracesDecidedEarly");
      alone += Math.max(0, SidecarProcess.number(sidecar.fleet(), "answeredAlone"));
      Proc proc = sidecar.proc();
      cpu += proc.cpuSeconds();
      resident += proc.residentKb();
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "- %d spans in %.0f s, %d accepted, %d refused %s; sent late by %d ms at most; more"
                + " than once %d; decided early %.0f, asked alone %.0f; laws broken %s; CPU %.1f s"
                + " of all, engine %.1f s; RSS %.0f MB each; %s",
            schedule.spans(),
            schedule.seconds(),
            replay.accepted(),
            replay.refused(),
            replay.firstRefusal(),
            replay.latestMillis(),
            arrivals.surplus(),
            early,
            alone,
            broken.isEmpty() ? "none" : broken,
            cpu,
            engine == null ? 0 : Proc.read(engine.pid()).cpuSeconds(),
            resident / 1024.0 / sidecars.size(),
            folder));
  }
}
