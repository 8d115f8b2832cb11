package dev.spanthrift.kubernetes.controller;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/** Waits for a condition, with a deadline that only a failing test meets. */
final class Eventually {
  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  private Eventually() {}

  static void holds(Supplier<?> what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > DEADLINE.toNanos()) {
        Assertions.fail("not within " + DEADLINE + ": " + what.get());
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }
}
