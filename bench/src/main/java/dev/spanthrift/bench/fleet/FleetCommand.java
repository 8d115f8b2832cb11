package dev.spanthrift.bench.fleet;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
    System.exit(new CommandLine(new FleetCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    return simulated.isEmpty() ? processes() : simulate();
  }

  private int processes() {
    throw new UnsupportedOperationException("real processes: not there yet");
  }

  private int simulate() {
    throw new UnsupportedOperationException("--simulate: not there yet");
  }
}
