package dev.spanthrift.agent.control.stream;

import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestFields;
import dev.spanthrift.agent.control.status.Overview;
import dev.spanthrift.agent.pipeline.PipelineView;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The streams that the program has. */
public final class Streams {
  private Streams() {}

  /** With topics overview, decisions and audit. */
  public static StreamHub open(
      PipelineView pipeline,
      Supplier<Overview> overview,
      AuditLog audit,
      ScheduledExecutorService timer) {
    return new StreamHub(
        Map.of(
            "overview", new OverviewTopic(overview),
            "decisions", new DecisionsTopic(pipeline),
            "audit", new AuditTopic(audit)),
        timer,
        StreamHub.HEARTBEAT);
  }

  /** Refuses a parameter that means nothing: a filter with a typo would show everything. */
  static void refuseUnknown(Map<String, String> query, Set<String> known) {
    for (String name : query.keySet()) {
      if (!known.contains(name)) {
        throw ProblemException.invalid(
            "/" + RequestFields.step(name),
            "is not known",
            known.isEmpty() ? "leave it out" : "one of " + String.join(", ", known));
      }
    }
  }

  /** Null where a client gives none. */
  static @Nullable Long number(@Nullable String lastEventId) {
    if (lastEventId == null || lastEventId.isBlank()) {
      return null;
    }
    try {
      return Long.parseLong(lastEventId.strip());
    } catch (NumberFormatException e) {
      throw ProblemException.invalid(
          "/Last-Event-ID", "is no id of an event of ours", "leave it out to begin with now");
    }
  }
}
