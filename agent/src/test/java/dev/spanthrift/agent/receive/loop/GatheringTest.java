package dev.spanthrift.agent.receive.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.SelectStrategy;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** When a loop lets requests gather, in scripted time. */
class GatheringTest {
  private static final long MILLI = 1_000_000;

  /** A loop whose senders are a function of time. */
  private static final class ScriptedLoop implements Gathering.Loop {
    long now;
    long requests;
    long slept;
    long longestSleep;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleep(long nanos) {
      slept += nanos;
      longestSleep = Math.max(longestSleep, nanos);
      now += nanos;
    }

    @Override
    public long requests() {
      return requests;
    }
  }

  private final ScriptedLoop loop = new ScriptedLoop();
  private final Gathering gathering = new Gathering(loop);

  /** Senders that do not wait for us: what came since the start is a function of time alone. */
  private void run(long millis, LongUnaryOperator requestsAtMillis) throws Exception {
    long end = loop.now + millis * MILLI;
    while (loop.now < end) {
      if (gathering.calculateStrategy(() -> 1, false) == SelectStrategy.SELECT) {
        loop.now += MILLI; // epoll waits for the next
      }
      loop.requests = requestsAtMillis.applyAsLong(loop.now / MILLI);
    }
  }

  @Test
  void requestsThatComeOftenGather() throws Exception {
    run(10_000, millis -> millis / 2);
    assertTrue(loop.slept > 8_000 * MILLI, loop.slept + " ns of ten seconds slept");
    assertTrue(loop.longestSleep <= Gathering.QUANTUM_NANOS, loop.longestSleep + " ns at once");
  }

  @Test
  void rareRequestsAreServedAtOnce() throws Exception {
    run(10_000, millis -> millis / 20);
    assertEquals(0, loop.slept);
  }

  @Test
  void aLoopWithTasksDoesNotSleep() throws Exception {
    run(1_000, millis -> millis / 2);
    long before = loop.slept;
    for (int i = 0; i < 1_000; i++) {
      assertEquals(7, gathering.calculateStrategy(() -> 7, true));
    }
    assertEquals(before, loop.slept);
  }

  @Test
  void whoWaitsForEachAnswerIsHardlyHeldUp() throws Exception {
    long end = 120_000 * MILLI;
    while (loop.now < end) {
      long slept = loop.slept;
      gathering.calculateStrategy(() -> 1, false);
      loop.now += loop.slept == slept ? MILLI / 2 : 0; // answered at once: the next one comes
      loop.requests++;
    }
    assertTrue(loop.slept < end / 20, loop.slept + " ns of two minutes slept");
  }
}
