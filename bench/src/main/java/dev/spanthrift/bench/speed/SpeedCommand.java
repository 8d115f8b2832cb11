package dev.spanthrift.bench.speed;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run}: every combination of what is listed, subjects in turn. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "CPU-seconds per million spans and memory of Spanthrift as a process of its own, and of other"
          + " OTLP servers beside it, in the same run.",
      "Options with several values take them separated by commas; every combination is measured."
    })
final class SpeedCommand implements Callable<Integer> {
  private static final String SATURATED = "saturated";
  private static final String START = "start";
  private static final Duration BEFORE_A_WINDOW = Duration.ofSeconds(3);

  @Option(names = "--workload", split = ",", defaultValue = "small", description = "small, large")
  List<String> workloads = List.of();

  @Option(
      names = "--rate",
      split = ",",
      defaultValue = "10000",
      description =
          "spans per second, 0 (nobody sends), saturated, or start: how long and dear starts are")
  List<String> rates = List.of();

  @Option(names = "--protocol", split = ",", defaultValue = "GRPC", description = "grpc, http")
  List<Load.Protocol> protocols = List.of();

  @Option(names = "--gzip", split = ",", defaultValue = "false", description = "gzip in")
  List<Boolean> gzips = List.of();

  @Option(names = "--wait", split = ",", defaultValue = "2s", description = "decision wait")
  List<String> waits = List.of();

  @Option(names = "--compression", defaultValue = "gzip", description = "out: gzip, zstd, none")
  String compression = "";

  @Option(names = "--jit", split = ",", defaultValue = "c1", description = "c1, c2 or none of ours")
  List<String> jits = List.of();

  @Option(names = "--java-opts", description = "further JVM options of Spanthrift")
  String javaOpts = "";

  @Option(
      names = "--variant",
      description = "NAME=JVM options, or NAME@JAR=JVM options: one more Spanthrift; repeatable")
  Map<String, String> variants = Map.of();

  @Option(
      names = "--fleet",
      defaultValue = "",
      description = "URL of an engine: one more Spanthrift, which is in a fleet there")
  String fleet = "";

  @Option(
      names = "--looked-at",
      description =
          "one more Spanthrift, whose page and streams were open for ten seconds at its start")
  boolean lookedAt;

  @Option(names = "--peer", description = "the program that peer/build wrote, to be measured too")
  @Nullable Path peer;

  @Option(names = "--pid", description = "a server that runs already, to be measured alone")
  @Nullable Long pid;

  @Option(names = "--grpc-port", defaultValue = "4317", description = "of --pid")
  int grpcPort;

  @Option(names = "--http-port", defaultValue = "4318", description = "of --pid")
  int httpPort;

  @Option(names = "--sink-port", defaultValue = "0", description = "where --pid exports to")
  int sinkPort;

  @Option(names = "--runs", defaultValue = "3", description = "of each subject, in turn")
  int runs;

  @Option(
      names = "--windows",
      defaultValue = "1",
      description =
          "above 1: each process stays, all settle together, and then take turns in so many"
              + " windows")
  int windows;

  @Option(
      names = {"--settle", "--warmup"},
      defaultValue = "15",
      description = "seconds at that rate before the window")
  int warmUp;

  @Option(
      names = "--warmup-saturated",
      defaultValue = "0",
      description = "seconds of full load before the warm-up; memory figures are then not honest")
  int warmUpSaturated;

  @Option(names = "--seconds", defaultValue = "15", description = "measured window")
  int seconds;

  @Option(names = "--connections", defaultValue = "0", description = "default 8 small, 4 large")
  int connections;

  @Option(names = "--in-flight", defaultValue = "1", description = "requests on each connection")
  int inFlight;

  @Option(names = "--server-cpu", defaultValue = "1", description = "core of the server")
  String serverCpu = "";

  @Option(names = "--data", required = true, description = "folder of the recorded sets")
  Path data = Path.of("");

  @Option(names = "--home", required = true, description = "root of the repository")
  Path home = Path.of("");

  @Option(names = "--java", split = " ", required = true, description = "java and its options")
  List<String> java = List.of();

  @Option(names = "--json", description = "append one line of JSON for each measurement")
  @Nullable Path json;

  private SpeedCommand() {}

  public static void main(String[] arguments) {
    int code =
        new CommandLine(new SpeedCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments);
    System.exit(code);
  }

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("spanthrift-bench");
    EventLoopGroup loops = BenchLoops.create();
    System.out.printf("logs and state in %s%n", directory);
    if (rates.contains(START)) {
      new Starts(new Subject.Setting(waits.getFirst(), compression, serverCpu), directory)
          .print(subjects(), runs);
    }
    for (String name : workloads) {
      Workload workload = Workload.of(name, data);
      for (String rate : rates.stream().filter(r -> !r.equals(START)).toList()) {
        for (Load.Protocol protocol : protocols) {
          for (boolean gzip : gzips) {
            for (String wait : waits) {
              compare(
                  workload, plan(workload, rate, protocol, gzip), wait, loops.next(), directory);
            }
          }
        }
      }
    }
    return 0;
  }

  private Load.Plan plan(Workload workload, String rate, Load.Protocol protocol, boolean gzip) {
    int spansPerSecond = rate.equals(SATURATED) ? Load.Plan.SATURATED : Integer.parseInt(rate);
    int byDefault = workload.name().equals("small") ? 8 : 4;
    return new Load.Plan(
        protocol, gzip, spansPerSecond, connections > 0 ? connections : byDefault, inFlight);
  }

  private List<Subject> subjects() {
    List<Subject> subjects = new ArrayList<>();
    if (pid != null) {
      return List.of(new Subject.Running(pid, grpcPort, httpPort));
    }
    for (String jit : jits) {
      if (!jit.equals("none")) {
        subjects.add(new Subject.Spanthrift(jit, java(jit, javaOpts), jar(), ""));
      }
    }
    variants.forEach((name, options) -> subjects.add(variant(name, options)));
    if (!fleet.isEmpty()) {
      String jit = jits.getFirst();
      subjects.add(new Subject.Spanthrift("fleet", java(jit, javaOpts), jar(), fleet));
    }
    if (lookedAt) {
      String jit = jits.getFirst();
      subjects.add(
          new LookedAt(new Subject.Spanthrift("looked-at", java(jit, javaOpts), jar(), "")));
    }
    if (peer != null) {
      subjects.add(new Subject.Collector(peer, home.resolve("bench/peer/tail3.yaml")));
    }
    return subjects;
  }

  private Path jar() {
    return home.resolve("agent/target/spanthrift.jar");
  }

  private Subject variant(String name, String options) {
    int at = name.indexOf('@');
    Path jar = at < 0 ? jar() : Path.of(name.substring(at + 1));
    String shown = at < 0 ? name : name.substring(0, at);
    return new Subject.Spanthrift(shown, java(jits.getFirst(), options), jar, "");
  }

  private List<String> java(String jit, String further) {
    List<String> options = new ArrayList<>(java);
    options.add(jit.equals("c2") ? "-XX:TieredStopAtLevel=4" : "-XX:TieredStopAtLevel=1");
    if (!further.isBlank()) {
      options.addAll(List.of(further.trim().split("\\s+")));
    }
    return options;
  }

  private void compare(
      Workload workload, Load.Plan plan, String wait, EventLoop loop, Path directory)
      throws InterruptedException {
    String combination = describe(workload, plan, wait);
    System.out.printf("%n%s%n%s%n", combination, Result.HEADER);
    Subject.Setting setting = new Subject.Setting(wait, compression, serverCpu);
    Map<String, List<Result>> results = new LinkedHashMap<>();
    Consumer<Result> note = result -> note(result, combination, results);
    for (int run = 0; run < runs; run++) {
      List<Measurement> all =
          subjects().stream()
              .map(subject -> measurement(subject, workload, plan, setting))
              .toList();
      if (windows > 1) {
        inTurns(all, loop, directory, note);
        continue;
      }
      for (Measurement each : all) {
        note.accept(each.run(loop, sinkPort, directory));
      }
    }
    new Summary(results, heldSeconds(wait), plan.spansPerSecond()).print();
  }

  private Measurement measurement(
      Subject subject, Workload workload, Load.Plan plan, Subject.Setting setting) {
    return new Measurement(
        subject,
        workload,
        plan,
        setting,
        Duration.ofSeconds(warmUpSaturated),
        Duration.ofSeconds(warmUp),
        Duration.ofSeconds(seconds));
  }

  /** What a start and its compiling cost is over when the first window begins. */
  private void inTurns(List<Measurement> all, EventLoop loop, Path directory, Consumer<Result> note)
      throws InterruptedException {
    List<Measurement.Running> running = new ArrayList<>();
    try {
      List<Load> loads = new ArrayList<>();
      for (Measurement each : all) {
        running.add(each.start(loop, sinkPort, directory));
        loads.add(running.getLast().load(loop));
      }
      Thread.sleep(Duration.ofSeconds(warmUp));
      for (Load load : loads) {
        load.stop();
        load.close();
      }
      for (int window = 0; window < windows; window++) {
        for (Measurement.Running each : running) {
          note.accept(each.again(loop, BEFORE_A_WINDOW));
        }
      }
    } finally {
      running.forEach(Measurement.Running::close);
    }
  }

  private void note(Result result, String combination, Map<String, List<Result>> results) {
    System.out.println(result.row());
    results.computeIfAbsent(result.subject(), n -> new ArrayList<>()).add(result);
    if (json != null) {
      try {
        Files.writeString(
            json, result.json(combination), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static double heldSeconds(String wait) {
    return Duration.parse("PT" + wait).toMillis() / 1e3;
  }

  private String describe(Workload workload, Load.Plan plan, String wait) {
    return String.format(
        Locale.ROOT,
        "%s (%.0f spans, %.0f B a request), %s, %s, gzip in %s, wait %s, %s out, %d × %d",
        workload.name(),
        workload.spansPerRequest(),
        (double) workload.bytes() / workload.requests().size(),
        plan.idle() ? "idle" : plan.saturated() ? SATURATED : plan.spansPerSecond() + " spans/s",
        plan.protocol(),
        plan.gzip() ? "on" : "off",
        wait,
        compression,
        plan.connections(),
        plan.inFlight());
  }
}
