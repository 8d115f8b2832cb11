package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.TraceClass;

/** Receives what became of each fragment. */
public interface Verdicts<T> {
  /**
   * The fragment was decided and begins its wait; spans that come now belong to it if it is kept.
   *
   * @param kept whether this pod keeps it on its own account
   */
  default void decided(T fragment, boolean kept, double probability) {}

  /** Whether the fragment is decided already, because there was no memory to wait in. */
  default boolean isGone(T fragment) {
    return false;
  }

  /**
   * The fragment is kept.
   *
   * @param probability that its trace's spans here had to be kept: what {@code th} must say
   * @param reason the class that began the keep, here or in another pod
   * @param joined whether only another pod wanted it
   */
  void keep(T fragment, double probability, TraceClass reason, boolean joined);

  /** Nobody keeps the fragment. */
  void drop(T fragment, double probability);
}
