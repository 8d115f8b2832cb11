package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.score.RecordedSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/fleet}: real processes and a real engine, or with {@code --simulate} none. */
@Command(
    name = "bench/fleet",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "What of a recording, split by pod, a fleet of sidecars keeps, and keeps whole.")
final class FleetCommand implements Callable<Integer> {
  @Option(
      names = "--simulate",
      split = ",",
      paramLabel = "PODS",
      description = "in virtual time, without processes, with so many pods")
  List<Integer> simulated = List.of();

  @Option(
      names = "--per-pod",
      defaultValue = "0.3",
      description = "simulated: fragments a second of each pod, ten times as many after half time")
  double perPod;

  @Option(names = "--no-shape", description = "simulated: with fleet.shape: false")
  boolean noShape;

  @Option(
      names = "--pods-assumed",
      defaultValue = "10",
      description = "simulated: fleet.podsAssumed; all pods start at once")
  int podsAssumed;

  @Option(names = "--plot", description = "simulated: an SVG file")
  @Nullable Path plot;

  @Option(names = "--sidecars", defaultValue = "6", description = "pods are hashed on so many")
  int sidecars;

  @Option(
      names = "--gateways",
      defaultValue = "0",
      description = "instead of sidecars: each request goes to any of so many")
  int gateways;

  @Option(names = "--alone", description = "without an engine: what a fleet is worth")
  boolean alone;

  @Option(
      names = "--policy",
      split = ",",
      defaultValue = "probability,errors,budget",
      description = "probability .1; errors, slower than 1 s, 10 %%; budget of 10 %% of the bytes")
  List<String> policies = List.of();

  @Option(
      names = "--set",
      defaultValue = "trainticket-2023-01-29",
      description = "a recorded set; its windows are laid over each other")
  String set = "";

  @Option(
      names = "--minutes",
      defaultValue = "3.1",
      description = "of sending; a longer window is sped up")
  double minutes;

  @Option(
      names = "--simulated",
      defaultValue = "0",
      description = "so many seeds of the simulated fleet besides, with the budget")
  int simulatedSeeds;

  @Option(
      names = "--fleet",
      defaultValue = "",
      description = "more of fleet, such as 'askAfter: 10s, timeout: 2s' on a busy machine")
  String fleet = "";

  @Option(
      names = "--hold",
      defaultValue = "",
      description = "hold of the sidecars, such as 'pause: 6s'")
  String hold = "";

  @Option(
      names = "--chaos",
      description = "the engine killed, paused, flushed, full, and a third of the sidecars killed")
  boolean chaos;

  @Option(
      names = "--windows",
      defaultValue = "1000",
      description = "only so many windows of the recording, on a busy machine")
  int windows;

  @Option(names = "--key", defaultValue = "0", description = "is laid over all trace ids: a seed")
  long key;

  @Option(names = "--home", required = true, hidden = true, description = "root of the repository")
  Path home = Path.of("");

  @Option(names = "--data", required = true, hidden = true, description = "the recorded sets")
  Path data = Path.of("");

  @Option(
      names = "--java",
      split = " ",
      required = true,
      hidden = true,
      description = "java and the launcher's options")
  List<String> java = List.of();

  private FleetCommand() {}

  public static void main(String[] arguments) {
    Runnable ending = () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    Runtime.getRuntime().addShutdownHook(new Thread(ending)); // also when we are interrupted
    System.exit(new CommandLine(new FleetCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    return simulated.isEmpty() ? processes() : simulate();
  }

  private int processes() throws Exception {
    if (alone && chaos) {
      throw new IllegalArgumentException("--chaos troubles an engine, and --alone has none");
    }
    Schedule schedule = Schedule.of(data.resolve(set), minutes, windows);
    FleetRun.Plan plan =
        new FleetRun.Plan(
            gateways > 0 ? gateways : sidecars,
            gateways > 0,
            alone,
            fleet.isEmpty() ? "" : ", " + fleet,
            hold.isEmpty() ? "" : "hold: {" + hold + "}\n",
            key);
    Path folder = Files.createTempDirectory("spanthrift-fleet");
    System.out.println(FleetRow.HEADER);
    SimulatedRow.print(schedule, simulatedSeeds);
    for (String policy : policies) {
      Path own = Files.createDirectories(folder.resolve(policy));
      Path jar = home.resolve("agent/target/spanthrift.jar");
      new FleetRun(plan, schedule, java, jar, own).run(FleetPolicy.of(policy), chaos);
    }
    return 0;
  }

  private int simulate() throws IOException {
    Simulation.run(
        RecordedSet.read(data.resolve(set)),
        new Simulation.Plan(
            simulated,
            perPod,
            (int) Math.round(minutes * 60),
            !noShape,
            podsAssumed,
            key + 1,
            plot));
    return 0;
  }
}
