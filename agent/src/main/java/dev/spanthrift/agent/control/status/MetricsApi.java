package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.telemetry.Exposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Metrics for Prometheus, at the path where Spring Boot's actuator has them. */
@RestController
public final class MetricsApi {
  private static final MediaType OPEN_METRICS =
      MediaType.parseMediaType("application/openmetrics-text");

  private final Exposition exposition;

  public MetricsApi(Exposition exposition) {
    this.exposition = exposition;
  }

  @GetMapping("/actuator/prometheus")
  Mono<ResponseEntity<String>> scrape(@RequestHeader HttpHeaders headers) {
    boolean open = headers.getAccept().stream().anyMatch(OPEN_METRICS::equalsTypeAndSubtype);
    String type = open ? Exposition.OPEN_METRICS : Exposition.TEXT;
    return Mono.fromCallable(() -> exposition.scrape(type))
        .subscribeOn(Schedulers.boundedElastic())
        .map(text -> ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, type).body(text));
  }
}
