package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.command.remote.RemoteSidecar.Wish;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.BodyFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code spanthrift policy …}: read, check, change and undo the policy of a running sidecar. */
@Command(
    name = "policy",
    description = "Reads, checks, changes and undoes the policy of a running sidecar.",
    synopsisSubcommandLabel = "get|versions|diff|validate|apply|rollback")
public final class PolicyCommand {
  private static final String PATH = "/api/v1/policy";

  private PolicyCommand() {}

  /** With its verbs. */
  public static CommandLine commandLine(Context context) {
    return new CommandLine(new PolicyCommand())
        .addSubcommand(new Get(context))
        .addSubcommand(new Versions(context))
        .addSubcommand(new Diff(context))
        .addSubcommand(new Validate(context))
        .addSubcommand(new Apply(context))
        .addSubcommand(new Rollback(context));
  }

  @Command(name = "get", description = "Prints the policy in force, or an earlier version.")
  static final class Get extends RemoteVerb {
    @Option(names = "--version", paramLabel = "N", description = "Not the one in force but this.")
    private @Nullable Long version;

    Get(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get(version == null ? PATH : PATH + "/versions/" + version).body();
    }

    /** As it is written in files. */
    @Override
    void table(JsonNode answer, PrintWriter out) {
      out.print(new String(BodyFormat.YAML.write(answer), StandardCharsets.UTF_8));
    }
  }

  @Command(name = "versions", description = "Lists the policies that were in force.")
  static final class Versions extends RemoteVerb {
    Versions(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get(PATH + "/versions?limit=1000").body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      for (JsonNode version : answer.path("versions")) {
        out.printf(
            Locale.ROOT,
            "%s %5d  %s  %-13s  %3d policies  %s%n",
            version.path("inForce").asBoolean() ? "→" : " ",
            version.path("version").asLong(),
            version.path("at").asString(),
            version.path("who").asString(),
            version.path("policies").asLong(),
            version.path("reason").asString());
      }
    }
  }

  @Command(name = "diff", description = "Says what differs between two versions.")
  static final class Diff extends RemoteVerb {
    @Parameters(index = "0", paramLabel = "FROM", description = "Number of a version.")
    private long from;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "TO",
        description = "Number of another; the one in force without it.")
    private @Nullable Long to;

    Diff(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get(PATH + ":diff?from=" + from + (to == null ? "" : "&to=" + to)).body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      for (JsonNode difference : answer.path("differences")) {
        out.println(difference.path("pointer").asString());
        line("  - ", difference.path("current"), out);
        line("  + ", difference.path("sent"), out);
      }
      if (answer.path("differences").isEmpty()) {
        out.println("The two are the same.");
      }
    }

    private static void line(String sign, JsonNode value, PrintWriter out) {
      if (!value.isMissingNode()) {
        out.println(sign + value);
      }
    }
  }

  /** A document that is sent. */
  abstract static class OfFile extends RemoteVerb {
    @Parameters(paramLabel = "FILE", description = "Policy document, YAML or JSON.")
    private Path file = Path.of("");

    OfFile(Context context) {
      super(context);
    }

    final byte[] text() {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw usage("FILE = " + file + ": " + InputFile.reason(e));
      }
    }

    final String type() {
      return file.toString().endsWith(".json") ? RemoteSidecar.JSON : RemoteSidecar.YAML;
    }

    static void warnings(JsonNode answer, PrintWriter out) {
      for (JsonNode warning : answer.path("warnings")) {
        out.println(
            "warning: "
                + warning.path("pointer").asString()
                + " "
                + warning.path("detail").asString());
      }
    }
  }

  @Command(
      name = "validate",
      description = "Asks whether a document could be put in force, and changes nothing.")
  static final class Validate extends OfFile {
    Validate(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      JsonNode verdict =
          sidecar.send(new Wish("POST", PATH + ":validate", text(), type(), "", "")).body();
      if (!verdict.path("valid").asBoolean()) {
        StringBuilder words = new StringBuilder("the document cannot be used");
        for (JsonNode error : verdict.path("errors")) {
          words
              .append("\n  ")
              .append(error.path("pointer").asString())
              .append(": ")
              .append(error.path("detail").asString());
        }
        throw new RefusedException(422, words.toString());
      }
      return verdict;
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      out.println("It could be put in force.");
      warnings(answer, out);
    }
  }

  /** What writes have in common. */
  static final class WriteOptions {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why; stands in versions and audit. Default: no reason.")
    private String reason = "";

    @Option(
        names = "--if-version",
        paramLabel = "N",
        description = "Only if this version is in force; else exit code 4.")
    private @Nullable Long ifVersion;

    @Option(names = "--dry-run", description = "Says what would happen, and changes nothing.")
    private boolean dryRun;

    String query() {
      return dryRun ? "?dryRun=true" : "";
    }

    /** The tag of what is replaced: of the version that was named, or of the one in force. */
    String ifMatch(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      return sidecar.get(ifVersion == null ? PATH : PATH + "/versions/" + ifVersion).etag();
    }
  }

  private static void change(JsonNode answer, PrintWriter out) {
    String version = "version " + answer.path("version").asLong();
    if (!answer.path("changed").asBoolean()) {
      out.println("Nothing changed: " + version + " is the same and in force.");
    } else if (answer.path("dryRun").asBoolean()) {
      out.println("It would be " + version + ".");
    } else {
      out.println("In force: " + version + ", from the next trace on.");
    }
    OfFile.warnings(answer, out);
  }

  @Command(name = "apply", description = "Puts a document in force.")
  static final class Apply extends OfFile {
    @CommandLine.Mixin private WriteOptions write = new WriteOptions();

    Apply(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      byte[] text = text();
      String tag = write.ifMatch(sidecar);
      return sidecar
          .send(new Wish("PUT", PATH + write.query(), text, type(), tag, write.reason))
          .body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      change(answer, out);
    }
  }

  @Command(name = "rollback", description = "Puts an earlier version in force, as a new one.")
  static final class Rollback extends RemoteVerb {
    @CommandLine.Mixin private WriteOptions write = new WriteOptions();

    @Option(
        names = "--to",
        required = true,
        paramLabel = "N",
        description = "Number of the version.")
    private long to;

    Rollback(Context context) {
      super(context);
    }

    @Override
    JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
      byte[] body = JsonMapper.shared().writeValueAsBytes(java.util.Map.of("version", to));
      String tag = write.ifMatch(sidecar);
      String path = PATH + ":rollback" + write.query();
      return sidecar
          .send(new Wish("POST", path, body, RemoteSidecar.JSON, tag, write.reason))
          .body();
    }

    @Override
    void table(JsonNode answer, PrintWriter out) {
      change(answer, out);
    }
  }
}
