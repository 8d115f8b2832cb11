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

  /**
   * The same, for who may not wait for ever.
   *
   * @return gives it up: ends what is at work on it, after which {@code done} may never be called
   */
  default Runnable begin(AdminRequest request, Consumer<AdminAnswer> done) {
    answer(request, done);
    return () -> {};
  }
}
