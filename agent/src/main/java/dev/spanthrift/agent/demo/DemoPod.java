package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One sidecar of a demo as a process of its own, started as the launcher started this one. */
final class DemoPod implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long END_NANOS = TimeUnit.SECONDS.toNanos(8);

  /** What {@code run} says when its ports are open. */
  private static final Pattern READY =
      Pattern.compile("OTLP/gRPC on \\S+:(\\d+), OTLP/HTTP on \\S+:(\\d+), page \\S+:(\\d+)/");

  private final String name;
  private final Path log;
  private final Process process;
  private long endsNanos = System.nanoTime();

  private DemoPod(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /** Starts it and does not wait. */
  static DemoPod start(String name, Map<String, String> settings, Path folder) throws IOException {
    Path log = folder.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command()).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(variable -> variable.startsWith("SPANTHRIFT_") || variable.startsWith("OTEL_"));
    builder.environment().putAll(settings);
    return new DemoPod(name, log, builder.start());
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-jar", System.getProperty("java.class.path"), "run"));
    return command;
  }

  /**
   * Waits until its ports are open, and says which they are.
   *
   * @param ending of the demo, which may come before that
   */
  SidecarProgram.Ports awaitPorts(Ending ending)
      throws StartException, IOException, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      Matcher ready = READY.matcher(Files.readString(log));
      if (ready.find()) {
        return new SidecarProgram.Ports(
            Integer.parseInt(ready.group(1)),
            Integer.parseInt(ready.group(2)),
            Integer.parseInt(ready.group(3)));
      }
      if (!process.isAlive() || System.nanoTime() - begin > START_NANOS) {
        throw new StartException(name + " does not start; it said:\n" + Files.readString(log));
      }
      if (ending.isWantedWithin(50)) {
        throw new StartException("ended before all sidecars were there");
      }
    }
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end, and does not wait. */
  void end() {
    process.destroy();
    endsNanos = System.nanoTime() + END_NANOS;
  }

  /** After {@link #end}: waits for it, then ends it for certain. */
  @Override
  public void close() {
    try {
      if (!process.waitFor(endsNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
