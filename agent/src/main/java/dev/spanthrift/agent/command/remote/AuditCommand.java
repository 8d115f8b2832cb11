package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.audit.AuditFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift audit …}: who changed what, and whether nobody changed that. */
@Command(
    name = "audit",
    description = "Lists who changed what; verifies that nobody changed the list.",
    synopsisSubcommandLabel = "list|verify")
public final class AuditCommand {
  private AuditCommand() {}

  /** With its verbs. */
  public static CommandLine commandLine(Context context) {
    return new CommandLine(new AuditCommand())
        .addSubcommand(new ListOfChanges(context))
        .addSubcommand(new Verify(context));
  }

  @Command(name = "list", description = "Lists the last changes of a running sidecar.")
  static final class ListOfChanges extends RemoteVerb {
    @Option(names = "--limit", paramLabel = "N", description = "So many. Default: 20.")
    private int limit = 20;

    ListOfChanges(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get("/api/v1/audit?limit=" + limit).body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      for (JsonNode entry : answer.path("entries")) {
        out.printf(
            Locale.ROOT,
            "%5d  %s  %-6s  %-18s  %s → %s  %s%n",
            entry.path("number").asLong(),
            entry.path("at").asString(),
            entry.path("who").asString(),
            entry.path("action").asString(),
            entry.path("from").asString("-"),
            entry.path("to").asString("-"),
            entry.path("reason").asString(""));
      }
      if (answer.path("entries").isEmpty()) {
        out.println("Nothing was changed since the start.");
      }
    }
  }

  @Command(
      name = "verify",
      description =
          "Follows the chain of an audit file: a line that was changed, cut, put in or moved"
              + " shows. Exit code 1 then.")
  static final class Verify implements Callable<Integer> {
    private final Context context;

    @Parameters(
        paramLabel = "FILE",
        description =
            "audit.jsonl of a state directory, or the directory; its head lies beside it.")
    private Path file = Path.of("");

    Verify(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      Path lines = Files.isDirectory(file) ? file.resolve(AuditFile.NAME) : file;
      if (!Files.exists(lines)) {
        context.say("spanthrift: FILE = " + lines + ": there is no such file");
        return Context.FAILED;
      }
      try {
        AuditFile.Findings verdict = AuditFile.verify(lines);
        verdict.faults().forEach(fault -> context.out().println(fault));
        context
            .out()
            .println(
                verdict.entries()
                    + " entries, "
                    + (verdict.first() > 1
                        ? "from number " + verdict.first() + " on (older files have left), "
                        : "")
                    + (verdict.faults().isEmpty()
                        ? "all hang together"
                        : "NOT as they were written"));
        context.out().flush();
        return verdict.faults().isEmpty() ? Context.OK : Context.FAILED;
      } catch (IOException e) {
        context.say("spanthrift: FILE = " + lines + ": " + InputFile.reason(e));
        return Context.FAILED;
      }
    }
  }
}
