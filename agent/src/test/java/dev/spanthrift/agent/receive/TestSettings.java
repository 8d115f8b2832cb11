package dev.spanthrift.agent.receive;

import dev.spanthrift.agent.receive.door.CorsSettings;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.exporter.settings.Tls;
import java.time.Duration;

/** The defaults on free loopback ports, with one thing changed. */
public final class TestSettings {
  private static final ReceiveSettings DEFAULT = ReceiveSettings.DEFAULT;

  public static final ReceiveSettings LOOPBACK = on(0, 0);

  private TestSettings() {}

  public static ReceiveSettings on(int grpcPort, int httpPort) {
    return make(
        grpcPort,
        httpPort,
        DEFAULT.maxRequestBytes(),
        DEFAULT.maxPendingBytes(),
        DEFAULT.maxConnections(),
        DEFAULT.requestTimeout(),
        DEFAULT.idleTimeout(),
        null);
  }

  public static ReceiveSettings bytes(int maxRequest, long maxPending) {
    return make(
        0,
        0,
        maxRequest,
        maxPending,
        DEFAULT.maxConnections(),
        DEFAULT.requestTimeout(),
        DEFAULT.idleTimeout(),
        null);
  }

  public static ReceiveSettings times(
      int maxConnections, Duration requestTimeout, Duration idleTimeout) {
    return make(
        0,
        0,
        DEFAULT.maxRequestBytes(),
        DEFAULT.maxPendingBytes(),
        maxConnections,
        requestTimeout,
        idleTimeout,
        null);
  }

  static ReceiveSettings secured(Tls tls) {
    return make(
        0,
        0,
        DEFAULT.maxRequestBytes(),
        DEFAULT.maxPendingBytes(),
        DEFAULT.maxConnections(),
        DEFAULT.requestTimeout(),
        DEFAULT.idleTimeout(),
        tls);
  }

  public static ReceiveSettings headTimeout(Duration headTimeout) {
    return with(LOOPBACK, headTimeout, null, DEFAULT.connectionAgeGrace(), DEFAULT.cors());
  }

  public static ReceiveSettings age(Duration max, Duration grace) {
    return with(LOOPBACK, DEFAULT.headTimeout(), max, grace, DEFAULT.cors());
  }

  public static ReceiveSettings cors(CorsSettings cors) {
    return with(LOOPBACK, DEFAULT.headTimeout(), null, DEFAULT.connectionAgeGrace(), cors);
  }

  /** Connections that have found a place. */
  public static long opened(PortStatus port) {
    return port.open() + port.closed();
  }

  private static ReceiveSettings make(
      int grpcPort,
      int httpPort,
      int maxRequest,
      long maxPending,
      int maxConnections,
      Duration requestTimeout,
      Duration idleTimeout,
      Tls tls) {
    return new ReceiveSettings(
        DEFAULT.host(),
        grpcPort,
        httpPort,
        maxRequest,
        maxPending,
        DEFAULT.maxHeaderBytes(),
        maxConnections,
        DEFAULT.maxStreams(),
        requestTimeout,
        idleTimeout,
        DEFAULT.headTimeout(),
        DEFAULT.connectionAgeMax(),
        DEFAULT.connectionAgeGrace(),
        DEFAULT.cors(),
        DEFAULT.retryAfter(),
        tls);
  }

  private static ReceiveSettings with(
      ReceiveSettings all,
      Duration headTimeout,
      Duration ageMax,
      Duration ageGrace,
      CorsSettings cors) {
    return new ReceiveSettings(
        all.host(),
        all.grpcPort(),
        all.httpPort(),
        all.maxRequestBytes(),
        all.maxPendingBytes(),
        all.maxHeaderBytes(),
        all.maxConnections(),
        all.maxStreams(),
        all.requestTimeout(),
        all.idleTimeout(),
        headTimeout,
        ageMax,
        ageGrace,
        cors,
        all.retryAfter(),
        all.tls());
  }
}
