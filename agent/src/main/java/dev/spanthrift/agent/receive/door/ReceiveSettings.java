package dev.spanthrift.agent.receive.door;

import dev.spanthrift.exporter.settings.Tls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds and addresses of the OTLP ports; both ports have the same bounds, each for itself.
 *
 * @param host what to bind; localhost is both loopback addresses
 * @param grpcPort 0 takes a free one
 * @param httpPort 0 takes a free one
 * @param maxRequestBytes one request after decompression (specs.md S4, S5)
 * @param maxPendingBytes requests that are partly read, all connections together; above it new ones
 *     are refused as overload
 * @param maxHeaderBytes all header fields of one request
 * @param maxConnections open at once; more are closed unread
 * @param maxStreams requests at once on one HTTP/2 connection
 * @param requestTimeout from a request's first byte to its last
 * @param idleTimeout of a connection without a request
 * @param headTimeout of a connection, until its first request's head is whole
 * @param connectionAgeMax then it is asked to go; null has no bound
 * @param connectionAgeGrace for what runs then
 * @param cors which pages in browsers may send to the HTTP port
 * @param retryAfter what a refused client is told when the port itself is full
 */
public record ReceiveSettings(
    String host,
    int grpcPort,
    int httpPort,
    int maxRequestBytes,
    long maxPendingBytes,
    int maxHeaderBytes,
    int maxConnections,
    int maxStreams,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration headTimeout,
    @Nullable Duration connectionAgeMax,
    Duration connectionAgeGrace,
    CorsSettings cors,
    Duration retryAfter,
    @Nullable Tls tls) {

  private static final int MIB = 1 << 20;

  /** Loopback, 4317 and 4318, 64 MiB a request (specs.md S4, S5, S20). */
  public static final ReceiveSettings DEFAULT =
      new ReceiveSettings(
          "localhost",
          4317,
          4318,
          64 * MIB,
          128L * MIB,
          16 << 10,
          1024,
          256,
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          null,
          Duration.ofSeconds(30),
          CorsSettings.NONE,
          Duration.ofSeconds(1),
          null);

  /** The same at other addresses. */
  public ReceiveSettings at(String otherHost, int otherGrpcPort, int otherHttpPort) {
    return new ReceiveSettings(
        otherHost,
        otherGrpcPort,
        otherHttpPort,
        maxRequestBytes,
        maxPendingBytes,
        maxHeaderBytes,
        maxConnections,
        maxStreams,
        requestTimeout,
        idleTimeout,
        headTimeout,
        connectionAgeMax,
        connectionAgeGrace,
        cors,
        retryAfter,
        tls);
  }

  public ReceiveSettings {
    port("grpcPort", grpcPort);
    port("httpPort", httpPort);
    positive("maxRequestBytes", maxRequestBytes);
    positive("maxHeaderBytes", maxHeaderBytes);
    positive("maxConnections", maxConnections);
    positive("maxStreams", maxStreams);
    positive("requestTimeout", requestTimeout.toMillis());
    positive("idleTimeout", idleTimeout.toMillis());
    positive("headTimeout", headTimeout.toMillis());
    positive("connectionAgeGrace", connectionAgeGrace.toMillis());
    if (connectionAgeMax != null) {
      positive("connectionAgeMax", connectionAgeMax.toMillis());
    }
    if (maxPendingBytes < maxRequestBytes) {
      throw new IllegalArgumentException(
          "maxPendingBytes must be at least maxRequestBytes (%d): %d"
              .formatted(maxRequestBytes, maxPendingBytes));
    }
    if (retryAfter.isNegative()) {
      throw new IllegalArgumentException("retryAfter must not be negative: " + retryAfter);
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive: " + value);
    }
  }

  private static void port(String name, int value) {
    if (value < 0 || value > 65_535) {
      throw new IllegalArgumentException(name + " must be between 0 and 65535: " + value);
    }
  }
}
