package dev.spanthrift.agent.recording;

/**
 * Columns of some spans: 62 bytes each, no payload. Written by one thread, then only read; one that
 * no reader has seen is written again.
 */
final class SpanChunk {
  static final int SPANS = 4_096;
  static final int SPAN_BYTES = 62;

  /** Bits of {@link #marks}: kind 3 bits (7: unknown), status 2 bits (3: unknown), these. */
  static final int HAS_PARENT = 1 << 5;

  static final int KNOWS_REMOTE = 1 << 6;
  static final int IS_REMOTE = 1 << 7;

  final long[] traceIdHigh = new long[SPANS];
  final long[] traceIdLow = new long[SPANS];
  final long[] spanId = new long[SPANS];
  final long[] parentSpanId = new long[SPANS];
  final long[] startNanos = new long[SPANS];
  final long[] durationNanos = new long[SPANS];
  final int[] arrivalMillis = new int[SPANS]; // after baseMillis
  final int[] bytes = new int[SPANS];
  final char[] operation = new char[SPANS];
  final char[] signature = new char[SPANS];
  final char[] marks = new char[SPANS];
  long baseMillis;
  int size;
  boolean isShared; // with readers, who may keep it as long as they like

  SpanChunk begin(long unixMillis) {
    baseMillis = unixMillis;
    size = 0;
    return this;
  }

  long arrivalMillis(int i) {
    return baseMillis + arrivalMillis[i];
  }

  /** When the last span came. */
  long lastMillis() {
    return size == 0 ? baseMillis : arrivalMillis(size - 1);
  }
}
