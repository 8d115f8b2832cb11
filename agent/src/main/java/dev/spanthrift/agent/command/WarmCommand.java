package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.demo.Training;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code spanthrift warm}: the sidecar as {@code run} starts it, on ports of its own, under some of
 * all that it will be asked for. The launcher lets the JVM watch and write its AOT cache.
 */
@Command(
    name = "warm",
    description =
        "Makes the AOT cache, with which the program starts in half of the time: a training run of"
            + " some seconds on loopback ports of its own.")
final class WarmCommand implements Callable<Integer> {
  private static final Duration END = Duration.ofSeconds(10);

  private static final String PORTS =
      """
      listen: {grpc: {host: 127.0.0.1, port: 0}, http: {host: 127.0.0.1, port: 0}}
      admin: {host: 127.0.0.1, port: 0}
      """;

  private static final String POLICIES =
      """
      policies:
        - {name: errors, match: {status: ERROR}, keep: true}
        - {name: slow, match: {slowerThan: 1s}, keep: true}
        - {name: health, match: {name: {startsWith: GET /health}}, drop: true}
      defaultProbability: 0.5
      """;

  private final Context context;

  WarmCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("spanthrift-warm");
    SidecarProgram backend = context.sidecar().get();
    try {
      String text = PORTS + "stateDir: " + folder.resolve("backend");
      SpanthriftSettings settings = SettingsLoader.load(text, "warm", Map.of()).settings();
      return train(folder, backend, backend.start(settings));
    } catch (SettingsException | StartException e) {
      context.say("spanthrift: " + e.getMessage());
      return Context.FAILED;
    }
  }

  /** By the very words with which everybody starts it. Ends the process, as the sidecar does. */
  private int train(Path folder, SidecarProgram backend, SidecarProgram.Ports ports)
      throws IOException, InterruptedException {
    Path file = folder.resolve("spanthrift.yaml");
    String destinations =
        """
        destinations:
          - {name: grpc, endpoint: "http://127.0.0.1:%d", protocol: grpc, signals: [traces, metrics]}
          - {name: http, endpoint: "http://127.0.0.1:%d", protocol: http/protobuf, signals: [traces, logs]}
        stateDir: %s
        """
            .formatted(ports.grpc(), ports.http(), folder.resolve("state"));
    Files.writeString(file, PORTS + POLICIES + destinations);
    Context own =
        new Context(
            Map.of(),
            context.out(),
            context.err(),
            () -> new Watched(context.sidecar().get(), backend, folder));
    String[] words = {"run", "--config", file.toString()};
    return Objects.requireNonNull(PlainRun.of(words, own)).call();
  }

  /** Trains whatever starts, then ends the process and all that it made. */
  private record Watched(SidecarProgram program, SidecarProgram backend, Path folder)
      implements SidecarProgram {
    @Override
    public Ports start(SpanthriftSettings settings) throws StartException {
      Ports ports = program.start(settings);
      Thread.ofPlatform().name("training").start(() -> System.exit(trained(ports)));
      return ports;
    }

    private static int trained(Ports ports) {
      try {
        Training.of(ports);
        return Context.OK;
      } catch (IOException | InterruptedException e) {
        System.err.println("spanthrift: the training run failed: " + e);
        return Context.FAILED;
      }
    }

    @Override
    public PipelineStatus status() {
      return program.status();
    }

    @Override
    public long waitingSpans() {
      return program.waitingSpans();
    }

    @Override
    public void stop(Duration deadline) {
      program.stop(END);
      backend.stop(END);
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("spanthrift: " + folder + " is left behind: " + e.getMessage());
    }
  }
}
