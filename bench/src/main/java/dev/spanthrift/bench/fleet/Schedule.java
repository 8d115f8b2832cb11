package dev.spanthrift.bench.fleet;

import com.google.protobuf.CodedOutputStream;
import dev.spanthrift.bench.score.Csv;
import dev.spanthrift.bench.score.RecordedSet;
import dev.spanthrift.bench.simulation.RecordedColumns;
import dev.spanthrift.bench.simulation.RecordingReader;
import dev.spanthrift.bench.speed.Template;
import dev.spanthrift.bench.speed.Workload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * When which pod sends what: the recorded requests in real time, with the recording's windows laid
 * over each other, because between them nothing was recorded.
 *
 * <p>Within a window nothing is changed: requests come as late after their spans, and after those
 * of other pods, as they were recorded. Only a window that is longer than all of the time is sped
 * up.
 */
record Schedule(List<Request> requests, RecordedSet set) {
  private static final long GAP_NANOS = 30_000_000_000L;

  /**
   * One request.
   *
   * @param atNanos since the begin
   * @param recordedNanos when it was sent, on the recording's clock
   */
  record Request(long atNanos, long recordedNanos, String pod, Template template) {}

  private record Window(int first, int end, long from, long nanos) {}

  /** Spreads the windows' begins so that the last one ends after {@code minutes}. */
  static Schedule of(Path folder, double minutes, int windowsMax) throws IOException {
    List<byte[]> messages = Workload.messages(folder.resolve("traces.otlp.zst"));
    Csv csv = Csv.read(folder.resolve("requests.csv.gz"));
    List<Window> all = windows(csv);
    List<Window> windows = all.subList(0, Math.min(windowsMax, all.size()));
    List<Request> requests = new ArrayList<>();
    long total = (long) (minutes * 60e9);
    for (int w = 0; w < windows.size(); w++) {
      Window window = windows.get(w);
      double part = windows.size() == 1 ? 0 : (double) w / (windows.size() - 1);
      double pace = Math.min(1, (double) total / window.nanos());
      long begin = (long) (part * Math.max(0, total - window.nanos()));
      for (int i = window.first(); i < window.end(); i++) {
        long flush = flush(csv, i);
        Template template = Template.of(messages.get(i));
        long at = begin + (long) ((flush - window.from()) * pace);
        requests.add(new Request(at, flush, csv.get(i, "pod"), template));
      }
    }
    requests.sort(Comparator.comparingLong(Request::atNanos));
    return new Schedule(requests, RecordedSet.labelled(folder, columns(requests)));
  }

  private static List<Window> windows(Csv csv) {
    List<Window> windows = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= csv.size(); i++) {
      if (i == csv.size() || flush(csv, i) - flush(csv, i - 1) > GAP_NANOS) {
        long from = flush(csv, first);
        windows.add(new Window(first, i, from, flush(csv, i - 1) - from));
        first = i;
      }
    }
    return windows;
  }

  private static long flush(Csv csv, int row) {
    return Long.parseLong(csv.get(row, "flush_unix_nano"));
  }

  /** The same in columns: for labels, and for a simulated fleet that gets the same. */
  private static RecordedColumns columns(List<Request> requests) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (Request request : requests) {
      out.writeByteArrayNoTag(request.template().bytes());
    }
    out.flush();
    Iterator<Request> each = requests.iterator();
    long base = requests.getFirst().recordedNanos();
    return RecordingReader.read(
        new ByteArrayInputStream(bytes.toByteArray()), () -> base + each.next().atNanos());
  }

  long spans() {
    return requests.stream().mapToLong(r -> r.template().spans()).sum();
  }

  /** Bytes of the spans alone: what a budget counts. */
  long bytes() {
    return IntStream.range(0, set.recording.spans()).mapToLong(set.recording::bytesOfSpan).sum();
  }

  double seconds() {
    return requests.getLast().atNanos() / 1e9;
  }
}
