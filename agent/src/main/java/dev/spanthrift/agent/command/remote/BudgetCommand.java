package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift budget}: what was spent, saved, and what the end will look like. */
@Command(
    name = "budget",
    description = "Says what was spent and saved of each budget, and the forecast of its end.")
public final class BudgetCommand extends RemoteVerb {
  private static final String ROW = "%-16s  %-8s  %12s  %12s  %12s  %s%n";

  @Option(
      names = "--scope",
      paramLabel = "sidecar|fleet",
      description = "Whose books, where a fleet shares one budget. Default: those it spends from.")
  private @Nullable String scope;

  public BudgetCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    String path = "/api/v1/spend";
    return sidecar
        .get(scope == null ? path : path + "?scope=" + RemoteSidecar.encoded(scope))
        .body();
  }

  @Override
  void table(JsonNode spend, PrintWriter out) {
    String currency = spend.path("currency").asString();
    out.printf(
        Locale.ROOT, ROW, "BUDGET", "PERIOD", "LIMIT " + currency, "SPENT", "SAVED", "FORECAST");
    if (spend.path("budgets").isEmpty()) {
      row("(none)", spend, out);
    }
    for (JsonNode budget : spend.path("budgets")) {
      row(budget.path("name").asString(), budget, out);
    }
  }

  private static void row(String name, JsonNode of, PrintWriter out) {
    JsonNode forecast = of.path("forecast");
    out.printf(
        Locale.ROOT,
        ROW,
        name,
        of.at("/period/name").asString(),
        of.path("budget").isNumber() ? money(of.path("budget")) : "no limit",
        money(of.path("spent")),
        money(of.path("saved")),
        forecast.isObject()
            ? money(forecast.path("expected"))
                + " ("
                + money(forecast.path("low"))
                + " to "
                + money(forecast.path("high"))
                + ")"
            : of.path("noForecast").asString("not enough data yet"));
  }

  private static String money(JsonNode amount) {
    return String.format(Locale.ROOT, "%.4f", amount.asDouble());
  }
}
