package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Recorded requests as columns, in the order in which they were sent; no span bytes.
 *
 * <p>Grows while a {@link RecordingReader} fills it, then is only read.
 */
public final class RecordedColumns {
  record TraceId(long high, long low) {}

  final Operations operations;
  final ErrorSignatures signatures;

  private final Map<TraceId, Integer> traceIndex = new HashMap<>();
  private final List<TraceId> traceIds;
  private final Map<String, Integer> podIndex = new HashMap<>();
  private final List<String> pods;

  private int spans;
  int[] trace = new int[1024];
  long[] spanId = new long[1024];
  long[] parentId = new long[1024];
  long[] startNanos = new long[1024];
  long[] durationNanos = new long[1024];
  int[] operation = new int[1024];
  int[] signature = new int[1024];
  byte[] flags = new byte[1024];
  int[] bytes = new int[1024];

  private int parts;
  long[] flushNanos = new long[1024];
  int[] pod = new int[1024];
  int[] firstSpan = new int[1024];

  RecordedColumns() {
    operations = new Operations();
    signatures = new ErrorSignatures();
    traceIds = new ArrayList<>();
    pods = new ArrayList<>();
  }

  /** The same spans, sent at other times. */
  private RecordedColumns(RecordedColumns other, long[] flushNanos) {
    operations = other.operations;
    signatures = other.signatures;
    traceIds = other.traceIds;
    pods = other.pods;
    spans = other.spans;
    trace = other.trace;
    spanId = other.spanId;
    parentId = other.parentId;
    startNanos = other.startNanos;
    durationNanos = other.durationNanos;
    operation = other.operation;
    signature = other.signature;
    flags = other.flags;
    bytes = other.bytes;
    parts = other.parts;
    pod = other.pod;
    firstSpan = other.firstSpan;
    this.flushNanos = flushNanos;
  }

  /**
   * The same requests without long pauses, and in the middle third of them at another rate.
   *
   * @param times the rate there: 10 is ten times the load, .1 a tenth
   * @param pauseMaxNanos no pause is longer
   */
  public RecordedColumns withStep(double times, long pauseMaxNanos) {
    long[] moved = new long[Math.max(1, parts)];
    moved[0] = flushNanos[0];
    for (int part = 1; part < parts; part++) {
      long pause = Math.clamp(flushNanos[part] - flushNanos[part - 1], 0, pauseMaxNanos);
      boolean middle = part >= parts / 3 && part < parts - parts / 3;
      moved[part] = moved[part - 1] + (middle ? (long) (pause / times) : pause);
    }
    return new RecordedColumns(this, moved);
  }

  int traceOf(long high, long low) {
    TraceId id = new TraceId(high, low);
    Integer known = traceIndex.get(id);
    if (known != null) {
      return known;
    }
    traceIndex.put(id, traceIds.size());
    traceIds.add(id);
    return traceIds.size() - 1;
  }

  /** Begins the part of a request that comes from one pod. */
  void beginPart(String podName, long flush) {
    if (parts == pod.length) {
      flushNanos = Arrays.copyOf(flushNanos, parts * 2);
      pod = Arrays.copyOf(pod, parts * 2);
      firstSpan = Arrays.copyOf(firstSpan, parts * 2);
    }
    Integer index = podIndex.get(podName);
    if (index == null) {
      index = pods.size();
      podIndex.put(podName, index);
      pods.add(podName);
    }
    flushNanos[parts] = flush;
    pod[parts] = index;
    firstSpan[parts] = spans;
    parts++;
  }

  int addSpan() {
    if (spans == trace.length) {
      int capacity = spans * 2;
      trace = Arrays.copyOf(trace, capacity);
      spanId = Arrays.copyOf(spanId, capacity);
      parentId = Arrays.copyOf(parentId, capacity);
      startNanos = Arrays.copyOf(startNanos, capacity);
      durationNanos = Arrays.copyOf(durationNanos, capacity);
      operation = Arrays.copyOf(operation, capacity);
      signature = Arrays.copyOf(signature, capacity);
      flags = Arrays.copyOf(flags, capacity);
      bytes = Arrays.copyOf(bytes, capacity);
    }
    return spans++;
  }

  public int spans() {
    return spans;
  }

  public int traces() {
    return traceIds.size();
  }

  public int pods() {
    return pods.size();
  }

  public String podName(int index) {
    return pods.get(index);
  }

  /** Parts of requests, one pod each. */
  public int parts() {
    return parts;
  }

  int endSpan(int part) {
    return part + 1 < parts ? firstSpan[part + 1] : spans;
  }

  /** Index of the pod that sent a part. */
  public int podOfPart(int part) {
    return pod[part];
  }

  /** The spans of a part, from its first to the next part's first. */
  public IntStream spansOfPart(int part) {
    return IntStream.range(firstSpan[part], endSpan(part));
  }

  /** Adds a span's columns to a fragment. */
  public void copySpan(int span, Fragment to) {
    to.add(
        spanId[span],
        parentId[span],
        startNanos[span],
        durationNanos[span],
        operation[span],
        signature[span],
        flags[span],
        bytes[span]);
  }

  public Operations operations() {
    return operations;
  }

  public ErrorSignatures signatures() {
    return signatures;
  }

  public long traceIdHigh(int index) {
    return traceIds.get(index).high;
  }

  public long traceIdLow(int index) {
    return traceIds.get(index).low;
  }

  /** Index of the trace of a span. */
  public int traceOfSpan(int span) {
    return trace[span];
  }

  public long spanIdOfSpan(int span) {
    return spanId[span];
  }

  public int operationOfSpan(int span) {
    return operation[span];
  }

  public long durationOfSpan(int span) {
    return durationNanos[span];
  }

  public int bytesOfSpan(int span) {
    return bytes[span];
  }

  /** Name of an operation, without its service. */
  public String operationName(int id) {
    return operations.name(id);
  }
}
