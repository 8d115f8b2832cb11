package dev.spanthrift.agent.command;

import dev.spanthrift.agent.collector.ForeignConfiguration;
import dev.spanthrift.agent.command.check.Check;
import dev.spanthrift.agent.command.check.PolicyCheck;
import dev.spanthrift.agent.command.check.Surroundings;
import dev.spanthrift.agent.command.option.CollectorOption;
import dev.spanthrift.agent.command.option.ConfigOption;
import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.option.EndSignals;
import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.Treasurer;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.pipeline.SidecarProgram.StartException;
import dev.spanthrift.sampler.Judge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spanthrift run}: the sidecar alone, until a signal ends it. */
@Command(name = "run", description = "Starts the sidecar; SIGTERM or Ctrl-C ends it clean.")
public final class RunCommand implements Callable<Integer> {
  private final Context context;
  private volatile boolean started;

  @Mixin private final ConfigOption config = new ConfigOption();

  @Option(
      names = "--lenient",
      description =
          "Start although the configuration has mistakes, as a sidecar should: what is wrong is"
              + " left out, and policies that cannot be used give way to the last good ones, else"
              + " all is kept; status and metrics say degraded. What says where spans go must be"
              + " right.")
  private boolean lenient;

  RunCommand(Context context) {
    this.context = context;
  }

  RunCommand with(@Nullable Path file, boolean leniently) {
    config.name(file);
    lenient = leniently;
    return this;
  }

  @Mixin private final CollectorOption collector = new CollectorOption();

  @Override
  public Integer call() throws InterruptedException {
    try {
      ForeignConfiguration file = collector.read(context);
      if (file != null && lenient) {
        throw new SettingsException(
            List.of(
                new SettingProblem(
                    "--lenient",
                    null,
                    "",
                    "goes with --config; a Collector's file is taken whole")));
      }
      if (file != null && config.given()) {
        throw new SettingsException(
            List.of(
                new SettingProblem("--config", null, "", "either this or --collector, not both")));
      }
      if (file != null) {
        if (!context.environment().getOrDefault("SPANTHRIFT_CONFIG", "").isEmpty()) {
          context.say("spanthrift: SPANTHRIFT_CONFIG is not used, because --collector is given");
        }
        return runCollector(file);
      }
      SettingsLoader.Loaded loaded =
          lenient
              ? config.loadLeniently(context.environment(), RunCommand::checkMoney)
              : config.load(context.environment());
      loaded.warnings().forEach(warning -> context.say("spanthrift: " + warning));
      loaded.leftOut().forEach(p -> context.say("spanthrift: left out (--lenient): " + p));
      if (loaded.settings().destinations().isEmpty()) {
        context.say("spanthrift: " + Surroundings.NO_DESTINATION);
        return Context.FAILED;
      }
      List<Check> policies = PolicyCheck.of(loaded.settings());
      policies.forEach(check -> context.say("spanthrift: " + check.detail()));
      if (!lenient && !policies.stream().allMatch(Check::ok)) {
        return Context.FAILED;
      }
      return start(loaded.settings(), program -> begun(program, loaded));
    } catch (SettingsException e) {
      context.say("spanthrift: the configuration cannot be used:");
      e.problems().forEach(problem -> context.say("  " + problem));
      return Context.FAILED;
    } catch (StartException e) {
      context.say("spanthrift: " + e.getMessage());
      return Context.FAILED;
    }
  }

  private int runCollector(ForeignConfiguration file)
      throws SettingsException, StartException, InterruptedException {
    SettingsLoader.Loaded loaded = file.load(context.environment());
    loaded.warnings().forEach(warning -> context.say("spanthrift: " + warning));
    try {
      Judge judge = file.judge();
      return start(loaded.settings(), program -> program.start(loaded.settings(), judge));
    } catch (IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private void stop(SidecarProgram program, SpanthriftSettings settings) {
    Duration deadline = settings.shutdown().deadline();
    try {
      if (started) {
        sayThatItEnds(program.waitingSpans(), deadline);
      }
    } finally {
      program.stop(deadline);
    }
  }

  /** The number first: who has no processor and two seconds to live says nothing after this. */
  private void sayThatItEnds(long waiting, Duration deadline) {
    context.say(
        "spanthrift: ending; "
            + waiting
            + " spans wait: they are decided and sent, which may take up to "
            + deadline.toSeconds()
            + " s, and are lost if this process is killed before");
  }

  private interface Start {
    SidecarProgram.Ports of(SidecarProgram program) throws StartException;
  }

  private SidecarProgram.Ports begun(SidecarProgram program, SettingsLoader.Loaded loaded)
      throws StartException {
    if (!lenient) {
      return program.start(loaded.settings());
    }
    List<String> leftOut = loaded.leftOut().stream().map(SettingProblem::toString).toList();
    return program.start(
        loaded.settings(), new SidecarProgram.Lenience(leftOut, loaded.policiesLost()));
  }

  private static void checkMoney(SpanthriftSettings settings) throws SettingsException {
    try {
      Treasurer.check(settings);
    } catch (ModelException e) {
      throw new SettingsException(e.problems());
    }
  }

  private int start(SpanthriftSettings settings, Start start)
      throws StartException, InterruptedException {
    SidecarProgram program = context.sidecar().get();
    new Surroundings(settings, context.environment())
        .mayBeAbsent().stream()
            .filter(check -> !check.ok())
            .forEach(check -> context.say("spanthrift: " + check.check() + ": " + check.detail()));
    // Before the start, so that a signal during it also ends clean.
    EndSignals.endClean();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(program, settings), "shutdown"));
    SidecarProgram.Ports ports = start.of(program);
    started = true;
    context.say(
        "spanthrift: OTLP/gRPC on %s:%d, OTLP/HTTP on %s:%d, page http://%s:%d/, to %s"
            .formatted(
                settings.listen().grpc().host(),
                ports.grpc(),
                settings.listen().http().host(),
                ports.http(),
                settings.admin().host(),
                ports.admin(),
                settings.destinations().stream()
                    .map(DestinationSettings::endpoint)
                    .map(Object::toString)
                    .collect(Collectors.joining(", "))));
    // Only the shutdown hook ends the program from here on.
    new CountDownLatch(1).await();
    return Context.OK;
  }
}
