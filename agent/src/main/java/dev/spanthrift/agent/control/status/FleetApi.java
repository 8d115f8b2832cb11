package dev.spanthrift.agent.control.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The fleet as this sidecar and the engine see it. */
@RestController
public final class FleetApi {
  private final PipelineView pipeline;

  public FleetApi(PipelineView pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * The answer.
   *
   * @param configured whether there is a fleet; without one the rest is missing
   * @param disagreement how many different policies its members have, when it is more than one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FleetBody(
      boolean configured,
      @Nullable FleetStatus here,
      List<FleetStatus.Member> members,
      @Nullable String disagreement) {}

  @GetMapping("/api/v1/fleet")
  CompletableFuture<FleetBody> fleet() {
    FleetStatus here = pipeline.fleet();
    return pipeline
        .fleetMembers()
        .thenApply(members -> new FleetBody(here != null, here, members, disagreement(members)));
  }

  private static @Nullable String disagreement(List<FleetStatus.Member> members) {
    long policies = members.stream().map(FleetStatus.Member::policy).distinct().count();
    return policies < 2
        ? null
        : policies + " different configurations of policies, budgets or prices; see members";
  }
}
