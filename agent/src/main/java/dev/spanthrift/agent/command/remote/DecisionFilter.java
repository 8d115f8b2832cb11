package dev.spanthrift.agent.command.remote;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which decisions are shown, and how one looks on a line. */
final class DecisionFilter {
  @Option(names = "--service", paramLabel = "NAME", description = "Only of this service.")
  private @Nullable String service;

  @Option(names = "--operation", paramLabel = "NAME", description = "Only of this operation.")
  private @Nullable String operation;

  @Option(
      names = {"--outcome", "--decision"},
      paramLabel = "kept|dropped|limbo",
      description = "Only those with this outcome.")
  private @Nullable String outcome;

  @Option(names = "--reason", paramLabel = "REASON", description = "Only those with this reason.")
  private @Nullable String reason;

  /** As a query, with an ampersand before each part. */
  String query() {
    StringBuilder query = new StringBuilder();
    add("service", service, query);
    add("operation", operation, query);
    add("outcome", outcome, query);
    add("reason", reason, query);
    return query.toString();
  }

  private static void add(String name, @Nullable String value, StringBuilder query) {
    if (value != null) {
      query.append('&').append(name).append('=').append(RemoteSidecar.encoded(value));
    }
  }

  static void row(JsonNode row, PrintWriter out) {
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
}
