package dev.spanthrift.agent.control.front;

import java.util.function.Consumer;

/** Answers requests. */
@FunctionalInterface
public interface Site {
  /**
   * Answers one.
   *
   * @param done called exactly once, from any thread
   */
  void answer(AdminRequest request, Consumer<AdminAnswer> done);
}
