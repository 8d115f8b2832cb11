package dev.spanthrift.kubernetes.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The command line of the cluster's programs; its exit codes are 0 ok, 1 failed, 2 usage. The
 * launcher sends their verbs here and all others to the sidecar's program.
 */
@Command(
    name = "spanthrift",
    description = "Spanthrift in a Kubernetes cluster.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    footer = {"", "VERB --help shows its options; docs/INJECTION.md tells the whole."})
public final class ClusterVerbs {
  private ClusterVerbs() {}

  /** Runs one verb; returns the exit code. */
  public static int run(String[] arguments, Map<String, String> environment) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, false, StandardCharsets.UTF_8);
    int code = commandLine(new ClusterContext(environment, out, err)).execute(arguments);
    out.flush();
    err.flush();
    return code;
  }

  static CommandLine commandLine(ClusterContext context) {
    CommandLine commandLine = new CommandLine(new ClusterVerbs());
    commandLine
        .addSubcommand(new InjectorCommand(context))
        .addSubcommand(new InjectCommand(context))
        .addSubcommand(new ControllerCommand(context))
        .addSubcommand(new CommandLine.HelpCommand())
        .setOut(context.out())
        .setErr(context.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((e, verb, parsed) -> unexpected(e, context));
    helpful(commandLine);
    commandLine.getSubcommands().values().forEach(ClusterVerbs::helpful);
    return commandLine;
  }

  private static int unexpected(Exception e, ClusterContext context) {
    context.say("spanthrift: this should not have happened; please report it with all below");
    e.printStackTrace(context.err());
    context.err().flush();
    return ClusterContext.FAILED;
  }

  private static void helpful(CommandLine verb) {
    if (verb.getCommandSpec().findOption("--help") == null) {
      verb.getCommandSpec()
          .addOption(
              OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Shows this and does nothing.")
                  .build());
    }
  }
}
