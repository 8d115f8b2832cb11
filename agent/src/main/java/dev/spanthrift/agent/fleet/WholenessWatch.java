package dev.spanthrift.agent.fleet;

import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How many traces are whole because sidecars tell each other, learned while they do: a few of the
 * keeps that are told are looked at again when all have asked. One that another sidecar kept only
 * because it was told would have arrived torn without the engine, and does when it is away.
 *
 * <p>At most {@value #WAITING_MAX} wait for that; keeps that find no room are not looked at. Used
 * by one thread, but for {@link #read}.
 */
final class WholenessWatch {
  private static final int WAITING_MAX = 128;
  private static final int EACH_EXCHANGE = 2;
  private static final double OF_LATE = 100; // traces
  private static final Duration LAST_ASK = Duration.ofSeconds(15); // the root's pod decides later

  private record Told(long high, long low, long dueNanos) {}

  private final ArrayDeque<Told> waiting = new ArrayDeque<>();
  private final long waitNanos;
  private long looked;
  private long joined;
  private double weight;
  private double share;

  WholenessWatch(Duration wait) {
    waitNanos = wait.plus(LAST_ASK).toNanos();
  }

  /** Notes some of the keeps of a batch. */
  void told(LedgerBatch batch, long now) {
    LedgerBatch.Ids tells = batch.tells();
    for (int i = 0; i < Math.min(EACH_EXCHANGE, tells.size()); i++) {
      if (waiting.size() < WAITING_MAX) {
        waiting.add(new Told(tells.high(i), tells.low(i), now + waitNanos));
      }
    }
  }

  /** Reads of what is due. */
  LedgerBatch due(long now) {
    LedgerBatch due = new LedgerBatch();
    for (Told t = waiting.peek(); t != null && now - t.dueNanos >= 0; t = waiting.peek()) {
      due.read(t.high, t.low);
      waiting.remove();
    }
    return due;
  }

  synchronized void found(int traces, int because) {
    looked += traces;
    joined += because;
    for (int i = 0; i < traces; i++) {
      weight = Math.min(OF_LATE, weight + 1);
      share += ((i < because ? 1 : 0) - share) / weight;
    }
  }

  synchronized FleetStatus.Wholeness read(boolean away, long untold, long neverTold) {
    @Nullable Double without = looked == 0 ? null : share;
    return new FleetStatus.Wholeness(
        looked, joined, without, away ? without : Double.valueOf(0), untold, neverTold);
  }
}
