package dev.spanthrift.agent.control.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
   * @param total of all members
   * @param edges where traces tear
   * @param membersUnknown why there are no members and no edges, when they cannot be read
   * @param disagreement whose policies, budgets or prices differ, when any do
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record FleetBody(
      boolean configured,
      @Nullable FleetStatus here,
      List<FleetStatus.Member> members,
      @Nullable Total total,
      List<FleetStatus.Edge> edges,
      @Nullable String membersUnknown,
      @Nullable String disagreement) {}

  /** Since each of them started; {@code spent} by what the next spans cost. */
  record Total(int pods, long spans, long bytes, long kept, double spent) {
    static Total of(List<FleetStatus.Member> members) {
      return new Total(
          members.size(),
          members.stream().mapToLong(FleetStatus.Member::spans).sum(),
          members.stream().mapToLong(FleetStatus.Member::bytes).sum(),
          members.stream().mapToLong(FleetStatus.Member::kept).sum(),
          members.stream().mapToDouble(FleetStatus.Member::spent).sum());
    }
  }

  private record Seen(List<FleetStatus.Member> members, List<FleetStatus.Edge> edges) {}

  private static String why(@Nullable Throwable e) {
    Throwable cause = e;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause(); // each step of a future wraps it once more
    }
    return cause == null ? "" : String.valueOf(cause.getMessage());
  }

  @GetMapping("/api/v1/fleet")
  CompletableFuture<FleetBody> fleet() {
    FleetStatus here = pipeline.fleet();
    if (here == null) {
      return CompletableFuture.completedFuture(
          new FleetBody(false, null, List.of(), null, List.of(), null, null));
    }
    return pipeline
        .fleetMembers()
        .thenCombine(pipeline.fleetEdges(), Seen::new)
        .handle((seen, e) -> body(here, seen, e));
  }

  private static FleetBody body(FleetStatus here, @Nullable Seen seen, @Nullable Throwable e) {
    if (seen == null) {
      String why = why(e);
      String last = here.disagreement().isEmpty() ? null : here.disagreement();
      return new FleetBody(true, here, List.of(), null, List.of(), why, last);
    }
    List<FleetStatus.Member> members = seen.members;
    String now = FleetStatus.disagreement(members);
    return new FleetBody(
        true, here, members, Total.of(members), seen.edges, null, now.isEmpty() ? null : now);
  }
}
