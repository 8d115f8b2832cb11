package dev.spanthrift.bench.simulation;

import java.util.Arrays;

/** Spans of one trace in one pod that share a decision. */
final class SimulatedFragment {
  final int trace;
  int[] spans = new int[8];
  int size;
  long bytes;
  long lastArrival;
  boolean submitted;
  boolean kept;
  boolean settled;
  double probability;

  SimulatedFragment(int trace) {
    this.trace = trace;
  }

  void add(int span, int spanBytes, long now) {
    if (size == spans.length) {
      spans = Arrays.copyOf(spans, size * 2);
    }
    spans[size++] = span;
    bytes += spanBytes;
    lastArrival = now;
  }
}
