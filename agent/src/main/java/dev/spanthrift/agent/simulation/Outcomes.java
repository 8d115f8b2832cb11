package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Signature;
import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.estimate.ErrorBars;
import dev.spanthrift.sampler.wire.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes down what came in, what was decided, and what was shipped. */
final class Outcomes implements Fates {
  /** Above it operations are not estimated: 12 bytes a span, and 20 of each that is kept. */
  static final int SPANS_MAX = 8_000_000;

  private static final int LOST_MAX = 1_000;

  private final SpanNames reader;
  private final Traces traces = new Traces();
  private final Reasons kept = new Reasons();
  private final Reasons dropped = new Reasons();
  private final SpanDurations truth = new SpanDurations(SPANS_MAX);
  private final ErrorBars estimate = new ErrorBars(SPANS_MAX);
  private final Map<Long, long[]> errors = new HashMap<>(); // received, kept

  private long receivedSpans;
  private long receivedBytes;
  private long keptSpans;
  private long keptBytes;

  Outcomes(SpanNames reader) {
    this.reader = reader;
  }

  /** Spans as they come. */
  void received(Batch batch) {
    reader.begin(batch);
    for (int row = 0; row < batch.size(); row++) {
      receivedSpans++;
      receivedBytes += batch.bytes(row);
      int trace = traces.numberOf(batch.traceIdHigh(row), batch.traceIdLow(row));
      int operation = reader.operation(row);
      traces.received[trace]++;
      truth.add(operation, batch.durationNanos(row), reader.adjustedCount(row));
      if (batch.isError(row)) {
        traces.marks[trace] |= Traces.ERROR;
        errors(operation, row)[0]++;
      }
    }
  }

  /** Kept spans as a backend would read them. */
  void shipped(Batch batch) {
    reader.begin(batch);
    for (int row = 0; row < batch.size(); row++) {
      int trace = traces.numberOf(batch.traceIdHigh(row), batch.traceIdLow(row));
      int operation = reader.operation(row);
      keptSpans++;
      traces.kept[trace]++;
      estimate.add(operation, trace, batch.durationNanos(row), reader.adjustedCount(row));
      if (batch.isError(row)) {
        traces.marks[trace] |= Traces.ERROR_KEPT;
        errors(operation, row)[1]++;
      }
    }
  }

  private long[] errors(int operation, int row) {
    long key = (long) operation << 32 | reader.signature(row);
    return errors.computeIfAbsent(key, k -> new long[2]);
  }

  @Override
  public void kept(long high, long low, int spans, long bytes, String reason) {
    keptBytes += bytes;
    int why = kept.add(reason, spans, bytes);
    int trace = traces.numberOf(high, low);
    if (traces.keptFor[trace] == 0) {
      traces.keptFor[trace] = why + 1;
      kept.addTrace(why);
    }
  }

  @Override
  public void dropped(long high, long low, int spans, long bytes, String reason) {
    int why = dropped.add(reason, spans, bytes);
    int trace = traces.numberOf(high, low);
    if (traces.droppedFor[trace] == 0) {
      traces.droppedFor[trace] = why + 1;
    }
  }

  /** Call once, when all is decided. */
  void close() {
    for (int trace = 0; trace < traces.size(); trace++) {
      if (traces.keptFor[trace] == 0 && traces.droppedFor[trace] != 0) {
        dropped.addTrace(traces.droppedFor[trace] - 1);
      }
    }
  }

  Quantity received() {
    return new Quantity(traces.size(), receivedSpans, receivedBytes);
  }

  Quantity kept() {
    return new Quantity(count(t -> traces.kept[t] > 0), keptSpans, keptBytes);
  }

  /** Traces of which all spans are kept. */
  long wholeTraces() {
    return count(t -> traces.kept[t] > 0 && traces.kept[t] >= traces.received[t]);
  }

  private long count(java.util.function.IntPredicate of) {
    return java.util.stream.IntStream.range(0, traces.size()).filter(of).count();
  }

  Map<String, Quantity> keptByReason() {
    return kept.read();
  }

  Map<String, Quantity> droppedByReason() {
    return dropped.read();
  }

  WhatIfAnswer.Errors errors() {
    List<Signature> lost = new ArrayList<>();
    errors.forEach(
        (key, spans) -> {
          if (spans[1] == 0) {
            int operation = (int) (key >>> 32);
            lost.add(
                new Signature(
                    reader.service(operation),
                    reader.operationName(operation),
                    reader.signatureName(key.intValue()),
                    spans[0]));
          }
        });
    lost.sort(
        Comparator.comparingLong(Signature::spans)
            .reversed()
            .thenComparing(Signature::service)
            .thenComparing(Signature::operation)
            .thenComparing(Signature::error));
    return new WhatIfAnswer.Errors(
        count(t -> (traces.marks[t] & Traces.ERROR) != 0),
        count(t -> (traces.marks[t] & Traces.ERROR_KEPT) != 0),
        errors.size(),
        lost.size(),
        List.copyOf(lost.subList(0, Math.min(LOST_MAX, lost.size()))));
  }

  /** Whether all spans are in the estimates. */
  boolean complete() {
    return truth.refused() == 0 && estimate.refused() == 0;
  }

  SpanDurations truth() {
    return truth;
  }

  ErrorBars estimate() {
    return estimate;
  }

  SpanNames reader() {
    return reader;
  }
}
