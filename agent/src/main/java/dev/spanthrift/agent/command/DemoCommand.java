package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.demo.Demo;
import dev.spanthrift.agent.demo.FleetDemo;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import dev.spanthrift.agent.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code spanthrift demo}: everything in one process, or a fleet of some, on one screen. */
@Command(
    name = "demo",
    description =
        "Shows the program at work: simulated services, the real sidecar, a backend, money saved."
            + " With --pods a fleet: several sidecars over one Redis or Valkey, traces that arrive"
            + " whole, one budget; e stops and starts the engine, q ends it.")
final class DemoCommand implements Callable<Integer> {
  /** Longer than the sidecar's own deadline, so that the summary is still printed. */
  private static final long STOP_MILLIS = 20_000;

  private final Context context;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Ends by itself after this many seconds. Default: 0, Ctrl-C ends it.")
  private long seconds;

  @Option(
      names = "--pods",
      paramLabel = "N",
      description =
          "Divides the services between 2 to 9 sidecars, each a process of its own; needs"
              + " redis-server or valkey-server on the PATH, or --redis. Default: one sidecar in"
              + " this process.")
  private @Nullable Integer pods;

  @Option(
      names = "--redis",
      paramLabel = "URL",
      description =
          "With --pods: a Redis or Valkey that runs already, as redis://host:port."
              + " Default: one of its own.")
  private @Nullable String redis;

  @Option(
      names = "--outage",
      paramLabel = "N",
      description =
          "With --pods and --seconds: stops the engine for this many seconds, a third into the"
              + " demo. Default: 0, never.")
  private long outage;

  DemoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    refuse(seconds < 0, "--seconds is at least 0, not " + seconds);
    refuse(pods == null && (redis != null || outage != 0), "--redis and --outage go with --pods");
    return pods == null ? alone() : fleet(pods);
  }

  private void refuse(boolean wrong, String words) {
    if (wrong) {
      CommandLine verb = spec == null ? new CommandLine(this) : spec.commandLine();
      throw new CommandLine.ParameterException(verb, words);
    }
  }

  private int alone() throws InterruptedException, IOException {
    Demo demo =
        new Demo(
            context.environment(),
            context.out(),
            Terminal.detect(context.environment()),
            context.sidecar().get());
    return run(() -> demo.run(seconds), demo::stop);
  }

  private int fleet(int pods) throws InterruptedException, IOException {
    refuse(
        pods < 2 || pods > FleetDemo.PODS_MAX,
        "--pods is from 2 to " + FleetDemo.PODS_MAX + ", not " + pods);
    refuse(
        outage < 0 || (outage > 0 && (redis != null || seconds < 3 * outage)),
        "--outage needs an engine that the demo starts itself, and --seconds of three times as"
            + " much");
    FleetDemo demo =
        new FleetDemo(
            context.environment(),
            context.out(),
            Terminal.detect(context.environment()),
            new FleetDemo.Options(pods, seconds, outage, redis));
    return run(demo::run, demo::stop);
  }

  private interface Run {
    boolean isWell() throws IOException, StartException, SettingsException, InterruptedException;
  }

  private int run(Run demo, LongConsumer stop) throws InterruptedException, IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop.accept(STOP_MILLIS), "demo-stop"));
    try {
      return demo.isWell() ? Context.OK : Context.FAILED;
    } catch (StartException | SettingsException e) {
      context.say("spanthrift: " + e.getMessage());
      return Context.FAILED;
    }
  }
}
