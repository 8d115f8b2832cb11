package dev.spanthrift.agent.collector.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.config.yaml.SettingsException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What came out of a pipeline, as one line: each span that came out by its number among those sent,
 * with its trace state where that is another one.
 */
final class Verdicts {
  /** The line of a configuration with which the Collector does not start. */
  static final String REFUSED = "refused";

  private Verdicts() {}

  /** Spans in the order in which they were sent. */
  static List<Span> spans(List<ExportTraceServiceRequest> requests) {
    List<Span> spans = new ArrayList<>();
    for (ExportTraceServiceRequest request : requests) {
      request
          .getResourceSpansList()
          .forEach(r -> r.getScopeSpansList().forEach(s -> spans.addAll(s.getSpansList())));
    }
    return spans;
  }

  /** The line. Spans are told apart by trace id and span id. */
  static String line(List<ExportTraceServiceRequest> sent, List<ExportTraceServiceRequest> out) {
    Map<ByteString, Integer> numbers = new LinkedHashMap<>();
    List<Span> asSent = spans(sent);
    asSent.forEach(span -> numbers.put(key(span), numbers.size()));
    TreeMap<Integer, String> kept = new TreeMap<>();
    for (Span span : spans(out)) {
      int number = Objects.requireNonNull(numbers.get(key(span)), "a span that was not sent");
      String state = span.getTraceState();
      boolean same = state.equals(asSent.get(number).getTraceState());
      String twice = kept.containsKey(number) ? "(twice)" : "";
      kept.put(number, number + twice + (same ? "" : "{" + state + "}"));
    }
    return String.join(" ", kept.values());
  }

  /** Runs every case here, and fails with all that differ from the record. */
  static void compare(
      String record, Path folder, List<PeerCase> cases, List<ExportTraceServiceRequest> requests) {
    Map<String, String> theirs = read(record);
    List<String> differences = new ArrayList<>();
    for (PeerCase asked : cases) {
      String ours = ours(folder, asked, requests);
      if (!ours.equals(theirs.get(asked.name()))) {
        differences.add(asked + "\n  theirs " + theirs.get(asked.name()) + "\n  ours   " + ours);
      }
    }
    assertEquals("", String.join("\n", differences), differences.size() + " of " + cases.size());
  }

  private static String ours(
      Path folder, PeerCase asked, List<ExportTraceServiceRequest> requests) {
    try {
      return line(requests, Ours.run(folder, asked, requests));
    } catch (SettingsException e) {
      return REFUSED;
    } catch (Exception e) {
      throw new AssertionError(asked.name(), e);
    }
  }

  /** Asks the Collector; writes its answers or compares them with the record. */
  static void record(
      String record, Path folder, List<PeerCase> cases, List<ExportTraceServiceRequest> requests)
      throws Exception {
    Map<String, String> lines = new LinkedHashMap<>();
    cases.forEach(asked -> lines.put(asked.name(), REFUSED));
    List<PeerCase> taken = new ArrayList<>(cases);
    List<List<ExportTraceServiceRequest>> out = List.of();
    while (out.isEmpty()) {
      try (PeerProcess peer =
          new PeerProcess(System.getProperty("collector.peer"), folder, taken)) {
        if (peer.refuses()) {
          taken.remove(peer.refused());
        } else {
          out = peer.run(requests);
        }
      }
    }
    for (int i = 0; i < taken.size(); i++) {
      lines.put(taken.get(i).name(), line(requests, out.get(i)));
    }
    if (System.getProperty("collector.record") != null) {
      write(Path.of(System.getProperty("collector.record")).resolve(record), lines);
    } else {
      assertEquals(lines, read(record));
    }
  }

  private static ByteString key(Span span) {
    return span.getTraceId().concat(span.getSpanId());
  }

  /** Lines of a resource by the case's name: name, tab, line. */
  static Map<String, String> read(String resource) {
    Map<String, String> lines = new LinkedHashMap<>();
    try (var in = Verdicts.class.getResourceAsStream(resource)) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .filter(line -> line.contains("\t"))
          .forEach(
              l -> lines.put(l.substring(0, l.indexOf('\t')), l.substring(l.indexOf('\t') + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  static void write(Path file, Map<String, String> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    lines.forEach((name, line) -> text.append(name).append('\t').append(line).append('\n'));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
