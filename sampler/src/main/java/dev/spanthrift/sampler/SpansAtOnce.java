package dev.spanthrift.sampler;

import dev.spanthrift.sampler.probability.Randomness;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.trace.DecisionMemory;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.RequestWriter;

/** Spans that leave without a wait: each judged by itself, or late for what was decided. */
final class SpansAtOnce {
  private final BatchContexts contexts;
  private final Outbox outbox;
  private final FateBooks books;
  private final RandomnessSource randomness;

  SpansAtOnce(BatchContexts contexts, Outbox outbox, FateBooks books, RandomnessSource randomness) {
    this.contexts = contexts;
    this.outbox = outbox;
    this.books = books;
    this.randomness = randomness;
  }

  /** A span that was judged by itself. */
  void follow(Batch batch, int row, Verdict verdict) {
    RequestWriter.TraceStateEdit edit = verdict.edit();
    if (edit != null) {
      outbox.of(worth(batch, row));
      int context = contexts.of(batch, row);
      outbox.add(context, batch.buffer(), batch.start(row), batch.bytes(row), edit);
      countKept(batch, row, verdict.reason());
    } else if (verdict.probability() > 0) {
      keep(batch, row, DecisionMemory.KEPT_UNCHANGED, verdict.reason());
    } else {
      drop(batch, row, verdict.reason());
    }
  }

  void drop(Batch batch, int row, String reason) {
    books.dropped(
        batch.traceIdHigh(row),
        batch.traceIdLow(row),
        1,
        batch.bytes(row),
        batch.events(row),
        reason);
  }

  /**
   * Keeps one span.
   *
   * @param decision the threshold that its trace passed, or {@link DecisionMemory#KEPT_UNCHANGED}
   */
  void keep(Batch batch, int row, long decision, String reason) {
    int context = contexts.of(batch, row);
    byte[] buffer = batch.buffer();
    outbox.of(worth(batch, row));
    if (decision == DecisionMemory.KEPT_UNCHANGED) {
      outbox.add(context, buffer, batch.start(row), batch.bytes(row));
    } else {
      long drawn = randomness(batch, row);
      outbox.add(context, buffer, batch.start(row), batch.bytes(row), decision, drawn);
    }
    countKept(batch, row, reason);
  }

  private long randomness(Batch batch, int row) {
    long explicit =
        TraceState.explicitRandomness(
            batch.buffer(), batch.traceStateOffset(row), batch.traceStateLength(row));
    return explicit == Randomness.NONE
        ? randomness.of(batch.traceIdHigh(row), batch.traceIdLow(row))
        : explicit;
  }

  private static Worth worth(Batch batch, int row) {
    return batch.isError(row) ? Worth.ERROR : Worth.ORDINARY;
  }

  private void countKept(Batch batch, int row, String reason) {
    books.kept(
        batch.traceIdHigh(row),
        batch.traceIdLow(row),
        1,
        batch.bytes(row),
        batch.events(row),
        reason);
  }
}
