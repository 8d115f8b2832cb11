package dev.spanthrift.agent.telemetry;

import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.receive.door.Intake;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All figures of one reading of the pipeline. */
public final class StatusFigures {
  private static final DestinationStatus.Counts NOTHING_TAKEN =
      new DestinationStatus.Counts(0, 0, 0, 0, Map.of());

  private final List<Figure> all = new ArrayList<>();

  private StatusFigures() {}

  public static List<Figure> of(PipelineView view) {
    StatusFigures figures = new StatusFigures();
    PipelineStatus status = view.status();
    status.signals().forEach((signal, door) -> figures.door(word(signal), door));
    figures.spans(status.spans());
    figures.shipping(status.shipping());
    figures.held(status.spans().held());
    figures.learned(status.learned());
    status.destinations().forEach(figures::destination);
    view.ports().forEach(figures::port);
    status.identities().forEach(figures::identity);
    view.policies().forEach(figures::policy);
    DecisionLog decisions = view.decisions();
    if (decisions != null) {
      figures.add(Instrument.EXPLANATIONS_NOTED.at(decisions.counts().noted()));
      figures.add(Instrument.EXPLANATIONS_FORGOTTEN.at(decisions.counts().forgotten()));
    }
    FleetStatus fleet = view.fleet();
    if (fleet != null) {
      figures.fleet(fleet);
    }
    figures.add(Instrument.DEGRADED.at(view.degraded().size()));
    return figures.all;
  }

  private void door(String signal, PipelineStatus.Offers door) {
    add(Instrument.REQUESTS_OFFERED.at(door.offered(), "signal", signal));
    add(Instrument.REQUESTS_UNDER_WAY.at(door.underWay(), "signal", signal));
    add(Instrument.REQUESTS.at(door.received(), "signal", signal, "outcome", "received"));
    Map<String, Long> refused = new TreeMap<>(); // from zero on, each of them
    for (Intake.Refusal refusal : Intake.Refusal.values()) {
      refused.put(word(refusal), 0L);
    }
    door.refused().forEach((why, n) -> refused.put(why.toLowerCase(Locale.ROOT), n));
    refused.forEach((reason, n) -> refused(signal, reason, n));
    add(Instrument.LET_GO.at(door.letGo(), "signal", signal));
    add(Instrument.RECEIVED_BYTES.at(door.receivedBytes(), "signal", signal));
  }

  private void port(PortStatus port) {
    String name = port.port().toLowerCase(Locale.ROOT);
    add(Instrument.CONNECTIONS.at(port.open(), "port", name));
    add(Instrument.CONNECTIONS_MAX.at(port.openMax(), "port", name));
    add(Instrument.CONNECTIONS_ACCEPTED.at(port.accepted(), "port", name));
    port.refused()
        .forEach(
            (why, n) -> add(Instrument.CONNECTIONS_REFUSED.at(n, "port", name, "reason", why)));
    port.strays().forEach((kind, n) -> add(Instrument.STRAYS.at(n, "port", name, "kind", kind)));
    add(Instrument.PENDING_BYTES.at(port.pendingBytes(), "port", name));
  }

  private void refused(String signal, String reason, long requests) {
    add(Instrument.REQUESTS.at(requests, "signal", signal, "outcome", "refused_" + reason));
  }

  private void spans(SamplerCounts spans) {
    decided("keep", spans.kept());
    decided("drop", spans.dropped());
    add(Instrument.SPANS_RECEIVED.at(spans.received().spans()));
    add(Instrument.SPANS_LATE.at(spans.late()));
    add(Instrument.TRACES_DECIDED_EARLY.at(spans.overflow().decidedEarly()));
    add(Instrument.DECISIONS_FORGOTTEN.at(spans.overflow().forgotten()));
    add(Instrument.SPANS_WITHOUT_TRACE_ID.at(spans.ids().invalid()));
    add(Instrument.TRACES_WITHOUT_RANDOMNESS.at(spans.ids().notRandom()));
    spans
        .traceStates()
        .forEach((why, n) -> add(Instrument.SPANS_WITHOUT_THRESHOLD.at(n, "trace_state", why)));
  }

  private void shipping(PipelineStatus.Shipping shipping) {
    add(Instrument.SPANS_SHIPPED.at(shipping.shipped()));
    shipping
        .failedByReason()
        .forEach((reason, n) -> add(Instrument.SPANS_FAILED.at(n, "reason", reason)));
  }

  /** Traces by what the policy did, or in shadow would have done. */
  private void policy(PolicyCounts counts) {
    policy(counts, "kept", counts.kept());
    policy(counts, "dropped", counts.dropped());
    policy(counts, "left_to_budget", counts.leftToBudget());
    policy(counts, "over_share", counts.overShare());
    if (counts.shadow()) {
      policy(counts, "kept_more", counts.more());
      policy(counts, "kept_less", counts.less());
    }
  }

  private void policy(PolicyCounts counts, String outcome, PolicyCounts.Amount amount) {
    String shadow = String.valueOf(counts.shadow());
    String[] labels = {"policy", counts.name(), "shadow", shadow, "outcome", outcome};
    add(Instrument.POLICY_TRACES.at(amount.traces(), labels));
    add(Instrument.POLICY_BYTES.at(amount.bytes(), labels));
  }

  private void decided(String decision, SamplerCounts.Fate fate) {
    fate.byReason()
        .forEach((why, n) -> add(Instrument.SPANS.at(n, "decision", decision, "reason", why)));
    add(Instrument.SPAN_BYTES.at(fate.bytes(), "decision", decision));
  }

  private void held(SamplerCounts.Held held) {
    add(Instrument.HELD_TRACES.at(held.traces()));
    add(Instrument.HELD_SPANS.at(held.spans()));
    add(Instrument.HELD_BYTES.at(held.bytes()));
    add(Instrument.HELD_BYTES_MAX.at(held.bytesMax()));
    add(Instrument.SCRATCH_BYTES.at(held.scratchBytes()));
  }

  private void learned(PipelineStatus.Learned learned) {
    add(Instrument.LEARNED_KEYS.at(learned.operations(), "table", "operations"));
    add(Instrument.LEARNED_KEYS.at(learned.errorSignatures(), "table", "error_signatures"));
    add(Instrument.LEARNED_KEYS.at(learned.edges(), "table", "edges"));
    add(Instrument.LEARNED_KEYS.at(learned.paths(), "table", "paths"));
    add(Instrument.LEARNED_FOLDED.at(learned.folded()));
    add(Instrument.LEARNED_BYTES.at(learned.bytes()));
    add(Instrument.SNAPSHOTS_IGNORED.at(learned.snapshotsIgnored()));
  }

  private void destination(DestinationStatus status) {
    String name = status.name();
    add(Instrument.QUEUE_BYTES.at(status.queuedBytes(), "destination", name));
    add(Instrument.QUEUE_BYTES_MAX.at(status.queueBytesMax(), "destination", name));
    add(Instrument.CONNECTED.at(status.connected() ? 1 : 0, "destination", name));
    add(Instrument.SENT_BYTES.at(status.wireBytes(), "destination", name));
    add(Instrument.RETRIES.at(status.retries(), "destination", name));
    add(Instrument.AWAY.at(status.away() ? 1 : 0, "destination", name));
    add(Instrument.DIVIDED.at(status.divided(), "destination", name));
    status
        .answers()
        .forEach((kind, n) -> add(Instrument.ANSWERS.at(n, "destination", name, "answer", kind)));
    for (Signal signal : Signal.values()) {
      items(name, word(signal), status.signals().getOrDefault(signal, NOTHING_TAKEN));
    }
  }

  private void items(String name, String signal, DestinationStatus.Counts counts) {
    item(name, signal, "shipped", counts.shipped());
    counts.failed().forEach((reason, n) -> item(name, signal, "failed_" + reason, n));
    // Reasons have a backend's codes in them, so nobody knows them beforehand: a series of one
    // begins with its first failure, at which a rate sees no increase. This one was there before.
    long failed = counts.failed().values().stream().mapToLong(Long::longValue).sum();
    add(Instrument.ITEMS_FAILED.at(failed, "destination", name, "signal", signal));
  }

  private void item(String name, String signal, String outcome, long items) {
    add(Instrument.ITEMS.at(items, "destination", name, "signal", signal, "outcome", outcome));
  }

  private void fleet(FleetStatus fleet) {
    FleetStatus.EngineTraffic traffic = fleet.traffic();
    add(Instrument.FLEET_AWAY.at(fleet.away() ? 1 : 0));
    add(Instrument.FLEET_PODS.at(fleet.podsKnown() ? fleet.pods() : 0));
    add(Instrument.FLEET_COMMANDS.at(traffic.commands()));
    add(Instrument.FLEET_SENT.at(traffic.bytesSent()));
    add(Instrument.FLEET_TOLD.at(traffic.told()));
    long answered = traffic.asked() - traffic.answeredAlone();
    add(Instrument.FLEET_ASKED.at(answered, "answered_by", "engine"));
    add(Instrument.FLEET_ASKED.at(traffic.answeredAlone(), "answered_by", "this_sidecar"));
    add(Instrument.FLEET_LATENCY.at(Math.round(fleet.latencyMillis() * 1000)));
    FleetStatus.Wholeness whole = fleet.wholeness();
    add(
        Instrument.FLEET_UNTOLD.at(
            whole.untold() - whole.neverTold(), "outcome", "kept_for_later"));
    add(Instrument.FLEET_UNTOLD.at(whole.neverTold(), "outcome", "never_told"));
    torn("without_engine", whole.tornWithoutEngine());
    torn("now", whole.tornNow());
    add(Instrument.FLEET_DIVIDED.at(fleet.disagreement().isEmpty() ? 0 : 1));
    fleet.errors().forEach((kind, n) -> add(Instrument.FLEET_ERRORS.at(n, "kind", kind)));
  }

  private void torn(String when, @Nullable Double share) {
    if (share != null) {
      add(Instrument.FLEET_TORN.at(share, "when", when));
    }
  }

  private void identity(PipelineStatus.Identity identity) {
    add(Instrument.IDENTITY_GAP.at(identity.left() - identity.right(), "law", identity.law()));
  }

  private void add(Figure figure) {
    all.add(figure);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
