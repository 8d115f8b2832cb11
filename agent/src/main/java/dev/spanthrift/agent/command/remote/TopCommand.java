package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.terminal.Display;
import dev.spanthrift.agent.terminal.Picture;
import dev.spanthrift.agent.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code spanthrift top}: what costs most, on a screen that is drawn again and again. */
@Command(
    name = "top",
    description =
        "Shows money, rates and the operations that cost most, on a live screen until Ctrl-C; where"
            + " nobody looks, or with -o json or yaml, once.")
public final class TopCommand implements Callable<Integer> {
  private static final long EACH_MILLIS = TimeUnit.SECONDS.toMillis(2);

  /** Money first: a narrow screen cuts the end. */
  private static final String ROW = "%12s %-18.18s %-28.28s %9s %9s %7s %7s %9s";

  private final Context context;

  @Mixin private AtOption at = new AtOption();

  @Option(
      names = "--sort",
      paramLabel = "COLUMN",
      description = "By what the operations are sorted, as GET /api/v1/operations. Default: paid.")
  private String sort = "paid";

  @Option(names = "--limit", paramLabel = "N", description = "Operations shown. Default: 20.")
  private int limit = 20;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Ends by itself after this many seconds. Default: 0, Ctrl-C ends it.")
  private long seconds;

  public TopCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Terminal terminal = Terminal.detect(context.environment());
    Display display = new Display(context.out(), terminal);
    Thread leave = new Thread(display::leave, "top-leave");
    Runtime.getRuntime().addShutdownHook(leave);
    try {
      return terminal.live() && at.form() == OutputForm.TABLE ? live(display) : once();
    } catch (RefusedException e) {
      display.leave();
      context.say("spanthrift: " + e.getMessage());
      return RemoteVerb.code(e.status());
    } finally {
      display.leave();
      Runtime.getRuntime().removeShutdownHook(leave);
    }
  }

  private int once() throws RefusedException, InterruptedException {
    JsonNode answer = ask(at.sidecar());
    at.form().print(answer, out -> rows(answer).forEach(out::println), context.out());
    return Context.OK;
  }

  private int live(Display display) throws RefusedException, InterruptedException {
    RemoteSidecar sidecar = at.sidecar();
    long end = seconds == 0 ? Long.MAX_VALUE : System.nanoTime() + seconds * 1_000_000_000L;
    while (true) {
      List<String> rows = rows(ask(sidecar));
      display.show(
          new Picture() {
            @Override
            public List<String> rows() {
              return rows;
            }

            @Override
            public String line() {
              return rows.getFirst();
            }
          });
      if (System.nanoTime() - end + EACH_MILLIS * 1_000_000 > 0 && seconds > 0) {
        return Context.OK;
      }
      Thread.sleep(EACH_MILLIS);
    }
  }

  private JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.set("status", sidecar.get("/api/v1/status").body());
    all.set("spend", sidecar.get("/api/v1/spend").body());
    String query = "?limit=" + limit + "&sort=" + RemoteSidecar.encoded(sort);
    all.set("operations", sidecar.get("/api/v1/operations" + query).body());
    return all;
  }

  private static List<String> rows(JsonNode all) {
    JsonNode status = all.path("status");
    JsonNode spend = all.path("spend");
    String currency = spend.path("currency").asString();
    List<String> rows = new ArrayList<>();
    rows.add(
        String.format(
            Locale.ROOT,
            "spanthrift %s   policy %d   kill switch %s   %s",
            status.path("phase").asString(),
            status.at("/policy/version").asLong(),
            status.at("/killSwitch/mode").asString(),
            status.path("now").asString("")));
    rows.add(
        String.format(
            Locale.ROOT,
            "spent %.4f %s   saved %.4f   own cost %.4f   %.0f spans/s in, %.0f kept, %.0f dropped",
            spend.path("spent").asDouble(),
            currency,
            spend.path("saved").asDouble(),
            spend.path("ownCost").asDouble(),
            status.at("/rates/receivedSpansPerSecond").asDouble(),
            status.at("/rates/keptSpansPerSecond").asDouble(),
            status.at("/rates/droppedSpansPerSecond").asDouble()));
    for (JsonNode to : status.path("destinations")) {
      if (to.path("away").asBoolean()) {
        rows.add("AWAY: " + to.path("name").asString() + " " + to.path("lastError").asString(""));
      }
    }
    rows.add("");
    rows.add(
        String.format(
            Locale.ROOT,
            ROW,
            "PAID " + currency,
            "SERVICE",
            "OPERATION",
            "SPANS/S",
            "SPANS",
            "KEPT",
            "ERRORS",
            "P95"));
    all.at("/operations/operations").forEach(operation -> rows.add(row(operation)));
    if (all.at("/operations/operations").isEmpty()) {
      rows.add("No span has come yet. Applications send to localhost:4317 (gRPC) or 4318 (HTTP).");
    }
    return rows;
  }

  private static String row(JsonNode operation) {
    JsonNode seen = operation.path("all");
    JsonNode lately = seen.path("perSecondLately");
    return String.format(
        Locale.ROOT,
        ROW,
        number("%.6f", operation.at("/kept/money")),
        operation.path("service").asString(),
        operation.path("operation").asString(),
        number("%.1f", lately.isNumber() ? lately : seen.path("perSecond")),
        seen.path("spans").asLong(),
        number("%.1f%%", operation.path("keptShare"), 100),
        number("%.2f%%", seen.path("errorRate"), 100),
        number("%.3g s", seen.path("p95")));
  }

  private static String number(String format, JsonNode node) {
    return number(format, node, 1);
  }

  private static String number(String format, JsonNode node, double times) {
    return node.isNumber() ? String.format(Locale.ROOT, format, times * node.asDouble()) : "–";
  }
}
