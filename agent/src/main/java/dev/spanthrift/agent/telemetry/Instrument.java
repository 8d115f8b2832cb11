package dev.spanthrift.agent.telemetry;

import java.util.List;

/**
 * Every metric of ours, the same for Prometheus and for OTLP.
 *
 * <p>Prometheus writes {@code spanthrift.spans} as {@code spanthrift_spans_total}.
 */
public enum Instrument {
  REQUESTS_OFFERED(
      Kind.COUNTER,
      "spanthrift.requests.offered",
      "{request}",
      "Requests whose head has come, whatever became of them"),
  REQUESTS_UNDER_WAY(
      Kind.GAUGE, "spanthrift.requests.under_way", "{request}", "Requests that are being read"),
  REQUESTS(
      Kind.COUNTER, "spanthrift.requests", "{request}", "Requests at the OTLP ports by outcome"),
  CONNECTIONS(Kind.GAUGE, "spanthrift.connections", "{connection}", "Open at the OTLP ports"),
  CONNECTIONS_MAX(
      Kind.GAUGE, "spanthrift.connections.limit", "{connection}", "Bound of those, for each port"),
  CONNECTIONS_ACCEPTED(
      Kind.COUNTER,
      "spanthrift.connections.accepted",
      "{connection}",
      "Connections that the system handed over"),
  CONNECTIONS_REFUSED(
      Kind.COUNTER,
      "spanthrift.connections.refused",
      "{connection}",
      "Connections that found or kept no place, by reason"),
  STRAYS(
      Kind.COUNTER,
      "spanthrift.strays",
      "{stray}",
      "What came to an OTLP port and was no request of a signal, by kind: a wrong port, path or"
          + " protocol, a head that was slow or malformed"),
  PENDING_BYTES(Kind.GAUGE, "spanthrift.pending.size", "By", "Of requests that are partly read"),
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
  TRACES_DECIDED_EARLY(
      Kind.COUNTER,
      "spanthrift.traces.decided_early",
      "{trace}",
      "Traces decided before they were due, because too much waited"),
  EXPLANATIONS_NOTED(
      Kind.COUNTER,
      "spanthrift.explanations.noted",
      "{decision}",
      "Decisions that could be explained"),
  EXPLANATIONS_FORGOTTEN(
      Kind.COUNTER,
      "spanthrift.explanations.forgotten",
      "{decision}",
      "Of these, those that cannot any more, because newer ones took their place"),
  DECISIONS_FORGOTTEN(
      Kind.COUNTER,
      "spanthrift.decisions.forgotten",
      "{trace}",
      "Traces whose decision is remembered no more, because newer ones took its place"),
  SPANS_WITHOUT_TRACE_ID(
      Kind.COUNTER,
      "spanthrift.spans.without_trace_id",
      "{span}",
      "Spans whose trace id is not 16 bytes or all zero; each is decided by itself"),
  TRACES_WITHOUT_RANDOMNESS(
      Kind.COUNTER,
      "spanthrift.traces.without_randomness",
      "{trace}",
      "Traces whose id is not random in its last 7 bytes: kept all or not at all"),
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
  SCRATCH_BYTES(
      Kind.GAUGE,
      "spanthrift.scratch.size",
      "By",
      "Memory beside what waits: arrays used again and again, requests that have not left yet"),
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
  CONNECTED(
      Kind.GAUGE,
      "spanthrift.destination.connected",
      "1",
      "1 while a connection is open; an idle one is not away"),
  SENT_BYTES(Kind.COUNTER, "spanthrift.sent", "By", "On the wire, retries included"),
  RETRIES(Kind.COUNTER, "spanthrift.retries", "{request}", "Requests sent again"),
  AWAY(Kind.GAUGE, "spanthrift.destination.away", "1", "1 while the backend takes nothing"),
  DIVIDED(
      Kind.COUNTER,
      "spanthrift.destination.divided",
      "{request}",
      "Refused requests that were sent again in two, to find what was meant"),
  ANSWERS(
      Kind.COUNTER,
      "spanthrift.destination.answers",
      "{request}",
      "Requests sent, by how the backend answered"),
  ITEMS(
      Kind.COUNTER,
      "spanthrift.destination.items",
      "{item}",
      "Spans, data points, log records and profiles by what became of them"),
  ITEMS_FAILED(
      Kind.COUNTER,
      "spanthrift.destination.items.failed",
      "{item}",
      "Of these, those that were not shipped, whatever the outcome; from zero on"),
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
  FLEET_UNTOLD(
      Kind.COUNTER,
      "spanthrift.fleet.untold",
      "{keep}",
      "Keeps that the engine did not take at once, by what became of them"),
  FLEET_TORN(
      Kind.AMOUNT,
      "spanthrift.fleet.torn",
      "1",
      "Share of kept traces that probably arrives torn: without the engine, and now"),
  FLEET_DIVIDED(
      Kind.GAUGE,
      "spanthrift.fleet.divided",
      "1",
      "1 while sidecars of the fleet differ in policies, budgets or prices"),
  FLEET_LATENCY(
      Kind.GAUGE, "spanthrift.fleet.latency", "us", "Time of an exchange with the engine, of late"),
  DEGRADED(
      Kind.GAUGE,
      "spanthrift.degraded",
      "1",
      "Parts of the configuration that are not in force since a lenient start; 0 is well"),
  IDENTITY_GAP(
      Kind.GAUGE,
      "spanthrift.identity.gap",
      "1",
      "Left minus right side of a law of the books; other than 0 means that something was lost"),
  BUDGET_LIMIT(Kind.AMOUNT, "spanthrift.budget.limit", "{currency}", "Money for the whole period"),
  BUDGET_SPENT(
      Kind.AMOUNT, "spanthrift.budget.spent", "{currency}", "By the bill, since the period began"),
  BUDGET_SAVED(
      Kind.AMOUNT,
      "spanthrift.budget.saved",
      "{currency}",
      "What the dropped would have added to the bill, less own cost"),
  BUDGET_OWN_COST(
      Kind.AMOUNT,
      "spanthrift.budget.own_cost",
      "{currency}",
      "Processor and memory of this program"),
  BUDGET_FORECAST(
      Kind.AMOUNT,
      "spanthrift.budget.forecast",
      "{currency}",
      "Spent at the end of the period: expected, and the band that holds it in 80 of 100 cases"),
  PRICE_PER_GIGABYTE(
      Kind.AMOUNT, "spanthrift.price.per_gigabyte", "{currency}", "List price of spans of late"),
  KILL_SWITCH(Kind.GAUGE, "spanthrift.kill_switch", "1", "1 for the mode that is set"),
  BOOSTS(
      Kind.GAUGE,
      "spanthrift.boosts",
      "{boost}",
      "Active ones; what they keep is counted as boost:1 to boost:5"),
  POLICY_VERSION(Kind.GAUGE, "spanthrift.policy.version", "1", "Grows with each change by REST"),
  POLICY_CONFIGURED(
      Kind.GAUGE, "spanthrift.policy.configured", "1", "1 while the configured policy is in force"),
  TIMER_RUNS(Kind.COUNTER, "spanthrift.timer.runs", "{run}", "Runs of timed tasks: none at rest"),
  TIMER_FAILURES(
      Kind.COUNTER, "spanthrift.timer.failures", "{failure}", "Failures of tasks that go on"),
  ADMIN_REQUESTS(
      Kind.COUNTER,
      "spanthrift.admin.requests",
      "{request}",
      "Answers of the admin port by status"),
  ADMIN_CONNECTIONS(
      Kind.GAUGE, "spanthrift.admin.connections", "{connection}", "Open at the admin port"),
  ADMIN_CONNECTIONS_CUT(
      Kind.COUNTER,
      "spanthrift.admin.connections.cut",
      "{connection}",
      "Connections of the admin port that ended before their request was answered"),
  GIVEN_BACK(
      Kind.COUNTER,
      "spanthrift.memory.given_back",
      "{collection}",
      "Full collections asked for after a load, to give its heap back"),
  GIVEN_BACK_BYTES(
      Kind.COUNTER,
      "spanthrift.memory.given_back.size",
      "By",
      "Heap that those gave back to the system"),
  AOT_CACHE(
      Kind.GAUGE,
      "spanthrift.aot.cache",
      "1",
      "1, with what became of the AOT cache at the start: used, unfit, absent, and so on"),
  BUILD_INFO(Kind.GAUGE, "spanthrift.build.info", "1", "1, with the version");

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
    GAUGE,
    /** A gauge with a fraction: money. */
    AMOUNT
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

  /** Without the {@code _total} of counters; of all units only bytes stand in the name. */
  String prometheusName() {
    return title.replace('.', '_') + (unit.equals("By") ? "_bytes" : "");
  }

  String description() {
    return description;
  }

  /** Names and values of labels in turns, e.g. {@code signal, traces}. */
  public Figure at(double value, String... labels) {
    return new Figure(this, List.of(labels), value);
  }
}
