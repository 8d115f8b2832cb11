package dev.spanthrift.agent.simulation;

import java.util.Arrays;

/** All traces of a recording, a small number each, and what became of them. */
final class Traces {
  static final byte ERROR = 1;
  static final byte ERROR_KEPT = 2;

  private long[] high = new long[1024];
  private long[] low = new long[1024];
  private int[] index = new int[4096]; // number + 1
  private int size;

  int[] received = new int[1024];
  int[] kept = new int[1024];
  byte[] marks = new byte[1024];
  int[] keptFor = new int[1024]; // reason + 1
  int[] droppedFor = new int[1024];

  int size() {
    return size;
  }

  /** The number of a trace, perhaps a new one. */
  int numberOf(long traceIdHigh, long traceIdLow) {
    int mask = index.length - 1;
    int at = spread(traceIdHigh, traceIdLow) & mask;
    while (index[at] != 0) {
      int number = index[at] - 1;
      if (low[number] == traceIdLow && high[number] == traceIdHigh) {
        return number;
      }
      at = (at + 1) & mask;
    }
    return add(traceIdHigh, traceIdLow, at);
  }

  private static int spread(long high, long low) {
    long mixed = (low ^ high * 31) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32);
  }

  private int add(long traceIdHigh, long traceIdLow, int at) {
    if (size == low.length) {
      grow();
    }
    high[size] = traceIdHigh;
    low[size] = traceIdLow;
    index[at] = size + 1;
    size++;
    if (size * 2 > index.length) {
      rehash();
    }
    return size - 1;
  }

  private void grow() {
    int capacity = size * 2;
    high = Arrays.copyOf(high, capacity);
    low = Arrays.copyOf(low, capacity);
    received = Arrays.copyOf(received, capacity);
    kept = Arrays.copyOf(kept, capacity);
    marks = Arrays.copyOf(marks, capacity);
    keptFor = Arrays.copyOf(keptFor, capacity);
    droppedFor = Arrays.copyOf(droppedFor, capacity);
  }

  private void rehash() {
    index = new int[index.length * 2];
    int mask = index.length - 1;
    for (int number = 0; number < size; number++) {
      int at = spread(high[number], low[number]) & mask;
      while (index[at] != 0) {
        at = (at + 1) & mask;
      }
      index[at] = number + 1;
    }
  }
}
