package dev.spanthrift.exporter;

import java.time.Duration;

/**
 * One backend: a queue bounded in bytes, a sender, retries.
 *
 * <p>Never blocks the caller and never throws for what a backend does. For each signal: items
 * offered and taken = shipped + queued + failed (with reason).
 */
public interface Destination extends AutoCloseable {
  String name();

  /**
   * Queues one request.
   *
   * @return false when the queue's bound would be passed: nothing was taken and the caller counts
   *     the items as failed
   */
  boolean offer(Shipment shipment);

  DestinationStatus status();

  /** Waiting or in flight, before compression; cheap, read for every request that comes in. */
  long queuedBytes();

  /** The bound of the queue. */
  long queueBytesMax();

  /**
   * Sends what is queued, for at most this long; what is left then is counted as failed with reason
   * {@code shutdown}. Takes nothing afterwards.
   */
  void drain(Duration atMost);

  /** Closes connections at once. */
  @Override
  void close();
}
