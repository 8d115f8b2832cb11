package dev.spanthrift.bench.fleet;

import dev.spanthrift.bench.simulation.FleetOutcome;
import dev.spanthrift.bench.simulation.RecordedColumns;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Batch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What came to the backend, span by span of the recording. */
final class Arrivals {
  private record SpanId(long high, long low, long span) {}

  private final RecordedColumns recording;
  private final long key;
  private final FleetOutcome outcome;
  private final Map<SpanId, Integer> index = new HashMap<>();
  private final long[] threshold; // by span; -2 while it has not arrived
  private long twice;
  private long strangers;

  /**
   * @param key that was laid over the trace ids
   */
  Arrivals(RecordedColumns recording, long key) {
    this.recording = recording;
    this.key = key;
    outcome = FleetOutcome.of(recording);
    threshold = new long[recording.spans()];
    Arrays.fill(threshold, -2);
    for (int s = 0; s < recording.spans(); s++) {
      int trace = recording.traceOfSpan(s);
      index.put(
          new SpanId(
              recording.traceIdHigh(trace), recording.traceIdLow(trace), recording.spanIdOfSpan(s)),
          s);
    }
    if (index.size() < recording.spans()) {
      throw new IllegalArgumentException("spans of this set share their ids");
    }
  }

  synchronized void take(Batch batch) {
    for (int row = 0; row < batch.size(); row++) {
      long high = batch.traceIdHigh(row) ^ Long.rotateLeft(key, 23);
      Integer span = index.get(new SpanId(high, batch.traceIdLow(row) ^ key, batch.spanId(row)));
      if (span == null) {
        strangers++;
        continue;
      }
      twice += threshold[span] != -2 ? 1 : 0;
      long said =
          TraceState.threshold(
              batch.buffer(), batch.traceStateOffset(row), batch.traceStateLength(row));
      threshold[span] = said;
      double probability = said == Threshold.UNKNOWN ? 1 : 1 - said * 0x1p-56;
      outcome.keep(span, probability, TraceClass.BASE);
    }
  }

  synchronized FleetOutcome outcome() {
    return outcome;
  }

  /** Spans that came more than once, or that nobody sent. */
  synchronized long surplus() {
    return twice + strangers;
  }

  /** Whether a trace's spans that arrived say different thresholds. */
  synchronized boolean[] differs() {
    long[] first = new long[recording.traces()];
    Arrays.fill(first, -2);
    boolean[] differs = new boolean[recording.traces()];
    for (int s = 0; s < threshold.length; s++) {
      int t = recording.traceOfSpan(s);
      if (threshold[s] != -2) {
        differs[t] |= first[t] != -2 && first[t] != threshold[s];
        first[t] = threshold[s];
      }
    }
    return differs;
  }

  boolean has(int span) {
    return threshold[span] != -2;
  }
}
