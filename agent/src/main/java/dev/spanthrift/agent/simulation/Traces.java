package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.trace.Rows;
import dev.spanthrift.sampler.trace.TraceIndex;
import java.util.Arrays;

/** All traces of a recording, a small number each, and what became of them. */
final class Traces {
  static final byte ERROR = 1;
  static final byte ERROR_KEPT = 2;

  private final Rows ids = new Rows(2, 10); // numbered one after the other: none ever goes
  private final TraceIndex index = new TraceIndex(ids);

  private int last;

  int[] received = new int[1024];
  int[] kept = new int[1024];
  byte[] marks = new byte[1024];
  int[] keptFor = new int[1024]; // reason + 1
  int[] droppedFor = new int[1024];

  int size() {
    return ids.size();
  }

  /** The number of a trace, perhaps a new one. */
  int numberOf(long traceIdHigh, long traceIdLow) {
    // Spans of a trace come together, and the tables of a million traces lie in no cache.
    if (last < size()
        && ids.get(last, Rows.TRACE_ID_HIGH) == traceIdHigh
        && ids.get(last, Rows.TRACE_ID_LOW) == traceIdLow) {
      return last;
    }
    int known = index.find(traceIdHigh, traceIdLow);
    last = known == TraceIndex.NONE ? add(traceIdHigh, traceIdLow) : known;
    return last;
  }

  private int add(long traceIdHigh, long traceIdLow) {
    int number = ids.take();
    ids.set(number, Rows.TRACE_ID_HIGH, traceIdHigh);
    ids.set(number, Rows.TRACE_ID_LOW, traceIdLow);
    index.add(number);
    if (number == received.length) {
      grow();
    }
    return number;
  }

  private void grow() {
    int capacity = received.length * 2;
    received = Arrays.copyOf(received, capacity);
    kept = Arrays.copyOf(kept, capacity);
    marks = Arrays.copyOf(marks, capacity);
    keptFor = Arrays.copyOf(keptFor, capacity);
    droppedFor = Arrays.copyOf(droppedFor, capacity);
  }
}
