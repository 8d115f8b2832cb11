package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift report}: what was paid, saved and lost. */
@Command(
    name = "report",
    description = "Says what was paid and saved by day and service, and what was lost for it.")
public final class ReportCommand extends RemoteVerb {
  private static final String ROW = "%-12s  %-24s  %12s  %12s  %12s  %12s  %6s%n";

  @Option(names = "--days", paramLabel = "N", description = "Days in UTC, up to 62. Default: 31.")
  private int days = 31;

  @Option(names = "--service", paramLabel = "NAME", description = "Only of this service.")
  private @Nullable String service;

  public ReportCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    String path = "/api/v1/report?days=" + days;
    return sidecar
        .get(service == null ? path : path + "&service=" + RemoteSidecar.encoded(service))
        .body();
  }

  @Override
  void table(JsonNode report, PrintWriter out) {
    String currency = report.path("currency").asString();
    out.printf(
        Locale.ROOT,
        ROW,
        "DAY",
        "SERVICE",
        "LIST " + currency,
        "PAID",
        "OWN COST",
        "SAVED",
        "KEPT");
    for (JsonNode day : report.path("days")) {
      for (JsonNode of : day.path("services")) {
        row(day.path("day").asString(), of.path("service").asString(), of.path("sums"), out);
      }
    }
    row("all", "", report.path("total"), out);
    JsonNode lost = report.path("lost");
    out.println();
    out.printf(
        Locale.ROOT,
        "Never kept since %s: %d of %d kinds of error, %d of %d structures of traces.%n",
        lost.path("since").asString(),
        lost.path("errorSignaturesNeverKept").asLong(),
        lost.path("errorSignatures").asLong(),
        lost.path("structuresNeverKept").asLong(),
        lost.path("structures").asLong());
    for (JsonNode kind : lost.path("signatures")) {
      out.printf(
          Locale.ROOT,
          "  %8d spans  %s %s: %s%n",
          kind.path("spans").asLong(),
          kind.path("service").asString(),
          kind.path("operation").asString(),
          kind.path("error").asString());
    }
    shadows(report, currency, out);
  }

  private static void shadows(JsonNode report, String currency, PrintWriter out) {
    if (report.path("mode").asString().equals("shadow")) {
      out.println("Nothing was dropped.");
    }
    for (JsonNode shadow : report.path("shadows")) {
      out.printf(
          Locale.ROOT,
          "In shadow, %s would drop %d spans that were kept and keep %d that were dropped,"
              + " and save %s %s.%n",
          shadow.path("policy").asString(),
          shadow.path("less").asLong(),
          shadow.path("more").asLong(),
          currency,
          money(shadow.path("wouldSave")));
    }
  }

  private static void row(String day, String service, JsonNode sums, PrintWriter out) {
    long received = sums.path("receivedSpans").asLong();
    double share = received == 0 ? 0 : 100.0 * sums.path("keptSpans").asLong() / received;
    out.printf(
        Locale.ROOT,
        ROW,
        day,
        service,
        money(sums.path("listPrice")),
        money(sums.path("paid")),
        money(sums.path("ownCost")),
        money(sums.path("saved")),
        String.format(Locale.ROOT, "%.1f%%", share));
  }

  private static String money(JsonNode amount) {
    return String.format(Locale.ROOT, "%.6f", amount.asDouble());
  }
}
