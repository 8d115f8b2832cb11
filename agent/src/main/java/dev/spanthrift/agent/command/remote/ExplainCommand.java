package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift explain ID}: why a trace was kept or dropped. */
@Command(name = "explain", description = "Asks a running sidecar why a trace was kept or dropped.")
public final class ExplainCommand extends RemoteVerb {
  @Parameters(paramLabel = "TRACE-ID", description = "32 hexadecimal digits.")
  private String id = "";

  @Option(
      names = "--budget",
      paramLabel = "BUDGET",
      description = "One more budget to try on it, such as 10%% or 25/month.")
  private @Nullable String budget;

  public ExplainCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    String query = budget == null ? "" : "?budget=" + RemoteSidecar.encoded(budget);
    return sidecar
        .get("/api/v1/traces/" + RemoteSidecar.encoded(id.strip()) + "/explain" + query)
        .body();
  }

  @Override
  void table(JsonNode answer, PrintWriter out) {
    out.println(answer.path("verdict").asString());
    for (JsonNode decision : answer.path("decisions")) {
      out.println();
      decision(decision, out);
    }
    for (JsonNode other : answer.path("otherwise")) {
      out.println(
          "  under "
              + other.path("under").asString()
              + ": "
              + other.path("outcome").asString()
              + ", "
              + other.path("why").asString());
    }
    for (JsonNode reason : answer.path("reasons")) {
      out.println("  - " + reason.asString());
    }
  }

  private static void decision(JsonNode decision, PrintWriter out) {
    out.println(
        decision.path("at").asString()
            + "  "
            + decision.path("outcome").asString()
            + "  "
            + decision.path("service").asString()
            + " "
            + decision.path("operation").asString());
    for (JsonNode policy : decision.path("policies")) {
      String sign = policy.path("decides").asBoolean() ? "→" : " ";
      String matched = policy.path("matched").asBoolean() ? "matches" : "does not match";
      String shadow = policy.path("shadow").asBoolean() ? " (shadow)" : "";
      out.println("  " + sign + " " + policy.path("name").asString() + shadow + ": " + matched);
      seen(policy.path("conditions"), "      ", out);
    }
    JsonNode budget = decision.path("budget");
    if (budget.isObject()) {
      out.println(
          "  budget: class "
              + budget.path("traceClass").asString()
              + ", price of the whole trace "
              + budget.path("currency").asString()
              + " "
              + budget.path("price").asDouble()
              + ", money there "
              + budget.path("level").asDouble());
    }
    JsonNode draw = decision.path("draw");
    out.println(
        "  probability "
            + draw.path("inclusion").asDouble()
            + ", threshold "
            + draw.path("threshold").asString("none")
            + ", randomness "
            + draw.path("randomness").asString());
  }

  /** Only what is a question: what is made of others is said by these. */
  private static void seen(JsonNode answer, String indent, PrintWriter out) {
    if (answer.path("parts").isEmpty()) {
      String saw = answer.has("saw") ? ", it is " + answer.path("saw").asString() : "";
      String holds = answer.path("holds").asBoolean() ? "yes" : "no";
      if (!answer.path("condition").toString().equals("{\"all\":[]}")) {
        out.println(indent + answer.path("condition") + ": " + holds + saw);
      }
      return;
    }
    answer.path("parts").forEach(part -> seen(part, indent, out));
  }
}
