package dev.spanthrift.sampler;

import dev.spanthrift.sampler.wire.Batch;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fate of every span, counted by the sampler; read under its lock.
 *
 * <p>received = held + kept + dropped. Alert when it does not hold.
 *
 * @param late spans that followed an earlier decision
 * @param overPolicyShare fragments that a policy would keep for certain, handed to the budget
 *     because policies had spent their share
 * @param overflow what was done because there was no room
 * @param contents of spans, as far as prices ask
 * @param traceStates kept spans whose trace state got no threshold, by what was in the way (specs
 *     2C, 2E)
 * @param ids what was wrong with trace ids
 */
public record SamplerCounts(
    Received received,
    Held held,
    Fate kept,
    Fate dropped,
    long late,
    long overPolicyShare,
    Overflow overflow,
    SpanContents contents,
    Map<String, Long> traceStates,
    Ids ids) {

  /**
   * What came in.
   *
   * @param bytes encoded ones of spans, without envelopes; likewise where spans are kept or dropped
   * @param roots spans without a parent: the traces that begin here
   */
  public record Received(long spans, long bytes, long roots) {}

  /**
   * What waits now, against its bound.
   *
   * @param scratchBytes memory beside what waits: arrays that are used again and again, and
   *     requests that have not left yet
   */
  public record Held(long traces, long spans, long bytes, long bytesMax, long scratchBytes) {}

  /**
   * What was decided one way.
   *
   * @param byReason sums to spans
   */
  public record Fate(long spans, long bytes, Map<String, Long> byReason) {}

  /**
   * What was done because there was no room.
   *
   * @param decidedEarly traces that were decided before they were due
   * @param forgotten traces whose decision is remembered no more: what comes late for them begins
   *     anew
   */
  public record Overflow(long decidedEarly, long forgotten) {}

  /**
   * Trace ids that the specification does not allow for.
   *
   * @param invalid spans whose trace id is not 16 bytes or all zero: each is decided by itself
   * @param notRandom traces whose id is not random in its last 7 bytes: they are kept all or not at
   *     all; 0 where randomness comes from a hash
   */
  public record Ids(long invalid, long notRandom) {}

  /** Counts that only the sampler writes. */
  static final class Counters {
    long received;
    long receivedBytes;
    long late;
    long overPolicyShare;
    long decidedEarly;
    long receivedRoots;
    long withoutTraceId;
    private long attributes;
    private long events;
    private long resources;
    private long resourceBytes;
    private long resourceAttributes;
    long keptEvents;
    long droppedEvents;
    final FateCounter kept = new FateCounter();
    final FateCounter dropped = new FateCounter();
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
  static final class FateCounter {
    /** Reasons come from configuration; one that cannot be told apart any more is "other". */
    private static final int REASONS_MAX = 1000;

    private long spans;
    private long bytes;
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

    Fate read() {
      return new Fate(spans, bytes, copy(byReason));
    }
  }

  static Map<String, Long> copy(Map<String, long[]> counters) {
    Map<String, Long> copy = new TreeMap<>();
    counters.forEach((name, count) -> copy.put(name, count[0]));
    return Map.copyOf(copy);
  }
}
