package dev.spanthrift.agent.command.option;

import dev.spanthrift.agent.pipeline.SidecarProgram;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What every verb gets from outside.
 *
 * @param out data
 * @param err talk
 * @param sidecar makes a program that is not started yet
 */
public record Context(
    Map<String, String> environment,
    PrintWriter out,
    PrintWriter err,
    Supplier<SidecarProgram> sidecar) {

  public static final int OK = 0;
  public static final int FAILED = 1;

  /** One line to people. */
  public void say(String line) {
    err.println(line);
    err.flush();
  }
}
