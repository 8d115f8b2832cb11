package dev.spanthrift.bench.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which kept traces did not come whole, and when what is missing had been sent. */
final class Torn {
  private final Schedule schedule;
  private final Arrivals arrivals;

  Torn(Schedule schedule, Arrivals arrivals) {
    this.schedule = schedule;
    this.arrivals = arrivals;
  }

  private static final class Parts {
    int spans;
    int arrived;
    final StringBuilder text = new StringBuilder();
  }

  /** One paragraph for each: second, pod, spans of it that arrived, of those sent. */
  void write(Path file) throws IOException {
    var recording = schedule.set().recording;
    Parts[] parts = new Parts[recording.traces()];
    for (int part = 0; part < recording.parts(); part++) {
      Schedule.Request request = schedule.requests().get(part);
      int[] spans = recording.spansOfPart(part).toArray();
      for (int from = 0; from < spans.length; from++) {
        int trace = recording.traceOfSpan(spans[from]);
        int here = 0;
        int came = 0;
        boolean first = true;
        for (int i = 0; i < spans.length; i++) {
          if (recording.traceOfSpan(spans[i]) == trace) {
            first &= i >= from;
            here++;
            came += arrivals.has(spans[i]) ? 1 : 0;
          }
        }
        if (first) {
          Parts all = parts[trace] == null ? new Parts() : parts[trace];
          parts[trace] = all;
          all.spans += here;
          all.arrived += came;
          all.text.append(
              String.format(
                  Locale.ROOT,
                  "  %.1f s %s %d of %d%n",
                  request.atNanos() / 1e9,
                  request.pod(),
                  came,
                  here));
        }
      }
    }
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < parts.length; t++) {
      if (parts[t] != null && parts[t].arrived > 0 && parts[t].arrived < parts[t].spans) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%016x%016x %d of %d%n%s",
                recording.traceIdHigh(t),
                recording.traceIdLow(t),
                parts[t].arrived,
                parts[t].spans,
                parts[t].text));
      }
    }
    Files.write(file, lines);
  }
}
