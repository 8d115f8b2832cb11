package dev.spanthrift.agent.control;

import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.exporter.DestinationStatus;
import dev.spanthrift.sampler.Boost;
import dev.spanthrift.sampler.SamplerCounts.Fate;
import dev.spanthrift.sampler.SamplerCounts.Held;
import dev.spanthrift.sampler.SamplerCounts.Received;
import dev.spanthrift.sampler.Whereabouts;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.wire.Signal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A pipeline whose counters are set by hand and that remembers what it was asked to do. */
public final class FakePipeline implements PipelineView {
  public final List<PolicyVersion> policies = new CopyOnWriteArrayList<>();
  public volatile @Nullable SpanRing recorded;
  public volatile List<Boost> boosted = List.of();
  public volatile boolean roomForBoosts = true;
  public volatile @Nullable DecisionLog decisions;
  public volatile Whereabouts whereabouts = Whereabouts.NOWHERE;
  public volatile @Nullable FleetStatus fleet;
  public volatile CompletableFuture<List<FleetStatus.Member>> members =
      CompletableFuture.completedFuture(List.of());
  public volatile CompletableFuture<List<FleetStatus.Edge>> edges =
      CompletableFuture.completedFuture(List.of());
  public volatile List<MeasuredOperation> measured =
      List.of(new MeasuredOperation("cart", "GET /", 5, 2, 700, 9e9, 1, 107, new long[] {3, 0, 1}));
  public volatile List<KeptOperation> kept = List.of();
  public volatile Phase phase = Phase.READY;
  public volatile List<PortStatus> ports = List.of(port(3));
  public volatile KillSwitch killSwitch = KillSwitch.OFF;
  public volatile PipelineStatus status = status(1_000, Map.of("error", 60L, "probability", 40L));

  public static PipelineStatus status(long received, Map<String, Long> keptByReason) {
    long kept = keptByReason.values().stream().mapToLong(Long::longValue).sum();
    long held = 100;
    long dropped = received - held - kept;
    return MadeStatus.status(
        1_700_000_000_000L,
        System.currentTimeMillis(),
        Map.of(
            Signal.TRACES,
            new PipelineStatus.Offers(55, 50, 0, received * 500, 0, Map.of("OVERLOADED", 5L)),
            Signal.LOGS,
            new PipelineStatus.Offers(7, 7, 0, 7_000, 3, Map.of())),
        MadeStatus.spans(
            new Received(received, received * 500, 0),
            new Held(20, held, 50_000, 16_000_000, 7_000),
            new Fate(kept, kept * 500, keptByReason),
            new Fate(dropped, dropped * 500, Map.of("probability", dropped))),
        new PipelineStatus.Shipping(kept - 10, 6, Map.of("retries_exhausted", 4L)),
        List.of(
            new DestinationStatus(
                "default",
                true,
                3_000,
                8_000_000,
                12_345,
                2,
                Map.of(
                    Signal.TRACES,
                    new DestinationStatus.Counts(
                        kept, kept - 10, 6, (kept - 10) * 500, Map.of("retries_exhausted", 4L))),
                "")),
        List.of(
            new PipelineStatus.Identity("offered = refused + received", 55, 55),
            new PipelineStatus.Identity("received = held + kept + dropped", received, received)));
  }

  /** A port with so many of its four connections open. */
  public static PortStatus port(int open) {
    return new PortStatus(
        "gRPC",
        4317,
        9,
        open,
        4,
        8 - open,
        Map.of("table_full", 1L),
        Map.of("http1_on_grpc", 2L),
        77);
  }

  @Override
  public List<PortStatus> ports() {
    return ports;
  }

  @Override
  public PipelineStatus status() {
    return status;
  }

  @Override
  public List<PolicyCounts> policies() {
    PolicyCounts.Amount none = new PolicyCounts.Amount(0, 0, 0);
    PolicyCounts.Amount some = new PolicyCounts.Amount(3, 40, 5_000);
    return List.of(
        new PolicyCounts("trial", true, some, none, some, none, none, none, some),
        new PolicyCounts("default", false, some, some, none, none, none, none, none));
  }

  @Override
  public List<MeasuredOperation> measured() {
    return measured;
  }

  @Override
  public List<KeptOperation> keptOperations() {
    return kept;
  }

  @Override
  public Losses.Summary losses() {
    return new Losses.Summary(3, 1, 9, 2, 0, List.of(new Losses.Lost(7, "io: timeout", 4)));
  }

  @Override
  public @Nullable SpanRing recorded() {
    return recorded;
  }

  @Override
  public @Nullable DecisionLog decisions() {
    return decisions;
  }

  @Override
  public Whereabouts find(long traceIdHigh, long traceIdLow) {
    return whereabouts;
  }

  @Override
  public OperationMeasures.Labels operation(int id) {
    return new OperationMeasures.Labels("cart", "operation " + id);
  }

  @Override
  public @Nullable FleetStatus fleet() {
    return fleet;
  }

  @Override
  public CompletableFuture<List<FleetStatus.Member>> fleetMembers() {
    return members;
  }

  @Override
  public CompletableFuture<List<FleetStatus.Edge>> fleetEdges() {
    return edges;
  }

  @Override
  public Phase phase() {
    return phase;
  }

  @Override
  public void usePolicy(PolicyVersion policy) {
    policies.add(policy);
  }

  @Override
  public boolean boost(List<Boost> boosts) {
    boosted = roomForBoosts ? List.copyOf(boosts) : List.of();
    return roomForBoosts || boosts.isEmpty();
  }

  @Override
  public boolean boosts() {
    return roomForBoosts;
  }

  @Override
  public void killSwitch(KillSwitch next) {
    killSwitch = next;
  }

  @Override
  public KillSwitch killSwitch() {
    return killSwitch;
  }
}
