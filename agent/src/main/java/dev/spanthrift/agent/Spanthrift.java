package dev.spanthrift.agent;

import dev.spanthrift.agent.command.Verbs;
import dev.spanthrift.agent.launch.ImageStart;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import java.util.Locale;

/** The program's door: hands the command line to its verb and exits with its code. */
public final class Spanthrift {
  private Spanthrift() {}

  public static void main(String[] arguments) {
    speakPlainly();
    ImageStart.claimMemory(System.getenv());
    System.exit(Verbs.run(arguments, System.getenv(), Spanthrift::sidecar));
  }

  /** Digits and letters of the machine's language have no place in numbers, times and JSON. */
  static void speakPlainly() {
    Locale.setDefault(Locale.ROOT);
  }

  private static SidecarProgram sidecar() {
    return new Sidecar();
  }
}
