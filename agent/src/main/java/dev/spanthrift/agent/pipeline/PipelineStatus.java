package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.LearnedCounts;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.wire.Signal;
import java.util.List;
import java.util.Map;

/**
 * One consistent reading of the pipeline's counters; all counts since start.
 *
 * @param signals requests and items at the door, for each signal
 * @param spans the fate of every span
 * @param shipping what became of the spans kept
 * @param learned how much the sampler knows
 * @param identities the laws L1 to L3 (docs/specs.md), each with both sides
 */
public record PipelineStatus(
    long startedUnixMillis,
    long nowUnixMillis,
    Map<Signal, Offers> signals,
    SamplerCounts spans,
    Shipping shipping,
    Learned learned,
    List<DestinationStatus> destinations,
    List<Identity> identities) {

  /** Whether something waits, here or on its way out, or was counted since an earlier reading. */
  public boolean moves(PipelineStatus before) {
    return spans.held().spans() > 0
        || shipping.queued() > 0
        || destinations.stream().anyMatch(d -> d.queuedBytes() > 0)
        || !signals.equals(before.signals)
        || !shipping.equals(before.shipping)
        || !spans.received().equals(before.spans.received())
        || !spans.kept().equals(before.spans.kept())
        || !spans.dropped().equals(before.spans.dropped());
  }

  /**
   * Requests: offered = refused + received + under way; of metrics, logs and profiles, received =
   * shipped + queued + failed at their first destination + let go.
   *
   * @param underWay being read, or being taken
   * @param receivedBytes after decompression
   * @param letGo requests that no destination takes; spans are counted as failed instead
   */
  public record Offers(
      long offered,
      long received,
      long underWay,
      long receivedBytes,
      long letGo,
      Map<String, Long> refused) {}

  /** Spans: kept = shipped + queued + failed. */
  public record Shipping(long shipped, long queued, Map<String, Long> failedByReason) {}

  /**
   * Keys with a place of their own in the tables, look-ups that had to share one, and memory.
   *
   * @param snapshotsIgnored saved ones that could not be used
   */
  public record Learned(
      int operations,
      int errorSignatures,
      int edges,
      int paths,
      long folded,
      long bytes,
      long snapshotsIgnored) {
    static Learned of(LearnedCounts counts, long snapshotsIgnored) {
      return new Learned(
          counts.operations(),
          counts.errorSignatures(),
          counts.edges(),
          counts.paths(),
          counts.folded(),
          counts.bytes(),
          snapshotsIgnored);
    }
  }

  /** One law: both sides, read in the same moment. */
  public record Identity(String law, long left, long right) {
    public boolean holds() {
      return left == right;
    }
  }
}
