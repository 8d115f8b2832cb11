package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes calls of batches: what concerns one trace stands together, and a Cluster's calls hold
 * traces of one slot.
 *
 * <p>Keys are {@code prefix{bucket}id}: 64 buckets, by a hash of the trace id, so that few calls
 * carry many traces and a Cluster still spreads them.
 */
final class TraceCalls {
  /** A script holds up the engine as long as it runs; so many traces are about a millisecond. */
  private static final int TRACES_MAX = 200;

  private static final int BUCKETS = 64;

  /**
   * Of the trace id's 16: no two traces meet, and a key of 20 bytes fits a smaller piece of memory.
   */
  private static final int ID_BYTES = 14;

  private static final int QUESTIONS_MAX = 0xffff;

  private final byte[][] heads = new byte[BUCKETS][];
  private final boolean bySlot;

  private record Id(long high, long low) {}

  private final Map<Id, TraceCall.Trace> traces = new LinkedHashMap<>();

  TraceCalls(String prefix, boolean bySlot) {
    this.bySlot = bySlot;
    for (int i = 0; i < BUCKETS; i++) {
      heads[i] = "%s{%02x}".formatted(prefix, i).getBytes(StandardCharsets.US_ASCII);
    }
  }

  TraceCalls add(LedgerBatch batch) {
    add(TraceCall.Kind.PART, batch, batch.parts());
    add(TraceCall.Kind.TELL, batch, batch.tells());
    add(TraceCall.Kind.SPEND, batch, batch.spends());
    add(TraceCall.Kind.ASK, batch, batch.asks());
    add(TraceCall.Kind.READ, batch, batch.reads());
    add(TraceCall.Kind.RELEASE, batch, batch.releases());
    return this;
  }

  /** Asks of the traces that a batch reads nothing but whether they were kept, and why. */
  TraceCalls look(LedgerBatch batch) {
    add(TraceCall.Kind.LOOK, batch, batch.reads());
    return this;
  }

  private void add(TraceCall.Kind kind, LedgerBatch batch, LedgerBatch.Ids ids) {
    for (int i = 0; i < ids.size(); i++) {
      Id id = new Id(ids.high(i), ids.low(i));
      TraceCall.Trace trace =
          traces.computeIfAbsent(id, unused -> new TraceCall.Trace(id.high, id.low));
      if (trace.questions.size() < QUESTIONS_MAX) {
        trace.questions.add(new TraceCall.Question(kind, batch, i));
      }
    }
  }

  List<TraceCall> calls() {
    Map<Integer, List<TraceCall.Trace>> groups = new HashMap<>();
    for (TraceCall.Trace trace : traces.values()) {
      int group = bySlot ? bucket(trace.low) : 0;
      groups.computeIfAbsent(group, unused -> new ArrayList<>()).add(trace);
    }
    return cut(groups.values());
  }

  private static List<TraceCall> cut(Collection<List<TraceCall.Trace>> groups) {
    List<TraceCall> calls = new ArrayList<>();
    for (List<TraceCall.Trace> group : groups) {
      for (int from = 0; from < group.size(); from += TRACES_MAX) {
        calls.add(new TraceCall(group.subList(from, Math.min(group.size(), from + TRACES_MAX))));
      }
    }
    return calls;
  }

  byte[][] keys(TraceCall call) {
    byte[][] keys = new byte[call.traces().size()][];
    for (int i = 0; i < keys.length; i++) {
      TraceCall.Trace trace = call.traces().get(i);
      byte[] head = heads[bucket(trace.low)];
      long high = trace.high ^ trace.high >>> 48;
      keys[i] =
          ByteBuffer.allocate(head.length + ID_BYTES)
              .put(head)
              .putLong(trace.low)
              .putInt((int) (high >>> 16))
              .putShort((short) high)
              .array();
    }
    return keys;
  }

  private static int bucket(long low) {
    return (int) (low * 0x9E3779B97F4A7C15L >>> 58);
  }
}
