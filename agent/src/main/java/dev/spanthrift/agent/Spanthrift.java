package dev.spanthrift.agent;

import dev.spanthrift.agent.command.Verbs;
import dev.spanthrift.agent.pipeline.SidecarProgram;

/** The program's door: hands the command line to its verb and exits with its code. */
public final class Spanthrift {
  private Spanthrift() {}

  public static void main(String[] arguments) {
    System.exit(Verbs.run(arguments, System.getenv(), Spanthrift::sidecar));
  }

  private static SidecarProgram sidecar() {
    return new Sidecar();
  }
}
