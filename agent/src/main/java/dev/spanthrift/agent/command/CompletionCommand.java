package dev.spanthrift.agent.command;

import dev.spanthrift.agent.command.option.Context;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code spanthrift completion}: what the shell needs to complete verbs and options. */
@Command(
    name = "completion",
    description = {
      "Prints the completion script for bash and zsh:",
      "  source <(spanthrift completion)",
      "in zsh after: autoload -U +X compinit bashcompinit && compinit && bashcompinit"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Context context;

  @Spec private @Nullable CommandSpec spec;

  CompletionCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CommandSpec own = spec;
    if (own == null) {
      throw new IllegalStateException("not called by picocli");
    }
    context.out().print(AutoComplete.bash("spanthrift", own.root().commandLine()));
    context.out().flush();
    return Context.OK;
  }
}
