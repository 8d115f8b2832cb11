package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift decisions}: the last ones, to find a trace to ask about. */
@Command(name = "decisions", description = "Lists the last decisions of a running sidecar.")
public final class DecisionsCommand extends RemoteVerb {
  @Mixin private DecisionFilter filter = new DecisionFilter();

  @Option(names = "--limit", paramLabel = "N", description = "So many. Default: 20.")
  private int limit = 20;

  public DecisionsCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    return sidecar.get("/api/v1/decisions?limit=" + limit + filter.query()).body();
  }

  @Override
  void table(JsonNode answer, PrintWriter out) {
    answer.path("decisions").forEach(row -> DecisionFilter.row(row, out));
    if (answer.path("decisions").isEmpty()) {
      out.println("No such decision among the last " + answer.path("held").asLong() + ".");
    }
  }
}
