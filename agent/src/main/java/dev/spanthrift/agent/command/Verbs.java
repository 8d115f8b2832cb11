package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.check.CheckCommand;
import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.AuditCommand;
import dev.spanthrift.agent.command.remote.DecisionsCommand;
import dev.spanthrift.agent.command.remote.ExplainCommand;
import dev.spanthrift.agent.command.remote.KillSwitchCommand;
import dev.spanthrift.agent.command.remote.PolicyCommand;
import dev.spanthrift.agent.command.remote.ReportCommand;
import dev.spanthrift.agent.command.remote.StatusCommand;
import dev.spanthrift.agent.command.simulate.SimulateCommand;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** The command line; its exit codes are 0 ok, 1 failed, 2 usage. */
@Command(
    name = "spanthrift",
    description = "A tracing sidecar that keeps the traces worth their price.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    footer = {
      "",
      "In a cluster: injector, inject, controller (docs/INJECTION.md; spanthrift injector --help).",
      "VERB --help shows its options; spanthrift.example.yaml shows every setting.",
      "Exit codes: 0 all is well, 1 it failed, 2 wrong usage; of verbs that ask a running sidecar"
          + " also 3 nobody answers, 4 somebody else changed it first."
    })
public final class Verbs {
  private Verbs() {}

  /** Loaded by the verbs that may use a client of grpc-java; the sidecar's sender has its own. */
  private static final class Quiet {
    private static final Logger GRPC = Logger.getLogger("io.grpc");
  }

  /**
   * Runs one verb.
   *
   * @param sidecar makes a program that is not started yet
   * @return the exit code
   */
  public static int run(
      String[] arguments, Map<String, String> environment, Supplier<SidecarProgram> sidecar) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, false, StandardCharsets.UTF_8);
    int code = execute(arguments, new Context(environment, out, err, sidecar));
    out.flush();
    err.flush();
    return code;
  }

  private static int execute(String[] arguments, Context context) {
    RunCommand plain = PlainRun.of(arguments, context);
    if (plain == null) {
      return commandLine(context).execute(arguments);
    }
    try {
      return plain.call();
    } catch (InterruptedException | RuntimeException e) {
      return unexpected(e, context);
    }
  }

  private static int unexpected(Exception e, Context context) {
    context.say("spanthrift: this should not have happened; please report it with all below");
    e.printStackTrace(context.err());
    context.err().flush();
    return Context.FAILED;
  }

  static CommandLine commandLine(Context context) {
    // Its warnings are stack traces, one for each attempt; the destination says the same in a line.
    Quiet.GRPC.setLevel(Level.SEVERE);
    CommandLine commandLine = new CommandLine(new Verbs());
    commandLine
        .addSubcommand(new RunCommand(context))
        .addSubcommand(new CheckCommand(context))
        .addSubcommand(new DemoCommand(context))
        .addSubcommand(new SendCommand(context))
        .addSubcommand(new SimulateCommand(context))
        .addSubcommand(new RecordCommand(context))
        .addSubcommand(new ExplainCommand(context))
        .addSubcommand(new DecisionsCommand(context))
        .addSubcommand(new ReportCommand(context))
        .addSubcommand(new StatusCommand(context))
        .addSubcommand(PolicyCommand.commandLine(context))
        .addSubcommand(new KillSwitchCommand(context))
        .addSubcommand(AuditCommand.commandLine(context))
        .addSubcommand(new PricesCommand(context))
        .addSubcommand(new ImportCommand(context))
        .addSubcommand(new WarmCommand(context))
        .addSubcommand(new VersionCommand(context))
        .addSubcommand(new CommandLine.HelpCommand())
        .setOut(context.out())
        .setErr(context.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, verb, parsed) -> unexpected(e, context));
    helpful(commandLine);
    commandLine
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Prints the version.")
                .build())
        .version(VersionCommand.words());
    commandLine.getSubcommands().values().forEach(Verbs::helpful);
    return commandLine;
  }

  /** {@code --help} everywhere; {@code help VERB} says the same. */
  private static void helpful(CommandLine verb) {
    if (verb.getCommandSpec().findOption("--help") == null) {
      verb.getCommandSpec()
          .addOption(
              OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Shows this and does nothing.")
                  .build());
    }
    verb.getSubcommands().values().forEach(Verbs::helpful);
  }
}
