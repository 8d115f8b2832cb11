package dev.spanthrift.sampler.budget.ledger;

import java.util.function.Consumer;

/**
 * What makes one pod's keep everybody's keep: for each trace the largest probability told, the sum
 * of its edges, its price so far; and the money left.
 *
 * <p>Guarantees: a tell keeps the maximum, and makes the reservation in the same step; what was
 * told before an ask is answered by it. Entries live for the wait plus 60 s.
 */
public interface KeepLedger {
  /**
   * Sends one batch and hands it back answered, once, on the caller's thread.
   *
   * <p>In process this happens before the method returns, else in {@link #poll}. The batch is the
   * ledger's until then. A ledger that cannot be reached answers from the pod's own part ({@link
   * InProcessKeepLedger}).
   */
  void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered);

  /**
   * Hands back a batch that was answered in the meantime; the caller of {@link #exchange} asks for
   * it, often, on its thread. In process there is never one.
   */
  default void poll(long nowNanos) {}

  /** Money that came in and is neither spent nor expired; NaN where that is not known. */
  default double outstanding() {
    return Double.NaN;
  }

  /** Whether it answers in {@link #exchange} and knows no time but the one it is told. */
  default boolean isHere() {
    return false;
  }

  /** Whether no other pod can tell: then nobody has to wait. */
  boolean isSolo();
}
