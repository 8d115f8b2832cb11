package dev.spanthrift.agent.telemetry;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.exporter.DestinationStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All figures of one reading of the pipeline: the list of our metrics. */
final class Figures {
  private final List<Figure> all = new ArrayList<>();

  private Figures() {}

  static List<Figure> of(PipelineStatus status) {
    Figures figures = new Figures();
    status.signals().forEach((signal, door) -> figures.door(word(signal), door));
    figures.spans(status.spans());
    figures.held(status.held());
    status.destinations().forEach(figures::destination);
    for (PipelineStatus.Identity identity : status.identities()) {
      figures.gauge(
          "spanthrift.identity.gap",
          "1",
          "Left minus right side of a law of the books; 0 unless something was lost",
          Map.of("law", identity.law()),
          identity.left() - identity.right());
    }
    return figures.all;
  }

  private void door(String signal, PipelineStatus.Door door) {
    String what = "Requests at the OTLP ports, by what became of them";
    count("spanthrift.requests", "{request}", what, outcome(signal, "received"), door.received());
    door.refused()
        .forEach(
            (reason, n) ->
                count(
                    "spanthrift.requests",
                    "{request}",
                    what,
                    outcome(signal, "refused_" + reason.toLowerCase(Locale.ROOT)),
                    n));
    count(
        "spanthrift.received",
        "By",
        "Bytes of received requests after decompression",
        Map.of("signal", signal),
        door.receivedBytes());
  }

  private static Map<String, String> outcome(String signal, String outcome) {
    return Map.of("signal", signal, "outcome", outcome);
  }

  private void spans(PipelineStatus.Spans spans) {
    spans.keptByReason().forEach((reason, n) -> decision("keep", reason, n));
    spans.droppedByReason().forEach((reason, n) -> decision("drop", reason, n));
    count("spanthrift.spans.received", "{span}", "Spans received", Map.of(), spans.received());
    count(
        "spanthrift.spans.late",
        "{span}",
        "Spans after their trace's decision",
        Map.of(),
        spans.late());
    count(
        "spanthrift.spans.shipped",
        "{span}",
        "Spans accepted by a backend",
        Map.of(),
        spans.shipped());
    spans
        .failedByReason()
        .forEach(
            (reason, n) ->
                count(
                    "spanthrift.spans.failed",
                    "{span}",
                    "Kept spans that no backend took",
                    Map.of("reason", reason),
                    n));
    String bytes = "Span bytes by decision, before compression";
    count("spanthrift.spans.size", "By", bytes, Map.of("decision", "keep"), spans.keptBytes());
    count("spanthrift.spans.size", "By", bytes, Map.of("decision", "drop"), spans.droppedBytes());
  }

  private void decision(String decision, String reason, long spans) {
    count(
        "spanthrift.spans",
        "{span}",
        "Decided spans by decision and reason",
        Map.of("decision", decision, "reason", reason),
        spans);
  }

  private void held(PipelineStatus.Held held) {
    gauge("spanthrift.held.traces", "{trace}", "Traces that wait", Map.of(), held.traces());
    gauge("spanthrift.held.spans", "{span}", "Spans that wait", Map.of(), held.spans());
    gauge("spanthrift.held.size", "By", "Memory of what waits", Map.of(), held.bytes());
    gauge("spanthrift.held.limit", "By", "Bound of that memory", Map.of(), held.bytesMax());
  }

  private void destination(DestinationStatus destination) {
    Map<String, String> name = Map.of("destination", destination.name());
    gauge("spanthrift.queue.size", "By", "Queued or in flight", name, destination.queuedBytes());
    gauge("spanthrift.queue.limit", "By", "Bound of the queue", name, destination.queueBytesMax());
    gauge(
        "spanthrift.destination.connected",
        "1",
        "1 while the backend answers",
        name,
        destination.connected() ? 1 : 0);
    count(
        "spanthrift.sent",
        "By",
        "Bytes on the wire, retries included",
        name,
        destination.wireBytes());
    count("spanthrift.retries", "{request}", "Requests sent again", name, destination.retries());
    destination.signals().forEach((signal, n) -> items(destination.name(), word(signal), n));
  }

  private void items(String destination, String signal, DestinationStatus.Counts counts) {
    item(destination, signal, "shipped", counts.shipped());
    counts.failed().forEach((reason, n) -> item(destination, signal, "failed_" + reason, n));
  }

  private void item(String destination, String signal, String outcome, long n) {
    count(
        "spanthrift.destination.items",
        "{item}",
        "Spans, data points, log records and profiles by what became of them",
        Map.of("destination", destination, "signal", signal, "outcome", outcome),
        n);
  }

  private void count(
      String name, String unit, String description, Map<String, String> labels, long value) {
    all.add(new Figure(Figure.Kind.COUNTER, name, unit, description, labels, value));
  }

  private void gauge(
      String name, String unit, String description, Map<String, String> labels, long value) {
    all.add(new Figure(Figure.Kind.GAUGE, name, unit, description, labels, value));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
