package dev.spanthrift.agent.control.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.boost.BoostBody;
import dev.spanthrift.agent.control.front.FrontCounts;
import dev.spanthrift.agent.control.killswitch.KillSwitchApi;
import dev.spanthrift.agent.pipeline.ControllerStatus;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The answer to {@code GET /api/v1/status}; all counts since start, all sizes in bytes. */
record StatusBody(
    String phase,
    Instant started,
    Instant now,
    List<String> degraded,
    PolicyInForce policy,
    List<PolicyCounts> policies,
    KillSwitchApi.SwitchBody killSwitch,
    List<BoostBody> boosts,
    StatusHistory.Rates rates,
    Map<String, PipelineStatus.Offers> signals,
    Map<String, Object> spans,
    SamplerCounts.Held held,
    PipelineStatus.Learned learned,
    Memory memory,
    Start start,
    List<Destination> destinations,
    List<PortStatus> ports,
    List<Law> identities,
    FrontCounts.AdminReading admin,
    Map<String, Long> timerRuns,
    Map<String, Long> timerFailures,
    @JsonInclude(JsonInclude.Include.NON_NULL) SpanRing.@Nullable Recorded recording,
    @JsonInclude(JsonInclude.Include.NON_NULL) DecisionLog.@Nullable Counts decisions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FleetStatus fleet,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ControllerStatus controller,
    StatusHistory.Curve history) {

  /** Which policy decides. */
  record PolicyInForce(long version, String etag, boolean configured) {}

  /**
   * Of the process; {@code residentBytes} only where the system tells, {@code bytesMax} only where
   * the launcher was told or found it.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Memory(
      long heapUsedBytes,
      long heapBytesMax,
      long heapCommittedBytes,
      HeapReturn.Counts givenBack,
      @Nullable Long residentBytes,
      @Nullable Long bytesMax) {}

  /** How the process was started. */
  record Start(String aotCache) {}

  /** One law of the books. */
  record Law(String law, long left, long right, boolean holds) {}

  /** One backend. */
  record Destination(
      String name,
      boolean connected,
      boolean away,
      long queuedBytes,
      long queueBytesMax,
      long wireBytes,
      long retries,
      long divided,
      String lastError,
      Map<String, Long> answers,
      Map<String, DestinationStatus.Counts> signals) {}

  static List<Destination> destinations(List<DestinationStatus> all) {
    return all.stream()
        .map(
            d ->
                new Destination(
                    d.name(),
                    d.connected(),
                    d.away(),
                    d.queuedBytes(),
                    d.queueBytesMax(),
                    d.wireBytes(),
                    d.retries(),
                    d.divided(),
                    d.lastError(),
                    d.answers(),
                    byName(d.signals())))
        .toList();
  }

  /** The groups of counters side by side, under the names that the API gives them. */
  static Map<String, Object> spans(PipelineStatus status) {
    SamplerCounts spans = status.spans();
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("received", spans.received().spans());
    named.put("receivedBytes", spans.received().bytes());
    named.put("held", spans.held().spans());
    fate("kept", spans.kept(), named);
    fate("dropped", spans.dropped(), named);
    named.put("shipped", status.shipping().shipped());
    named.put("queued", status.shipping().queued());
    named.put("failedByReason", status.shipping().failedByReason());
    named.put("late", spans.late());
    named.put("overPolicyShare", spans.overPolicyShare());
    named.put("tracesDecidedEarly", spans.overflow().decidedEarly());
    named.put("decisionsForgotten", spans.overflow().forgotten());
    named.put("receivedRoots", spans.received().roots());
    named.put("traceStates", spans.traceStates());
    named.put("ids", spans.ids());
    return named;
  }

  private static void fate(String name, SamplerCounts.Fate fate, Map<String, Object> named) {
    named.put(name, fate.spans());
    named.put(name + "Bytes", fate.bytes());
    named.put(name + "ByReason", fate.byReason());
  }

  static List<Law> laws(List<PipelineStatus.Identity> identities) {
    return identities.stream().map(i -> new Law(i.law(), i.left(), i.right(), i.holds())).toList();
  }

  static <V> Map<String, V> byName(Map<Signal, V> bySignal) {
    Map<String, V> named = new TreeMap<>();
    bySignal.forEach((signal, value) -> named.put(signal.name().toLowerCase(Locale.ROOT), value));
    return named;
  }
}
