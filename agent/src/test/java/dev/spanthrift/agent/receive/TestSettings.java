package dev.spanthrift.agent.receive;

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
        DEFAULT.retryAfter(),
        tls);
  }
}
