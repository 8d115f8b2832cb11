package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.Boost;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.Whereabouts;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the control side may read of the pipeline and ask of it; the only door between the two.
 *
 * <p>Any thread may call any method; none blocks for longer than it takes to copy counters or to
 * publish a snapshot. A change acts from the next trace on, within 2 s.
 */
public interface PipelineView {
  PipelineStatus status();

  /** Where the process stands in its life; decides readiness, never liveness. */
  Phase phase();

  /** Puts a policy in force that {@link PolicyCompiler} found no problem in. */
  void usePolicy(PolicyVersion policy);

  /**
   * Decides by these before the policies, from the next trace on, until it is told others.
   *
   * @return false where the policies leave no room for their questions, or another system's rules
   *     decide; then none is in force
   */
  default boolean boost(List<Boost> boosts) {
    return boosts.isEmpty();
  }

  /** Whether those that it was told last are in force: a new policy may leave no room. */
  default boolean boosts() {
    return true;
  }

  /** Replaces the switch. */
  void killSwitch(KillSwitch killSwitch);

  /** The switch as it counts now: OFF once it has expired. */
  KillSwitch killSwitch();

  /** Tells of each request that comes; what it calls must be quick. */
  default void whenMoved(Runnable listener) {}

  /** The OTLP ports: their connections, and what came that was no request. */
  default List<PortStatus> ports() {
    return List.of();
  }

  /** The last spans received; null when they are not recorded. */
  default @Nullable SpanRing recorded() {
    return null;
  }

  /** How the sampler holds and stamps: for what-if questions about the running program. */
  default SamplerSettings sampler() {
    return SamplerSettings.DEFAULT;
  }

  /** Rate, errors and durations by operation, of all that was received. */
  default List<MeasuredOperation> measured() {
    return List.of();
  }

  /** What is kept by operation, and what it says of all that was received. */
  default List<KeptOperation> keptOperations() {
    return List.of();
  }

  /** What was never kept. */
  default Losses.Summary losses() {
    return Losses.Summary.NOTHING;
  }

  /** The last decisions; null when they are not noted. */
  default @Nullable DecisionLog decisions() {
    return null;
  }

  /** Where a trace is at the moment. */
  default Whereabouts find(long traceIdHigh, long traceIdLow) {
    return Whereabouts.NOWHERE;
  }

  /** Service and name of an operation, by its number in the decision log. */
  default OperationMeasures.Labels operation(int id) {
    return new OperationMeasures.Labels("", "");
  }

  /** What each policy in force did, and what those in shadow would have done, in their order. */
  default List<PolicyCounts> policies() {
    return List.of();
  }

  /** How the fleet looks from here; null without one. */
  default @Nullable FleetStatus fleet() {
    return null;
  }

  /** The fleet's sidecars, as the engine knows them; never blocks. */
  default CompletableFuture<List<FleetStatus.Member>> fleetMembers() {
    return CompletableFuture.completedFuture(List.of());
  }

  /** Where its traces tear, as the engine knows it; never blocks. */
  default CompletableFuture<List<FleetStatus.Edge>> fleetEdges() {
    return CompletableFuture.completedFuture(List.of());
  }

  /** How it stands with the cluster's controller; null where none is configured. */
  default @Nullable ControllerStatus controller() {
    return null;
  }

  /** What of the configuration is not in force, in sentences; empty when all of it is. */
  default List<String> degraded() {
    return List.of();
  }

  /** Steps of a process's life, in this order. */
  enum Phase {
    STARTING,
    READY,
    DRAINING
  }
}
