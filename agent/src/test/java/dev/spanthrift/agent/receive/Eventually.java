package dev.spanthrift.agent.receive;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, with a deadline. */
public final class Eventually {
  private static final long DEADLINE_NANOS = 20_000_000_000L;

  private Eventually() {}

  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not in 20 s: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
