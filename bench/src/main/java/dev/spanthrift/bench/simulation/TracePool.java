package dev.spanthrift.bench.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The recorded traces as fragments, from which a simulated fleet of any size draws: all that one
 * pod saw of a trace is one fragment, as late as its last request came.
 */
final class TracePool {
  /**
   * What one pod saw.
   *
   * @param service the recorded pod, or several as one where the fleet is smaller
   * @param dueNanos after the trace's first request
   */
  record Part(int service, int[] spans, long bytes, long dueNanos) {}

  final RecordedColumns recording;
  final int services;
  final List<List<Part>> traces = new ArrayList<>();
  final double partsPerTrace;
  final double bytesPerTrace;

  TracePool(RecordedColumns recording, int pods, long pauseNanos) {
    this.recording = recording;
    services = Math.min(pods, recording.pods());
    Map<Integer, Map<Integer, List<Integer>>> spans = new HashMap<>();
    Map<Long, Long> last = new HashMap<>();
    Map<Integer, Long> first = new HashMap<>();
    for (int part = 0; part < recording.parts(); part++) {
      int service = recording.podOfPart(part) % services;
      for (int span = recording.firstSpan[part]; span < recording.endSpan(part); span++) {
        int trace = recording.trace[span];
        spans
            .computeIfAbsent(trace, t -> new HashMap<>())
            .computeIfAbsent(service, s -> new ArrayList<>())
            .add(span);
        first.putIfAbsent(trace, recording.flushNanos[part]);
        last.put((long) trace * services + service, recording.flushNanos[part]);
      }
    }
    double parts = 0;
    double bytes = 0;
    for (Map.Entry<Integer, Map<Integer, List<Integer>>> trace : spans.entrySet()) {
      List<Part> made = new ArrayList<>();
      for (Map.Entry<Integer, List<Integer>> one : trace.getValue().entrySet()) {
        long flushed = last.getOrDefault((long) trace.getKey() * services + one.getKey(), 0L);
        long began = first.getOrDefault(trace.getKey(), flushed);
        made.add(part(one.getKey(), one.getValue(), flushed - began + pauseNanos));
      }
      traces.add(made);
      parts += made.size();
      bytes += made.stream().mapToLong(Part::bytes).sum();
    }
    partsPerTrace = parts / traces.size();
    bytesPerTrace = bytes / traces.size();
  }

  private Part part(int service, List<Integer> spans, long dueNanos) {
    int[] all = spans.stream().mapToInt(i -> i).toArray();
    long bytes = 0;
    for (int span : all) {
      bytes += recording.bytes[span];
    }
    return new Part(service, all, bytes, dueNanos);
  }
}
