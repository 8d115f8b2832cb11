package dev.spanthrift.sampler;

import dev.spanthrift.sampler.wire.Batch;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fate of every span, counted by the sampler; read under its lock.
 *
 * <p>received = held + kept + dropped. Alert when it does not hold.
 *
 * @param receivedBytes encoded bytes of spans, without envelopes; likewise the others
 * @param held spans that wait now
 * @param keptByReason sums to kept
 * @param droppedByReason sums to dropped
 * @param late spans that followed an earlier decision
 * @param overPolicyShare fragments that a policy would keep for certain, handed to the budget
 *     because policies had spent their share
 * @param receivedRoots spans without a parent: the traces that begin here
 * @param contents of spans, as far as prices ask
 * @param traceStates kept spans by what became of their trace state
 * @param ids what was wrong with trace ids
 * @param scratchBytes memory beside what waits: arrays that are used again and again, and requests
 *     that have not left yet
 */
public record SamplerCounts(
    long received,
    long receivedBytes,
    long held,
    long heldTraces,
    long heldBytes,
    long kept,
    long keptBytes,
    Map<String, Long> keptByReason,
    long dropped,
    long droppedBytes,
    Map<String, Long> droppedByReason,
    long late,
    long overPolicyShare,
    long receivedRoots,
    SpanContents contents,
    Map<String, Long> traceStates,
    Ids ids,
    long scratchBytes) {

  /**
   * Trace ids that the specification does not allow for.
   *
   * @param invalid spans whose trace id is not 16 bytes or all zero: each is decided by itself
   * @param notRandom traces whose id is not random in its last 7 bytes: they are kept all or not at
   *     all; 0 where randomness comes from a hash
   */
  public record Ids(long invalid, long notRandom) {
    public static final Ids GOOD = new Ids(0, 0);
  }

  /** Counts that only the sampler writes. */
  static final class Counters {
    long received;
    long receivedBytes;
    long late;
    long overPolicyShare;
    long receivedRoots;
    long withoutTraceId;
    private long attributes;
    private long events;
    private long resources;
    private long resourceBytes;
    private long resourceAttributes;
    long keptEvents;
    long droppedEvents;
    final Fate kept = new Fate();
    final Fate dropped = new Fate();
    final Map<String, long[]> traceStates = new TreeMap<>();

    void contents(Batch batch) {
      attributes += batch.attributes();
      events += batch.events();
      resources += batch.resourceMessages();
      resourceBytes += batch.resourceBytes();
      resourceAttributes += batch.resourceAttributes();
    }

    SpanContents contents() {
      return new SpanContents(
          attributes,
          events,
          resources,
          resourceBytes,
          resourceAttributes,
          keptEvents,
          droppedEvents);
    }

    void traceState(String what) {
      traceStates.computeIfAbsent(what, w -> new long[1])[0]++;
    }
  }

  /** Spans and bytes, and spans by reason. */
  static final class Fate {
    /** Reasons come from configuration; one that cannot be told apart any more is "other". */
    private static final int REASONS_MAX = 1000;

    long spans;
    long bytes;
    private final Map<String, long[]> byReason = new TreeMap<>();

    void add(String reason, long count, long size) {
      spans += count;
      bytes += size;
      long[] counter = byReason.get(reason);
      if (counter == null) {
        String name = byReason.size() < REASONS_MAX ? reason : "other";
        counter = byReason.computeIfAbsent(name, r -> new long[1]);
      }
      counter[0] += count;
    }

    Map<String, Long> byReason() {
      return copy(byReason);
    }
  }

  static Map<String, Long> copy(Map<String, long[]> counters) {
    Map<String, Long> copy = new TreeMap<>();
    counters.forEach((name, count) -> copy.put(name, count[0]));
    return Map.copyOf(copy);
  }
}
