package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.receive.door.PortStatus;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Probes. Neither looks at a backend: a restart of this process would not mend one. */
@RestController
public final class HealthApi {
  private final PipelineView pipeline;

  public HealthApi(PipelineView pipeline) {
    this.pipeline = pipeline;
  }

  /** One word. */
  record Health(String status) {}

  /** The process lives. */
  @GetMapping("/healthz")
  Health live() {
    return new Health("alive");
  }

  /**
   * The ports take requests: 503 before and while the process ends, and while one has as many
   * connections as it may have, so that new ones go to another replica.
   */
  @GetMapping("/readyz")
  ResponseEntity<Health> ready() {
    PipelineView.Phase phase = pipeline.phase();
    if (phase == PipelineView.Phase.READY) {
      for (PortStatus port : pipeline.ports()) {
        if (port.isFull()) {
          return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
              .body(
                  new Health(
                      "full: %d connections are open at the %s port, listen.connectionsMax"
                          .formatted(port.open(), port.port())));
        }
      }
    }
    return ResponseEntity.status(
            phase == PipelineView.Phase.READY ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(new Health(phase.name().toLowerCase(Locale.ROOT)));
  }

  /** The same in the words of Spring Boot's actuator, for tools that know only those. */
  @GetMapping("/actuator/health")
  ResponseEntity<Health> actuator() {
    boolean ready = pipeline.phase() == PipelineView.Phase.READY;
    return ResponseEntity.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(new Health(ready ? "UP" : "OUT_OF_SERVICE"));
  }
}
