package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.wire.Signal;
import java.util.List;
import java.util.Map;

/**
 * One consistent reading of the pipeline's counters; all counts since start.
 *
 * @param signals requests and items at the door, for each signal
 * @param spans the fate of every span
 * @param held what waits for its decision
 * @param identities the sums of design.md §9, each with both sides
 */
public record PipelineStatus(
    long startedUnixMillis,
    long nowUnixMillis,
    Map<Signal, Door> signals,
    Spans spans,
    Held held,
    List<DestinationStatus> destinations,
    List<Identity> identities) {

  /**
   * Requests: offered = refused + received; of metrics, logs and profiles, received = shipped +
   * queued + failed at their first destination + let go.
   *
   * @param receivedBytes after decompression
   * @param letGo requests that no destination takes; spans are counted as failed instead
   */
  public record Door(
      long offered, long received, long receivedBytes, long letGo, Map<String, Long> refused) {}

  /**
   * Spans: received = held + kept + dropped; kept = shipped + queued + failed.
   *
   * @param keptByReason sums to kept
   * @param droppedByReason sums to dropped
   */
  public record Spans(
      long received,
      long receivedBytes,
      long held,
      long kept,
      long keptBytes,
      Map<String, Long> keptByReason,
      long dropped,
      long droppedBytes,
      Map<String, Long> droppedByReason,
      long shipped,
      long queued,
      Map<String, Long> failedByReason,
      long late) {}

  /** What waits, against its bound. */
  public record Held(long traces, long spans, long bytes, long bytesMax) {}

  /** One law: both sides, read in the same moment. */
  public record Identity(String law, long left, long right) {
    public boolean holds() {
      return left == right;
    }
  }
}
