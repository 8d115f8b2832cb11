package dev.spanthrift.agent.command;

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
record Context(
    Map<String, String> environment,
    PrintWriter out,
    PrintWriter err,
    Supplier<SidecarProgram> sidecar) {

  static final int OK = 0;
  static final int FAILED = 1;

  /** One line to people. */
  void say(String line) {
    err.println(line);
    err.flush();
  }
}
