package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.Workspace;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets small requests that come often gather for some milliseconds, so that one wake-up of the
 * event loop serves several of them.
 *
 * <p>A request that finds the loop asleep costs three times what it costs in a busy one: a switch,
 * a timer, and caches that have forgotten us. Exporters of telemetry do not mind the delay, but one
 * that waits for each answer before it sends again would be slowed down. So, at times, a probe
 * without gathering looks whether more would come:
 *
 * <pre>
 * DIRECT → GATHER   requests come more often than {@link #WORTH_PER_SECOND}
 * GATHER → PROBE    after a window
 * PROBE  → GATHER   as many come as did while gathering: their senders do not wait for us
 * PROBE  → DIRECT   more come, or too few; in the first case for a while that doubles each time
 * </pre>
 *
 * <p>Polls come at a fixed rate, so that a loop with much to do never sleeps. Belongs to one loop.
 */
final class Gathering implements SelectStrategy {
  static final long QUANTUM_NANOS = 10_000_000;
  private static final int WORTH_PER_SECOND = 150;
  private static final int MORE = 3; // times the requests, seen by a probe: senders wait for us
  private static final long WINDOW_NANOS = 100_000_000;
  private static final long LONG_WINDOW_NANOS = 500_000_000;
  private static final long PROBE_NANOS = 20_000_000;
  private static final long HOLD_OFF_NANOS = 1_000_000_000;
  private static final long HOLD_OFF_NANOS_MAX = 60_000_000_000L;

  private enum Mode {
    DIRECT,
    GATHER,
    PROBE
  }

  /** What a loop knows of its time and its work. */
  interface Loop {
    long nanoTime();

    void sleep(long nanos);

    /** Requests that it has taken since its start. */
    long requests();
  }

  private static final Loop THIS_THREAD =
      new Loop() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) {
          LockSupport.parkNanos(this, nanos);
        }

        @Override
        public long requests() {
          return Workspace.ofThread().requests;
        }
      };

  private final Loop loop;
  private Mode mode = Mode.DIRECT;
  private long windowStart;
  private long windowNanos = WINDOW_NANOS;
  private long requestsBefore;
  private double gatheredPerSecond;
  private long holdOffNanos = HOLD_OFF_NANOS;
  private long heldOffUntil;
  private long nextPoll;

  Gathering() {
    this(THIS_THREAD);
  }

  Gathering(Loop loop) {
    this.loop = loop;
    windowStart = loop.nanoTime();
    heldOffUntil = windowStart;
    nextPoll = windowStart;
  }

  @Override
  public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
    if (hasTasks) {
      return ready.get();
    }
    long now = loop.nanoTime();
    if (now - windowStart >= windowNanos) {
      turn(now);
    }
    if (mode != Mode.GATHER) {
      return SELECT;
    }
    long wait = nextPoll - now;
    nextPoll = Math.max(now, nextPoll) + QUANTUM_NANOS;
    if (wait > 0) {
      loop.sleep(wait);
    }
    int events = ready.get();
    return events > 0 ? events : SELECT;
  }

  private void turn(long now) {
    long requests = loop.requests();
    double perSecond = (requests - requestsBefore) * 1e9 / (now - windowStart);
    switch (mode) {
      case DIRECT -> {
        boolean worth = perSecond >= WORTH_PER_SECOND && now - heldOffUntil >= 0;
        begin(worth ? Mode.GATHER : Mode.DIRECT, now, WINDOW_NANOS);
      }
      case GATHER -> {
        gatheredPerSecond = perSecond;
        begin(Mode.PROBE, now, PROBE_NANOS);
      }
      case PROBE -> judge(perSecond, now);
    }
    requestsBefore = requests;
  }

  private void judge(double perSecond, long now) {
    if (perSecond > MORE * gatheredPerSecond) {
      heldOffUntil = now + holdOffNanos;
      holdOffNanos = Math.min(HOLD_OFF_NANOS_MAX, 2 * holdOffNanos);
      begin(Mode.DIRECT, now, WINDOW_NANOS);
    } else if (gatheredPerSecond < WORTH_PER_SECOND) {
      begin(Mode.DIRECT, now, WINDOW_NANOS);
    } else {
      holdOffNanos = HOLD_OFF_NANOS;
      begin(Mode.GATHER, now, LONG_WINDOW_NANOS);
    }
  }

  private void begin(Mode next, long now, long nanos) {
    mode = next;
    windowStart = now;
    windowNanos = nanos;
    nextPoll = now + QUANTUM_NANOS;
  }
}
