package dev.spanthrift.bench.score;

import com.github.luben.zstd.ZstdInputStream;
import dev.spanthrift.bench.simulation.RecordedColumns;
import dev.spanthrift.bench.simulation.RecordingReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One folder of recorded traces with its labels; layout as in {@code shared/data}.
 *
 * <p>Labels are for the measuring, and for the oracle; no sampler sees them.
 */
public final class RecordedSet {
  final String name;
  public final RecordedColumns recording;
  public final boolean[] error;
  final boolean[] affected;
  final boolean[] slow;
  final boolean[] rare;
  final String[] structure;
  final Map<String, List<Integer>> faults = new HashMap<>();

  private RecordedSet(String name, RecordedColumns recording) {
    this.name = name;
    this.recording = recording;
    int traces = recording.traces();
    error = new boolean[traces];
    affected = new boolean[traces];
    slow = new boolean[traces];
    rare = new boolean[traces];
    structure = new String[traces];
  }

  public static RecordedSet read(Path folder) throws IOException {
    Path times = folder.resolve("requests.csv.gz");
    Csv requests = Files.exists(times) ? Csv.read(times) : null;
    int[] row = {0};
    RecordedColumns recording;
    try (InputStream file = Files.newInputStream(folder.resolve("traces.otlp.zst"));
        InputStream in = new BufferedInputStream(new ZstdInputStream(file), 1 << 16)) {
      recording =
          RecordingReader.read(
              in,
              () ->
                  requests == null || row[0] >= requests.size()
                      ? 0
                      : Long.parseLong(requests.get(row[0]++, "flush_unix_nano")));
    }
    return labelled(folder, recording);
  }

  /** The labels of a set beside its spans in whatever order. */
  public static RecordedSet labelled(Path folder, RecordedColumns recording) throws IOException {
    RecordedSet set = new RecordedSet(folder.getFileName().toString(), recording);
    set.label(Csv.read(folder.resolve("labels.csv.gz")));
    return set;
  }

  /** Number of distinct structures of traces. */
  int structures() {
    return (int) Arrays.stream(structure).filter(Objects::nonNull).distinct().count();
  }

  private void label(Csv labels) {
    Map<String, Integer> index = new HashMap<>();
    for (int t = 0; t < recording.traces(); t++) {
      index.put(String.format("%016x%016x", recording.traceIdHigh(t), recording.traceIdLow(t)), t);
    }
    for (int row = 0; row < labels.size(); row++) {
      Integer t = index.get(labels.get(row, "trace_id"));
      if (t != null) {
        label(labels, row, t);
      }
    }
  }

  private void label(Csv labels, int row, int t) {
    error[t] = labels.flag(row, "error");
    affected[t] = labels.flag(row, "fault_affected");
    slow[t] = labels.flag(row, "slow");
    rare[t] = labels.flag(row, "rare_structure");
    structure[t] = labels.get(row, "structure_id");
    for (String fault : labels.get(row, "fault_affected_ids").split("[^\\w-]+")) {
      if (!fault.isEmpty()) {
        faults.computeIfAbsent(fault, f -> new ArrayList<>()).add(t);
      }
    }
  }
}
