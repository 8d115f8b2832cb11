package dev.spanthrift.agent.control.front;

/** Bytes that may be in use at once. Belongs to the event loop. */
final class Ration {
  private final long max;
  private long used;

  Ration(long max) {
    this.max = max;
  }

  /** Whether there was room; then it is taken. */
  boolean take(long bytes) {
    if (used + bytes > max) {
      return false;
    }
    used += bytes;
    return true;
  }

  void give(long bytes) {
    used -= bytes;
  }

  long used() {
    return used;
  }
}
