package dev.spanthrift.agent.telemetry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every metric of ours, the same for Prometheus and for OTLP.
 *
 * <p>Prometheus writes {@code spanthrift.spans} as {@code spanthrift_spans_total}.
 */
enum Instrument {
  REQUESTS(Kind.COUNTER, "spanthrift.requests", "{request}", "Requests at the OTLP ports"),
  LET_GO(
      Kind.COUNTER,
      "spanthrift.requests.let_go",
      "{request}",
      "Metrics, logs and profiles received that no destination takes"),
  RECEIVED_BYTES(Kind.COUNTER, "spanthrift.received", "By", "Received, after decompression"),
  SPANS(Kind.COUNTER, "spanthrift.spans", "{span}", "Decided spans by decision and reason"),
  SPAN_BYTES(Kind.COUNTER, "spanthrift.spans.size", "By", "Decided spans, before compression"),
  SPANS_RECEIVED(Kind.COUNTER, "spanthrift.spans.received", "{span}", "Spans received"),
  SPANS_LATE(Kind.COUNTER, "spanthrift.spans.late", "{span}", "Spans after the decision"),
  SPANS_WITHOUT_THRESHOLD(
      Kind.COUNTER,
      "spanthrift.spans.without_threshold",
      "{span}",
      "Kept spans whose trace state took no threshold, by what was in the way"),
  POLICY_TRACES(
      Kind.COUNTER,
      "spanthrift.policy.traces",
      "{trace}",
      "Traces that a policy matched since it came into force, by what it did or, in shadow, would"
          + " have done; kept_more and kept_less compare with what was decided"),
  POLICY_BYTES(Kind.COUNTER, "spanthrift.policy.size", "By", "Bytes of those traces"),
  SPANS_SHIPPED(Kind.COUNTER, "spanthrift.spans.shipped", "{span}", "Spans a backend accepted"),
  SPANS_FAILED(Kind.COUNTER, "spanthrift.spans.failed", "{span}", "Kept spans nobody accepted"),
  HELD_TRACES(Kind.GAUGE, "spanthrift.held.traces", "{trace}", "Traces that wait"),
  HELD_SPANS(Kind.GAUGE, "spanthrift.held.spans", "{span}", "Spans that wait"),
  HELD_BYTES(Kind.GAUGE, "spanthrift.held.size", "By", "Memory of what waits"),
  HELD_BYTES_MAX(Kind.GAUGE, "spanthrift.held.limit", "By", "Bound of that memory"),
  LEARNED_KEYS(Kind.GAUGE, "spanthrift.learned.keys", "{key}", "Keys with a place of their own"),
  LEARNED_FOLDED(
      Kind.COUNTER, "spanthrift.learned.folded", "{key}", "Look-ups that had to share a place"),
  LEARNED_BYTES(Kind.GAUGE, "spanthrift.learned.size", "By", "Memory of what is learned"),
  SNAPSHOTS_IGNORED(
      Kind.COUNTER,
      "spanthrift.learned.snapshots.ignored",
      "{snapshot}",
      "Saved learned states that could not be used"),
  QUEUE_BYTES(Kind.GAUGE, "spanthrift.queue.size", "By", "Queued or in flight"),
  QUEUE_BYTES_MAX(Kind.GAUGE, "spanthrift.queue.limit", "By", "Bound of the queue"),
  CONNECTED(Kind.GAUGE, "spanthrift.destination.connected", "1", "1 while the backend answers"),
  SENT_BYTES(Kind.COUNTER, "spanthrift.sent", "By", "On the wire, retries included"),
  RETRIES(Kind.COUNTER, "spanthrift.retries", "{request}", "Requests sent again"),
  ITEMS(
      Kind.COUNTER,
      "spanthrift.destination.items",
      "{item}",
      "Spans, data points, log records and profiles by what became of them"),
  FLEET_AWAY(
      Kind.GAUGE, "spanthrift.fleet.away", "1", "1 while the fleet's engine does not answer"),
  FLEET_PODS(Kind.GAUGE, "spanthrift.fleet.pods", "{pod}", "Sidecars of the fleet that report"),
  FLEET_COMMANDS(
      Kind.COUNTER, "spanthrift.fleet.commands", "{command}", "Scripts called on the engine"),
  FLEET_SENT(Kind.COUNTER, "spanthrift.fleet.sent", "By", "Keys and arguments to the engine"),
  FLEET_TOLD(Kind.COUNTER, "spanthrift.fleet.told", "{keep}", "Keeps told to the fleet"),
  FLEET_ASKED(
      Kind.COUNTER,
      "spanthrift.fleet.asked",
      "{question}",
      "Questions whether anybody keeps a trace, by who answered"),
  FLEET_ERRORS(
      Kind.COUNTER, "spanthrift.fleet.errors", "{error}", "What went wrong at the engine, by kind"),
  FLEET_LATENCY(
      Kind.GAUGE, "spanthrift.fleet.latency", "us", "Time of an exchange with the engine, of late"),
  IDENTITY_GAP(
      Kind.GAUGE,
      "spanthrift.identity.gap",
      "1",
      "Left minus right side of a law of the books; other than 0 means that something was lost");

  private final Kind kind;
  private final String title;
  private final String unit;
  private final String description;

  Instrument(Kind kind, String title, String unit, String description) {
    this.kind = kind;
    this.title = title;
    this.unit = unit;
    this.description = description;
  }

  /** Whether it only grows. */
  enum Kind {
    COUNTER,
    GAUGE
  }

  Kind kind() {
    return kind;
  }

  /** Dotted name. */
  String title() {
    return title;
  }

  /** In UCUM. */
  String unit() {
    return unit;
  }

  /** What Prometheus appends to the name; it helps for bytes only. */
  @Nullable String baseUnit() {
    return unit.equals("By") ? "bytes" : null;
  }

  String description() {
    return description;
  }

  /** Names and values of labels in turns, e.g. {@code signal, traces}. */
  Figure at(long value, String... labels) {
    return new Figure(this, List.of(labels), value);
  }
}
