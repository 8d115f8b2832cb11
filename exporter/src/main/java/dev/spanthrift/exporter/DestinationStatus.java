package dev.spanthrift.exporter;

import dev.spanthrift.sampler.wire.Signal;
import java.util.Map;

/**
 * What a destination has done so far; all counts since start.
 *
 * @param queuedBytes waiting or in flight, before compression
 * @param wireBytes request bodies sent, after compression, retries included
 * @param signals one entry for each signal that was offered at least once
 * @param lastError what the backend or the connection last said, empty when nothing failed yet
 */
public record DestinationStatus(
    String name,
    boolean connected,
    long queuedBytes,
    long queueBytesMax,
    long wireBytes,
    long retries,
    Map<Signal, Counts> signals,
    String lastError) {

  /**
   * Items of one signal: taken = shipped + queued + the sum of failed.
   *
   * @param shippedBytes request bytes before compression that a backend accepted
   * @param failed by reason: {@code rejected} (partial success), {@code status_…} (not retryable),
   *     {@code retries_exhausted}, {@code too_large}, {@code shutdown}, {@code response_too_large}
   */
  public record Counts(
      long taken, long shipped, long queued, long shippedBytes, Map<String, Long> failed) {
    public Counts {
      failed = Map.copyOf(failed);
    }
  }

  public DestinationStatus {
    signals = Map.copyOf(signals);
  }
}
