package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.function.Supplier;

/** Runs a verb and keeps what it says. */
public record Console(int code, String out, String err) {
  public static Console run(Map<String, String> environment, String... arguments) {
    return run(
        environment,
        () -> {
          throw new IllegalStateException("no sidecar here");
        },
        arguments);
  }

  public static Console run(
      Map<String, String> environment, Supplier<SidecarProgram> sidecar, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Context context = new Context(environment, new PrintWriter(out), new PrintWriter(err), sidecar);
    int code = Verbs.commandLine(context).execute(arguments);
    context.out().flush();
    context.err().flush();
    return new Console(code, out.toString(), err.toString());
  }
}
