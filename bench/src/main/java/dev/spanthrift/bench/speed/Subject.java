package dev.spanthrift.bench.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody to be measured. */
sealed interface Subject permits Subject.Spanthrift, Subject.Collector, Subject.Running, LookedAt {
  String name();

  Server start(Setting setting, int sinkPort, Path directory);

  /** What all subjects of one comparison have in common. */
  record Setting(String decisionWait, String compression, String cpu) {}

  /**
   * Spanthrift as it is packaged.
   *
   * @param fleet URL of the engine of a fleet, of which this is one; empty: it is alone
   */
  record Spanthrift(String jit, List<String> java, Path jar, String fleet) implements Subject {
    @Override
    public String name() {
      return jit.startsWith("c") ? "spanthrift-" + jit : jit;
    }

    @Override
    public Server start(Setting setting, int sinkPort, Path directory) {
      Server.Ports ports = Server.Ports.free();
      Path config = directory.resolve("spanthrift.yaml");
      write(config, yaml(setting, ports, sinkPort, directory));
      List<String> command = new ArrayList<>(pinned(setting));
      command.addAll(java);
      command.addAll(
          List.of("-XX:ActiveProcessorCount=1", "-jar", jar.toString(), "run", "--config"));
      command.add(config.toString());
      return Server.start(new ProcessBuilder(command), directory.resolve(name() + ".log"), ports);
    }

    private String yaml(Setting setting, Server.Ports ports, int sinkPort, Path directory) {
      return """
      listen:
        grpc: {port: %d}
        http: {port: %d}
      admin: {port: %d}
      destinations:
        - {name: sink, endpoint: "http://127.0.0.1:%d", protocol: grpc, compression: %s}
      hold: {decisionWait: %s}
      policies:
        - {name: errors, match: {status: ERROR}, keep: true}
        - {name: slow, match: {slowerThan: 1s}, keep: true}
      defaultProbability: 0.1
      stateDir: %s
      %s
      """
          .formatted(
              ports.grpc(),
              ports.http(),
              ports.admin(),
              sinkPort,
              setting.compression(),
              setting.decisionWait(),
              directory.resolve("state-" + name()),
              fleet.isEmpty() ? "" : "fleet: {url: \"" + fleet + "\"}");
    }
  }

  /** The Collector of the folder peer. */
  record Collector(Path program, Path config) implements Subject {
    @Override
    public String name() {
      return "collector";
    }

    @Override
    public Server start(Setting setting, int sinkPort, Path directory) {
      Server.Ports ports = Server.Ports.free();
      List<String> command = new ArrayList<>(pinned(setting));
      command.addAll(List.of(program.toString(), "--config", config.toString()));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder
          .environment()
          .putAll(
              Map.of(
                  "GOMAXPROCS", "1",
                  "GRPC_PORT", Integer.toString(ports.grpc()),
                  "HTTP_PORT", Integer.toString(ports.http()),
                  "SINK_PORT", Integer.toString(sinkPort),
                  "DECISION_WAIT", setting.decisionWait(),
                  "EXPORT_COMPRESSION", setting.compression()));
      return Server.start(builder, directory.resolve(name() + ".log"), ports);
    }
  }

  /** Any OTLP server that runs already and exports to the sink, or to nobody. */
  record Running(long pid, int grpcPort, int httpPort) implements Subject {
    @Override
    public String name() {
      return "pid-" + pid;
    }

    @Override
    public Server start(Setting setting, int sinkPort, Path directory) {
      return Server.running(pid, new Server.Ports(grpcPort, httpPort, 0));
    }
  }

  private static List<String> pinned(Setting setting) {
    return setting.cpu().isEmpty() ? List.of() : List.of("taskset", "-c", setting.cpu());
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write " + file, e);
    }
  }
}
