package dev.spanthrift.kubernetes.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code spanthrift injector}. */
@Command(
    name = "injector",
    description = "Serves the admission webhook that gives pods their sidecar.")
final class InjectorCommand implements Callable<Integer> {
  private final ClusterContext context;

  InjectorCommand(ClusterContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.say("spanthrift: the injector is being built on this branch");
    return ClusterContext.FAILED;
  }
}
