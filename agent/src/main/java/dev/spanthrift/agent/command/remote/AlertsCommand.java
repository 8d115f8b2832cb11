package dev.spanthrift.agent.command.remote;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.command.remote.RemoteSidecar.Wish;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code spanthrift alerts …}: what is wrong, and who is told. */
@Command(
    name = "alerts",
    description = "Lists what is wrong; silences it; sends a test message.",
    synopsisSubcommandLabel = "list|silence|test")
public final class AlertsCommand {
  private static final String PATH = "/api/v1/alerts";
  private static final Pattern ENDS = Pattern.compile("(?:PT)?(?:0+[dhms])+", CASE_INSENSITIVE);

  private AlertsCommand() {}

  /** With its verbs. */
  public static CommandLine commandLine(Context context) {
    return new CommandLine(new AlertsCommand())
        .addSubcommand(new ListOfAlerts(context))
        .addSubcommand(new Silence(context))
        .addSubcommand(new Test(context));
  }

  @Command(name = "list", description = "Lists what is wrong now, and what was lately.")
  static final class ListOfAlerts extends RemoteVerb {
    ListOfAlerts(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get(PATH).body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      for (JsonNode alert : answer.path("alerts")) {
        out.printf(
            Locale.ROOT,
            "%-8s  %s  %-20s  %s%n          %s  (id %s)%n",
            alert.path("state").asString(),
            alert.path("since").asString(),
            alert.path("rule").asString(),
            alert.path("text").asString(),
            alert.path("link").asString(),
            alert.path("id").asString());
      }
      if (answer.path("alerts").isEmpty()) {
        out.println("Nothing is wrong, and nothing was lately.");
      }
      for (JsonNode silence : answer.path("silences")) {
        out.printf(
            Locale.ROOT,
            "silent    %s until %s  %s%n",
            silence.path("rule").asString(silence.path("id").asString("")),
            silence.path("until").asString(),
            silence.path("reason").asString(""));
      }
      if (!answer.at("/webhook/configured").asBoolean()) {
        out.println("Nobody is told: no webhook is configured.");
      }
    }
  }

  @Command(name = "silence", description = "Tells nobody about a rule or an alert for a time.")
  static final class Silence extends RemoteVerb {
    @Option(names = "--rule", paramLabel = "NAME", description = "All alerts of this rule.")
    private @Nullable String rule;

    @Option(names = "--id", paramLabel = "ID", description = "This alert, as alerts list shows it.")
    private @Nullable String id;

    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        description = "How long; at most 7d, and 0s ends a silence. Default: 1h.")
    private String ttl = "1h";

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why; stands in the audit. Default: no reason.")
    private String reason = "";

    Silence(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      if ((rule == null) == (id == null)) {
        throw usage("either --rule or --id says what is silenced");
      }
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      if (rule != null) {
        body.put("rule", rule);
      } else {
        body.put("id", id);
      }
      byte[] text =
          body.put("ttl", ttl).put("reason", reason).toString().getBytes(StandardCharsets.UTF_8);
      return sidecar
          .send(new Wish("POST", PATH + ":silence", text, RemoteSidecar.JSON, "", reason))
          .body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      String about = answer.path("rule").asString(answer.path("id").asString(""));
      out.println(
          ENDS.matcher(ttl.strip()).matches()
              ? about + " is told of again"
              : about + " is silent until " + answer.path("until").asString());
    }
  }

  @Command(name = "test", description = "Sends a message that says it is a test.")
  static final class Test extends RemoteVerb {
    Test(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar
          .send(new Wish("POST", PATH + ":test", new byte[0], RemoteSidecar.JSON, "", ""))
          .body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      answer
          .properties()
          .forEach(field -> out.println(field.getKey() + ": " + field.getValue().asString()));
    }
  }
}
