package dev.spanthrift.kubernetes.command;

import java.io.PrintWriter;
import java.util.Map;

/**
 * What every verb of the cluster gets from outside.
 *
 * @param out data
 * @param err talk
 */
public record ClusterContext(Map<String, String> environment, PrintWriter out, PrintWriter err) {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** One line to people. */
  public void say(String line) {
    err.println(line);
    err.flush();
  }
}
