package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.command.remote.RemoteSidecar.Wish;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code spanthrift boost …}: keep more of something for a while. */
@Command(
    name = "boost",
    description = "Keeps more of something for a while, up to a cap in money.",
    synopsisSubcommandLabel = "list|preview|add|end")
public final class BoostCommand {
  private static final String PATH = "/api/v1/boosts";

  private BoostCommand() {}

  /** With its verbs. */
  public static CommandLine commandLine(Context context) {
    return new CommandLine(new BoostCommand())
        .addSubcommand(new ListOfBoosts(context))
        .addSubcommand(new Preview(context))
        .addSubcommand(new Add(context))
        .addSubcommand(new End(context));
  }

  /** What is kept, how long, and for how much. */
  static final class What {
    @Option(names = "--service", paramLabel = "NAME", description = "Traces of this service.")
    private @Nullable String service;

    @Option(names = "--operation", paramLabel = "NAME", description = "Traces of this operation.")
    private @Nullable String operation;

    @Option(
        names = "--attribute",
        paramLabel = "KEY=VALUE",
        description = "Traces with this attribute.")
    private @Nullable String attribute;

    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        description = "How long. Default: 30m; at most 24h.")
    private String ttl = "30m";

    @Option(
        names = "--cap",
        paramLabel = "MONEY",
        required = true,
        description = "Money that it may cost, in the currency of the price.")
    private BigDecimal cap = BigDecimal.ZERO;

    ObjectNode body(RemoteVerb verb) {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      ObjectNode match = body.putObject("match");
      if (service != null) {
        match.put("service", service);
      }
      if (operation != null) {
        match.put("operation", operation);
      }
      if (attribute != null) {
        String[] parts = attribute.split("=", 2);
        if (parts.length < 2) {
          throw verb.usage("--attribute is KEY=VALUE, not " + attribute);
        }
        match.putObject("attribute").put("key", parts[0]).put("equals", parts[1]);
      }
      return body.put("ttl", ttl).put("cap", cap);
    }
  }

  private static Wish post(String path, JsonNode body, String reason) {
    byte[] text = body.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return new Wish("POST", path, text, RemoteSidecar.JSON, "", reason);
  }

  @Command(name = "list", description = "Lists the boosts that are active, and those that were.")
  static final class ListOfBoosts extends RemoteVerb {
    ListOfBoosts(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get(PATH).body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      answer.path("boosts").forEach(boost -> row(boost, out));
      answer.path("ended").forEach(boost -> row(boost, out));
      if (answer.path("boosts").isEmpty()) {
        out.println(
            "None is active. For example: spanthrift boost add --service cart --ttl 30m --cap 1");
      }
    }
  }

  private static void row(JsonNode boost, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%-14s  %-8s  until %s  %.4f of %.4f %s  %d traces  %s  %s%n",
        boost.path("id").asString(),
        boost.path("state").asString(),
        boost.path("until").asString(),
        boost.path("spent").asDouble(),
        boost.path("cap").asDouble(),
        boost.path("currency").asString(),
        boost.path("traces").asLong(),
        boost.path("match"),
        boost.path("reason").asString(""));
  }

  @Command(name = "preview", description = "Says what a boost would cost, by the recording.")
  static final class Preview extends RemoteVerb {
    @Mixin private What what = new What();

    Preview(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.send(post(PATH + ":preview", what.body(this), "")).body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      out.printf(
          Locale.ROOT,
          "It would cost %.4f %s an hour, %.4f until it ends (cap %.4f); %.0f%% of it is kept"
              + " anyway.%n",
          answer.path("costPerHour").asDouble(),
          answer.path("currency").asString(),
          answer.path("cost").asDouble(),
          answer.path("cap").asDouble(),
          100 * answer.path("keptAnyway").asDouble());
      if (answer.path("capLasts").isNumber()) {
        out.printf(
            Locale.ROOT, "The cap is spent after %.0f s.%n", answer.path("capLasts").asDouble());
      }
      answer.path("remarks").forEach(remark -> out.println(remark.asString()));
    }
  }

  @Command(name = "add", description = "Begins a boost.")
  static final class Add extends RemoteVerb {
    @Mixin private What what = new What();

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why; stands in the audit. Default: no reason.")
    private String reason = "";

    @Option(names = "--dry-run", description = "Check everything, change nothing.")
    private boolean dryRun;

    Add(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      JsonNode body = what.body(this).put("reason", reason);
      return sidecar.send(post(PATH + (dryRun ? "?dryRun=true" : ""), body, reason)).body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      row(answer, out);
    }
  }

  @Command(name = "end", description = "Ends a boost before its time.")
  static final class End extends RemoteVerb {
    @Parameters(paramLabel = "ID", description = "As boost list shows it.")
    private String id = "";

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why; stands in the audit. Default: no reason.")
    private String reason = "";

    End(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      String path = PATH + "/" + RemoteSidecar.encoded(id);
      return sidecar
          .send(new Wish("DELETE", path, new byte[0], RemoteSidecar.JSON, "*", reason))
          .body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      row(answer, out);
    }
  }
}
