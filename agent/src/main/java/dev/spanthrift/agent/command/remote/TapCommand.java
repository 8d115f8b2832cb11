package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import dev.spanthrift.agent.control.http.BodyFormat;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code spanthrift tap}: decisions as they fall, like {@code kubectl logs -f}. */
@Command(
    name = "tap",
    description =
        "Prints decisions of a running sidecar as they fall, until Ctrl-C: at most 50 a second, and"
            + " says when there are more. Goes on where it was when the connection breaks.")
public final class TapCommand implements Callable<Integer> {
  private static final long AGAIN_MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final int TRIES = 30;

  private final Context context;

  @Mixin private AtOption at = new AtOption();
  @Mixin private DecisionFilter filter = new DecisionFilter();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Ends after so many. Default: 0, never.")
  private long limit;

  private String lastId = "";
  private String event = "";
  private String id = "";
  private long printed;
  private boolean connected;

  public TapCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    String path = "/api/v1/stream/decisions?" + filter.query().replaceFirst("^&", "");
    RemoteSidecar sidecar = at.sidecar();
    int failures = 0;
    while (true) {
      try {
        connected = false;
        sidecar.stream(path, lastId, this::take);
        if (isEnough()) {
          return Context.OK;
        }
        failures = 0;
      } catch (RefusedException e) {
        failures = connected ? 1 : failures + 1;
        boolean comesBack = (e.status() == 0 || e.status() == 503) && !lastId.isEmpty();
        if (!comesBack || failures > TRIES) {
          context.say("spanthrift: " + e.getMessage());
          return RemoteVerb.code(e.status());
        }
      }
      context.say("spanthrift: the stream ended; once more");
      Thread.sleep(AGAIN_MILLIS);
    }
  }

  private boolean isEnough() {
    return limit > 0 && printed >= limit;
  }

  /** One line of the stream: a field of an event, or its end. */
  private boolean take(String line) {
    connected = true;
    if (line.startsWith("id: ")) {
      id = line.substring("id: ".length());
    } else if (line.startsWith("event: ")) {
      event = line.substring("event: ".length());
    } else if (line.startsWith("data: ")) {
      print(JsonMapper.shared().readTree(line.substring("data: ".length())));
    }
    return !isEnough();
  }

  private void print(JsonNode data) {
    PrintWriter out = context.out();
    if (event.equals("sampled")) {
      context.say(
          "… " + data.path("shown").asLong() + " of " + data.path("of").asLong() + " shown");
      return;
    }
    lastId = id;
    printed++;
    switch (at.form()) {
      case TABLE -> DecisionFilter.row(data, out);
      case JSON -> out.println(data); // a line each, for jq
      case YAML ->
          out.print("---\n" + new String(BodyFormat.YAML.write(data), StandardCharsets.UTF_8));
    }
    out.flush();
  }
}
