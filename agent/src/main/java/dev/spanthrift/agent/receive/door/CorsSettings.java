package dev.spanthrift.agent.receive.door;

import java.time.Duration;
import java.util.List;

/**
 * Which pages in browsers may send to the HTTP port.
 *
 * @param allowedOrigins such as {@code https://shop.example}; {@code *} stands for any text; none
 *     lets no page in
 * @param allowedHeaders beside those that OTLP needs; {@code *} is any
 * @param maxAge how long a browser may remember the answer
 */
public record CorsSettings(
    List<String> allowedOrigins, List<String> allowedHeaders, Duration maxAge) {
  public static final CorsSettings NONE = new CorsSettings(List.of(), List.of(), Duration.ZERO);

  public CorsSettings {
    allowedOrigins = List.copyOf(allowedOrigins);
    allowedHeaders = List.copyOf(allowedHeaders);
  }
}
