package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.demo.Demo;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import dev.spanthrift.agent.terminal.Terminal;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code spanthrift demo}: everything in one process, on one screen. */
@Command(
    name = "demo",
    description =
        "Shows the program at work: simulated services, the real sidecar, a backend, money saved.")
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

  DemoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (seconds < 0) {
      CommandLine verb = spec == null ? new CommandLine(this) : spec.commandLine();
      throw new CommandLine.ParameterException(verb, "--seconds is at least 0, not " + seconds);
    }
    Demo demo =
        new Demo(
            context.environment(),
            context.out(),
            Terminal.detect(context.environment()),
            context.sidecar().get());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.stop(STOP_MILLIS), "demo-stop"));
    try {
      return demo.run(seconds) ? Context.OK : Context.FAILED;
    } catch (StartException | SettingsException e) {
      context.say("spanthrift: " + e.getMessage());
      return Context.FAILED;
    }
  }
}
