package dev.spanthrift.agent.pipeline;

import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.LearnedCounts;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.SpanContents;
import dev.spanthrift.sampler.wire.Signal;
import java.util.List;
import java.util.Map;

/**
 * One consistent reading of the pipeline's counters; all counts since start.
 *
 * @param signals requests and items at the door, for each signal
 * @param spans the fate of every span
 * @param held what waits for its decision
 * @param learned how much the sampler knows
 * @param contents what the spans held, as far as prices ask
 * @param identities the laws L1 to L3 (docs/specs.md), each with both sides
 */
public record PipelineStatus(
    long startedUnixMillis,
    long nowUnixMillis,
    Map<Signal, Offers> signals,
    Spans spans,
    Held held,
    Learned learned,
    SpanContents contents,
    List<DestinationStatus> destinations,
    List<Identity> identities) {

  /** Where nothing is learned. */
  public PipelineStatus(
      long startedUnixMillis,
      long nowUnixMillis,
      Map<Signal, Offers> signals,
      Spans spans,
      Held held,
      List<DestinationStatus> destinations,
      List<Identity> identities) {
    this(
        startedUnixMillis,
        nowUnixMillis,
        signals,
        spans,
        held,
        Learned.of(LearnedCounts.NONE, 0),
        SpanContents.NONE,
        destinations,
        identities);
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

  /**
   * Spans: received = held + kept + dropped; kept = shipped + queued + failed.
   *
   * @param keptByReason sums to kept
   * @param droppedByReason sums to dropped
   * @param overPolicyShare fragments that a policy would keep for certain, but handed to the budget
   *     because policies had spent their share
   * @param receivedRoots spans without a parent: the traces that begin here
   * @param ids spans and traces whose trace id is not as the specification has it
   * @param traceStates kept spans whose trace state got no threshold, by what was in the way (specs
   *     2C, 2E)
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
      long late,
      long overPolicyShare,
      long receivedRoots,
      Map<String, Long> traceStates,
      SamplerCounts.Ids ids) {
    /** Where all trace ids are as they should be. */
    public Spans(
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
        long late,
        long overPolicyShare,
        long receivedRoots,
        Map<String, Long> traceStates) {
      this(
          received,
          receivedBytes,
          held,
          kept,
          keptBytes,
          keptByReason,
          dropped,
          droppedBytes,
          droppedByReason,
          shipped,
          queued,
          failedByReason,
          late,
          overPolicyShare,
          receivedRoots,
          traceStates,
          SamplerCounts.Ids.GOOD);
    }
  }

  /** What waits, against its bound. */
  public record Held(long traces, long spans, long bytes, long bytesMax) {}

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
