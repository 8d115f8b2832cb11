package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.wire.Signal;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that senders are asked to come back later because no queue has room, and once that they
 * are not any more, with how long and how many.
 *
 * <p>Short gaps belong to one refusal: a queue at its bound takes one request and refuses the next.
 */
final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
  private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int SIGNALS = Signal.values().length;

  private final boolean[] refusing = new boolean[SIGNALS];
  private final long[] since = new long[SIGNALS];
  private final long[] lastNanos = new long[SIGNALS];
  private final long[] requests = new long[SIGNALS];
  private volatile boolean any;

  synchronized void refused(Signal signal, long nowNanos) {
    int i = signal.ordinal();
    if (!refusing[i]) {
      refusing[i] = true;
      since[i] = nowNanos;
      requests[i] = 0;
      any = true;
      log.warn(
          "refusing {}: the queue is full of what is worth most, senders are asked to come back",
          name(signal));
    }
    lastNanos[i] = nowNanos;
    requests[i]++;
  }

  void taken(Signal signal, long nowNanos) {
    if (any) {
      end(signal, nowNanos);
    }
  }

  private synchronized void end(Signal signal, long nowNanos) {
    int i = signal.ordinal();
    if (!refusing[i] || nowNanos - lastNanos[i] < GAP_NANOS) {
      return;
    }
    refusing[i] = false;
    any = false;
    for (boolean still : refusing) {
      any |= still;
    }
    log.info(
        "{} are taken again: {} requests were refused within {} s",
        name(signal),
        requests[i],
        TimeUnit.NANOSECONDS.toSeconds(lastNanos[i] - since[i]) + 1);
  }

  private static String name(Signal signal) {
    return signal.name().toLowerCase(Locale.ROOT);
  }
}
