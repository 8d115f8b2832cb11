package dev.spanthrift.agent.telemetry;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Where our own metrics go as OTLP over HTTP; apart from where spans go.
 *
 * @param endpoint e.g. {@code http://collector:4318}; a path in it replaces the default one
 * @param headers sent with each request; values may be secrets
 * @param interval between two exports
 * @param instance {@code service.instance.id}, e.g. the pod's name
 */
public record OwnTelemetrySettings(
    URI endpoint, Map<String, String> headers, Duration interval, String instance) {
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(60);

  public OwnTelemetrySettings {
    String scheme = endpoint.getScheme();
    if (endpoint.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException("not an http(s) URL: " + endpoint);
    }
    if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("interval below 1 s: " + interval);
    }
    headers = Map.copyOf(headers);
  }

  /** The URL that requests go to. */
  String url() {
    String path = endpoint.getPath();
    return path == null || path.isEmpty() || path.equals("/")
        ? endpoint.resolve("/v1/metrics").toString()
        : endpoint.toString();
  }

  /** Without the headers' values. */
  @Override
  public String toString() {
    return endpoint + " every " + interval + " with " + headers.keySet();
  }
}
