package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.util.function.Consumer;

/** One batch on its way to the engine and back. */
final class Exchange {
  final LedgerBatch batch;
  final Consumer<LedgerBatch> answered;
  final long beganNanos;

  /** The batch is complete and belongs to the caller again. */
  volatile boolean done;

  Exchange(LedgerBatch batch, Consumer<LedgerBatch> answered, long beganNanos) {
    this.batch = batch;
    this.answered = answered;
    this.beganNanos = beganNanos;
  }
}
