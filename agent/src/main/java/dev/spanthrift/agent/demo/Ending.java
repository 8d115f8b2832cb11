package dev.spanthrift.agent.demo;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How another thread ends a demo and waits until all of it has ended. */
final class Ending {
  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch reached = new CountDownLatch(1);

  /** Whether it is wanted; waits for that at most so long. */
  boolean isWantedWithin(long millis) throws InterruptedException {
    return wanted.await(millis, TimeUnit.MILLISECONDS);
  }

  void want() {
    wanted.countDown();
  }

  void reached() {
    reached.countDown();
  }

  void awaitReached(long millis) {
    try {
      reached.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
