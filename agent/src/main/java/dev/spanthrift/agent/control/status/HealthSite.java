package dev.spanthrift.agent.control.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.front.AdminAnswer;
import dev.spanthrift.agent.control.front.Site;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.receive.door.PortStatus;
import java.util.Locale;
import java.util.Map;

/**
 * Probes. None looks at a backend: a restart of this process would not mend one.
 *
 * <p>Answered on the event loop: they take no lock, no thread and nothing of Spring.
 */
public final class HealthSite {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final PipelineView pipeline;

  public HealthSite(PipelineView pipeline) {
    this.pipeline = pipeline;
  }

  /** By path. */
  public Map<String, Site> sites() {
    return Map.of(
        "/healthz", (request, done) -> done.accept(answer(OK, "alive")),
        "/readyz", (request, done) -> done.accept(ready()),
        "/actuator/health", (request, done) -> done.accept(actuator()));
  }

  /**
   * The ports take requests: 503 before and while the process ends, and while one has as many
   * connections as it may have, so that a gateway's new ones go to another replica.
   */
  private AdminAnswer ready() {
    PipelineView.Phase phase = pipeline.phase();
    if (phase == PipelineView.Phase.READY) {
      for (PortStatus port : pipeline.ports()) {
        if (port.hasNoPlace()) {
          return answer(UNAVAILABLE, full(port));
        }
      }
    }
    int status = phase == PipelineView.Phase.READY ? OK : UNAVAILABLE;
    return answer(status, phase.name().toLowerCase(Locale.ROOT));
  }

  private static String full(PortStatus port) {
    return "full: %d connections are open at the OTLP/%s port, listen.connectionsMax"
        .formatted(port.open(), port.port());
  }

  /** The same in the words of Spring Boot's actuator, for tools that know only those. */
  private AdminAnswer actuator() {
    boolean ready = pipeline.phase() == PipelineView.Phase.READY;
    return ready ? answer(OK, "UP") : answer(UNAVAILABLE, "OUT_OF_SERVICE");
  }

  private static AdminAnswer answer(int status, String word) {
    byte[] body = ("{\"status\":\"" + word + "\"}").getBytes(UTF_8);
    return AdminAnswer.of(status, "application/json", body);
  }
}
