package dev.spanthrift.agent;

import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.fleet.FleetDoor;
import dev.spanthrift.agent.pipeline.ControllerStatus;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.pipeline.Pipeline;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.Boost;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.Whereabouts;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pipeline as the control side sees it. */
final class LivePipeline implements PipelineView {
  private final Pipeline pipeline;
  private final Wiring wiring;
  private final @Nullable PolicyStore store;
  private final List<String> leftOut;
  private volatile Supplier<List<PortStatus>> ports = List::of;
  private volatile @Nullable PolicySet policies;
  private volatile @Nullable FleetDoor fleet;
  private volatile @Nullable Supplier<ControllerStatus> controller;
  private volatile @Nullable DecisionLog decisions;
  private final Boosting boosting;
  private volatile Phase phase = Phase.STARTING;

  /**
   * @param store of the policies that decide; null where another system's rules do
   * @param judge that the pipeline began with
   * @param lenience what the start went on without; null when it was not lenient
   */
  LivePipeline(
      Pipeline pipeline,
      Wiring wiring,
      @Nullable PolicyStore store,
      Judge judge,
      PriceOf price,
      SidecarProgram.@Nullable Lenience lenience) {
    this.pipeline = pipeline;
    this.wiring = wiring;
    this.store = store;
    boosting = new Boosting(store == null ? null : judge, price);
    policies = store == null ? null : store.current().set();
    leftOut = lenience == null ? List.of() : lenience.leftOut();
  }

  @Override
  public List<String> degraded() {
    String policy = store == null ? null : store.degraded();
    return policy == null ? leftOut : Stream.concat(Stream.of(policy), leftOut.stream()).toList();
  }

  void ports(Supplier<List<PortStatus>> opened) {
    ports = opened;
  }

  void controller(Supplier<ControllerStatus> asked) {
    controller = asked;
  }

  @Override
  public @Nullable ControllerStatus controller() {
    Supplier<ControllerStatus> asked = controller;
    return asked == null ? null : asked.get();
  }

  @Override
  public List<PortStatus> ports() {
    return ports.get();
  }

  void fleet(@Nullable FleetDoor opened) {
    fleet = opened;
  }

  @Override
  public @Nullable FleetStatus fleet() {
    FleetDoor opened = fleet;
    return opened == null ? null : opened.status();
  }

  @Override
  public CompletableFuture<List<FleetStatus.Member>> fleetMembers() {
    FleetDoor opened = fleet;
    return opened == null ? CompletableFuture.completedFuture(List.of()) : opened.members();
  }

  @Override
  public CompletableFuture<List<FleetStatus.Edge>> fleetEdges() {
    FleetDoor opened = fleet;
    return opened == null ? CompletableFuture.completedFuture(List.of()) : opened.edges();
  }

  void phase(Phase next) {
    phase = next;
  }

  void drain(Duration atMost) {
    pipeline.drain(atMost);
    pipeline.close();
  }

  long waitingSpans() {
    return pipeline.waitingSpans();
  }

  @Override
  public PipelineStatus status() {
    return pipeline.status();
  }

  @Override
  public void whenMoved(Runnable listener) {
    pipeline.whenMoved(listener);
  }

  @Override
  public @Nullable SpanRing recorded() {
    return pipeline.recorded();
  }

  void decisions(@Nullable DecisionLog log) {
    decisions = log;
  }

  @Override
  public @Nullable DecisionLog decisions() {
    return decisions;
  }

  @Override
  public Whereabouts find(long traceIdHigh, long traceIdLow) {
    return pipeline.find(traceIdHigh, traceIdLow);
  }

  @Override
  public OperationMeasures.Labels operation(int id) {
    return pipeline.operation(id);
  }

  @Override
  public SamplerSettings sampler() {
    return wiring.pipeline().sampler();
  }

  public List<MeasuredOperation> measured() {
    return pipeline.measured();
  }

  @Override
  public List<KeptOperation> keptOperations() {
    return pipeline.keptOperations();
  }

  @Override
  public Losses.Summary losses() {
    return pipeline.losses();
  }

  @Override
  public List<PolicyCounts> policies() {
    PolicySet deciding = policies;
    return deciding == null ? List.of() : deciding.counts();
  }

  @Override
  public Phase phase() {
    return phase;
  }

  @Override
  public void usePolicy(PolicyVersion policy) {
    policies = policy.set();
    boosting.usePolicy(
        new PolicyJudge(policy.set(), FleetDoor.rates(fleet), policy.version()), pipeline::use);
  }

  @Override
  public boolean boost(List<Boost> boosts) {
    return boosting.boost(boosts, pipeline::use);
  }

  @Override
  public boolean boosts() {
    return boosting.inForce();
  }

  @Override
  public void killSwitch(KillSwitch killSwitch) {
    pipeline.killSwitch(killSwitch);
  }

  @Override
  public KillSwitch killSwitch() {
    return pipeline.killSwitch();
  }
}
