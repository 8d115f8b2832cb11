package dev.spanthrift.kubernetes;

import dev.spanthrift.agent.launch.ImageStart;
import dev.spanthrift.kubernetes.command.ClusterVerbs;
import java.util.Locale;

/** The door of the cluster's programs: hands the command line to its verb, exits with its code. */
public final class Cluster {
  private Cluster() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // numbers, times and JSON are the same on every machine
    ImageStart.claimMemory(System.getenv());
    System.exit(ClusterVerbs.run(arguments, System.getenv()));
  }
}
