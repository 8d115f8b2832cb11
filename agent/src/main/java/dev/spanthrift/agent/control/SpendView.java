package dev.spanthrift.agent.control;

/** Says what has been spent and saved; asked from any thread, never blocks. */
@FunctionalInterface
public interface SpendView {
  Spend spend();
}
