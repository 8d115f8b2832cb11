package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.command.remote.RemoteSidecar.Wish;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code spanthrift kill-switch [MODE]}: says or sets it. */
@Command(
    name = "kill-switch",
    description = "Says or sets the kill switch: keep-all keeps every trace, bypass lets all pass.")
public final class KillSwitchCommand extends RemoteVerb {
  private static final String PATH = "/api/v1/kill-switch";

  @Parameters(
      arity = "0..1",
      paramLabel = "off|keep-all|bypass",
      description = "What it shall be; without it what it is.")
  private @Nullable String mode;

  @Option(names = "--ttl", paramLabel = "TIME", description = "How long. Default: 1h; at most 24h.")
  private @Nullable String ttl;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why; stands in the audit. Default: no reason.")
  private String reason = "";

  public KillSwitchCommand(Context context) {
    super(context);
  }

  @Override
  JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException {
    if (mode == null) {
      return sidecar.get(PATH).body();
    }
    Map<String, String> body = new LinkedHashMap<>();
    body.put("mode", mode);
    body.put("reason", reason);
    if (ttl != null) {
      body.put("ttl", ttl);
    }
    byte[] text = JsonMapper.shared().writeValueAsBytes(body);
    return sidecar.send(new Wish("PUT", PATH, text, RemoteSidecar.JSON, "*", reason)).body();
  }

  @Override
  void table(JsonNode answer, PrintWriter out) {
    String until = answer.path("until").asString("");
    String why = answer.path("reason").asString("");
    out.println(
        answer.path("mode").asString()
            + (until.isEmpty() ? "" : " until " + until)
            + (why.isEmpty() ? "" : ": " + why));
  }
}
