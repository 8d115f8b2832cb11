package dev.spanthrift.exporter;

import dev.spanthrift.sampler.wire.Signal;
import java.util.Map;

/**
 * What a destination has done so far; all counts since start.
 *
 * @param connected a connection is open; between two requests it may be closed without harm
 * @param away nothing has been taken for more than one round of tries: the backend is looked for
 * @param queuedBytes waiting or in flight, before compression
 * @param wireBytes request bodies sent, after compression, retries included
 * @param divided refused requests that were sent again in two, to find what was meant
 * @param signals one entry for each signal that was offered at least once
 * @param answers attempts by how they ended: {@code accepted}, {@code accepted_json}, {@code
 *     accepted_text}, {@code partial_success}, {@code warning}, {@code unknown_fields}, {@code
 *     unreadable}, {@code web_page}, {@code status_…}, {@code connection}, {@code timeout} …
 * @param lastError what the backend or the connection last said, empty when nothing failed yet;
 *     stays when all is well again
 */
public record DestinationStatus(
    String name,
    boolean connected,
    boolean away,
    long queuedBytes,
    long queueBytesMax,
    long wireBytes,
    long retries,
    long divided,
    Map<Signal, Counts> signals,
    Map<String, Long> answers,
    String lastError) {

  /**
   * Items of one signal: taken = shipped + queued + the sum of failed.
   *
   * @param shippedBytes request bytes before compression that a backend accepted
   * @param failed by reason: {@code rejected} (partial success), {@code status_…} (not retryable),
   *     {@code partly_status_…} (a request that was counted as one, of which only a part was
   *     refused), {@code retries_exhausted}, {@code queue_full_…} (left for what is worth more),
   *     {@code too_large}, {@code shutdown}, {@code response_too_large}
   */
  public record Counts(
      long taken, long shipped, long queued, long shippedBytes, Map<String, Long> failed) {
    public Counts {
      failed = Map.copyOf(failed);
    }
  }

  public DestinationStatus {
    signals = Map.copyOf(signals);
    answers = Map.copyOf(answers);
  }

  /** Where nothing is known of answers. */
  public DestinationStatus(
      String name,
      boolean connected,
      long queuedBytes,
      long queueBytesMax,
      long wireBytes,
      long retries,
      Map<Signal, Counts> signals,
      String lastError) {
    this(
        name,
        connected,
        false,
        queuedBytes,
        queueBytesMax,
        wireBytes,
        retries,
        0,
        signals,
        Map.of(),
        lastError);
  }
}
