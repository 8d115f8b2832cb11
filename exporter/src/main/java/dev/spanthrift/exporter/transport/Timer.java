package dev.spanthrift.exporter.transport;

/** The clock of a destination: tests move it by hand. */
public interface Timer {
  /** Monotonic. */
  long nanos();

  /** Runs the task once, not before the delay has passed. */
  void schedule(long delayNanos, Runnable task);
}
