package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.command.remote.RemoteSidecar.RefusedException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/**
 * A verb that asks a running sidecar. Exit codes: 0 ok, 1 refused or failed, 3 nobody answers or it
 * is not ready, 4 somebody else changed it first.
 */
abstract class RemoteVerb implements Callable<Integer> {
  static final int NOT_READY = 3;
  static final int CONFLICT = 4;

  private static final int UNAVAILABLE = 503;
  private static final int STATUS_CONFLICT = 409;
  private static final int STATUS_STALE = 412;

  private final Context context;

  @Mixin private AtOption at = new AtOption();
  @Spec private @Nullable CommandSpec spec;

  RemoteVerb(Context context) {
    this.context = context;
  }

  /** What is asked. */
  abstract JsonNode ask(RemoteSidecar sidecar) throws RefusedException, InterruptedException;

  /** The answer for people. */
  abstract void table(JsonNode answer, PrintWriter out);

  /** Wrong usage, in words. */
  final ParameterException usage(String words) {
    CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException("not called by picocli");
    }
    return new ParameterException(known.commandLine(), words);
  }

  @Override
  public final Integer call() throws InterruptedException {
    try {
      JsonNode answer = ask(at.sidecar());
      at.form().print(answer, out -> table(answer, out), context.out());
      return Context.OK;
    } catch (RefusedException e) {
      context.say("spanthrift: " + e.getMessage());
      return code(e.status());
    }
  }

  /** Exit code of an answer. */
  static int code(int status) {
    return switch (status) {
      case 0, UNAVAILABLE -> NOT_READY;
      case STATUS_CONFLICT, STATUS_STALE -> CONFLICT;
      default -> Context.FAILED;
    };
  }
}
