package dev.spanthrift.bench.score;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A table with a header line, read whole; plain or gzip. */
public final class Csv {
  private final Map<String, Integer> columns = new HashMap<>();
  private final List<List<String>> rows = new ArrayList<>();

  public static Csv read(Path file) throws IOException {
    Csv csv = new Csv();
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      if (line == null) {
        return csv;
      }
      List<String> header = split(line);
      for (int i = 0; i < header.size(); i++) {
        csv.columns.put(header.get(i), i);
      }
      for (line = lines.readLine(); line != null; line = lines.readLine()) {
        csv.rows.add(split(line));
      }
    }
    return csv;
  }

  private static List<String> split(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }

  public int size() {
    return rows.size();
  }

  /** A cell; empty where the table has no such column. */
  public String get(int row, String column) {
    Integer at = columns.get(column);
    List<String> cells = rows.get(row);
    return at == null || at >= cells.size() ? "" : cells.get(at);
  }

  boolean flag(int row, String column) {
    return get(row, column).equals("1");
  }
}
