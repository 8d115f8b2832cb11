package dev.spanthrift.exporter;

import java.time.Duration;

/**
 * One backend: a queue bounded in bytes, a sender, retries.
 *
 * <p>Never blocks the caller and never throws for what a backend does. For each signal: items
 * offered and taken = shipped + queued + failed (with reason).
 */
public interface Destination extends AutoCloseable {
  /** Of the queue's bound: above it callers should come back later. */
  double FULL = 0.9;

  String name();

  /**
   * Queues one request; where there is no room, what is worth less leaves for it and is counted as
   * failed with reason {@code queue_full_…}.
   *
   * @return false when the queue's bound would be passed all the same: nothing was taken and the
   *     caller counts the items as failed
   */
  boolean offer(Shipment shipment);

  DestinationStatus status();

  /** Waiting or in flight, before compression; cheap, read for every request that comes in. */
  long queuedBytes();

  /** Of these, what would leave for errors; as cheap. */
  default long yieldingBytes() {
    return 0;
  }

  /** The bound of the queue. */
  long queueBytesMax();

  /** Whether so much waits that it matters what of it is worth most. */
  default boolean isCrowded() {
    return queuedBytes() > queueBytesMax() / 4;
  }

  /** Whether next to nothing fits in. */
  default boolean isFull() {
    return queuedBytes() > queueBytesMax() * FULL;
  }

  /** Whether next to nothing fits in, whoever leaves for it: senders should come back later. */
  default boolean isFullOfTheBest() {
    return queuedBytes() - yieldingBytes() > queueBytesMax() * FULL;
  }

  /**
   * Sends what is queued, for at most this long; what is left then is counted as failed with reason
   * {@code shutdown}. Takes nothing afterwards.
   */
  void drain(Duration atMost);

  /** Closes connections at once. */
  @Override
  void close();
}
