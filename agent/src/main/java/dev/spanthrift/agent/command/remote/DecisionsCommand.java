package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift decisions}: the last ones, to find a trace to ask about. */
@Command(name = "decisions", description = "Lists the last decisions of a running sidecar.")
public final class DecisionsCommand extends RemoteVerb {
  @Option(names = "--service", paramLabel = "NAME", description = "Only of this service.")
  private @Nullable String service;

  @Option(names = "--operation", paramLabel = "NAME", description = "Only of this operation.")
  private @Nullable String operation;

  @Option(
      names = "--outcome",
      paramLabel = "kept|dropped|limbo",
      description = "Only those with this outcome.")
  private @Nullable String outcome;

  @Option(names = "--reason", paramLabel = "REASON", description = "Only those with this reason.")
  private @Nullable String reason;

  @Option(names = "--limit", paramLabel = "N", description = "So many. Default: 20.")
  private int limit = 20;

  public DecisionsCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    StringBuilder path = new StringBuilder("/api/v1/decisions?limit=").append(limit);
    add("service", service, path);
    add("operation", operation, path);
    add("outcome", outcome, path);
    add("reason", reason, path);
    return sidecar.get(path.toString()).body();
  }

  private static void add(String name, @Nullable String value, StringBuilder path) {
    if (value != null) {
      path.append('&').append(name).append('=');
      path.append(RemoteSidecar.encoded(value));
    }
  }

  @Override
  void table(JsonNode answer, PrintWriter out) {
    for (JsonNode row : answer.path("decisions")) {
      out.printf(
          Locale.ROOT,
          "%s  %s  %-7s  %-20s  p %-6.3g  %3d spans  %s %s%n",
          row.path("traceId").asString(),
          row.path("at").asString(),
          row.path("outcome").asString(),
          row.path("reason").asString(""),
          row.path("probability").asDouble(),
          row.path("spans").asLong(),
          row.path("service").asString(),
          row.path("operation").asString());
    }
    if (answer.path("decisions").isEmpty()) {
      out.println("No such decision among the last " + answer.path("held").asLong() + ".");
    }
  }
}
