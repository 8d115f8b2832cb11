package dev.spanthrift.agent.telemetry;

import dev.spanthrift.exporter.settings.ExportSettings;
import java.time.Duration;

/**
 * Where our own metrics go as OTLP; apart from where spans go.
 *
 * @param destination transport, TLS and headers, as any other backend has them
 * @param interval between two exports
 * @param instance {@code service.instance.id}, e.g. the pod's name
 */
public record OwnTelemetrySettings(ExportSettings destination, Duration interval, String instance) {
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(60);

  public OwnTelemetrySettings {
    if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("interval below 1 s: " + interval);
    }
  }
}
