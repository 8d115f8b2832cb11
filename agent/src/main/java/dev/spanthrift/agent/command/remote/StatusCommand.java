package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code spanthrift status}: how a running sidecar is. */
@Command(name = "status", description = "Says how a running sidecar is.")
public final class StatusCommand extends RemoteVerb {
  public StatusCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    return sidecar.get("/api/v1/status").body();
  }

  @Override
  void table(JsonNode status, PrintWriter out) {
    line("phase", status.path("phase").asString() + ", since " + text(status, "/started"), out);
    status.path("degraded").forEach(why -> line("degraded", why.asString(), out));
    line(
        "policy",
        "version "
            + text(status, "/policy/version")
            + ", kill switch "
            + text(status, "/killSwitch/mode"),
        out);
    line(
        "spans",
        text(status, "/spans/received")
            + " received, "
            + text(status, "/spans/kept")
            + " kept, "
            + text(status, "/spans/dropped")
            + " dropped, "
            + text(status, "/held/spans")
            + " held",
        out);
    for (JsonNode to : status.path("destinations")) {
      line(
          "to " + text(to, "/name"),
          to.path("away").asBoolean() ? "AWAY, " + text(to, "/lastError") : "there",
          out);
    }
    for (JsonNode law : status.path("identities")) {
      if (!law.path("holds").asBoolean()) {
        line(
            "BROKEN LAW",
            text(law, "/law") + ": " + text(law, "/left") + " ≠ " + text(law, "/right"),
            out);
      }
    }
  }

  private static String text(JsonNode node, String pointer) {
    JsonNode found = node.at(pointer);
    return found.isString() ? found.asString() : found.toString();
  }

  private static void line(String name, String words, PrintWriter out) {
    out.println((name + "             ").substring(0, Math.max(13, name.length() + 1)) + words);
  }
}
