package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code spanthrift version}. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
  private final Context context;

  VersionCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.out().println(words());
    return Context.OK;
  }

  static String words() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return "spanthrift "
        + Objects.requireNonNullElse(version, "unpackaged")
        + " (Java "
        + Runtime.version()
        + ")";
  }
}
