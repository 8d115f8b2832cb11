package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import dev.spanthrift.sampler.signal.Reading;

/** Gives each fragment its probability. One thread. */
public interface Allocator {
  /** Counts spans that arrived: their price may earn allowance. */
  void arrived(long price, long nowNanos);

  /** Counts a fragment's time lost. */
  void read(Reading reading);

  /**
   * The probability of a fragment's trace, as far as this pod can tell.
   *
   * @param digest of the whole trace for a root fragment, else the fragment's own with price 0
   */
  double decide(Reading reading, long price, TraceDigest digest, long nowNanos);

  /** Why the fragment decided last got its probability. */
  TraceClass reason();

  /** Expected price of the whole trace of the fragment decided last. */
  long expectedWhole();

  /** Expected price of a whole trace of which nothing is known but that this much was seen. */
  long usualWhole(long seen, long nowNanos);

  /** Notes that a keep was told: its reservation lowers the level until the ledger answers. */
  void reserved(long amount);

  /** Learns what a trace cost as a whole. */
  void learnWhole(long entry, long seen, long whole, boolean rooted, long nowNanos);

  /** Learns that a fragment was kept for a trace which that class began. */
  void learnKept(TraceClass first, long price);

  /** Takes the ledger's level. */
  void level(double amount);

  /** Puts the new allowance into the batch and computes the next prices. */
  void tick(LedgerBatch batch, long nowNanos);
}
