package dev.spanthrift.agent.config.settings;

import java.time.Duration;

/** Where and how OTLP is received. */
public record ListenSettings(
    @Setting("OTLP over gRPC.") Address grpc,
    @Setting("OTLP over HTTP.") HttpAddress http,
    @Setting(
            value = "Largest request, after decompression; larger ones are refused for good.",
            byDefault = "64MiB")
        ByteSize requestBytesMax,
    @Setting(
            value =
                "Bytes of all requests being read at one moment; above it clients are asked to"
                    + " retry.",
            byDefault = "128MiB")
        ByteSize pendingBytesMax,
    @Setting(
            value = "Connections open at one moment on each port; more are not accepted.",
            byDefault = "1024")
        int connectionsMax,
    @Setting(value = "Longest time from a request's first byte to its last.", byDefault = "30s")
        Duration requestTimeout,
    @Setting(value = "A connection without a request is closed after this time.", byDefault = "5m")
        Duration idleTimeout,
    @Setting("TLS of both OTLP ports.") TlsSettings tls) {

  /** The gRPC port. */
  public record Address(
      @Setting(value = "Address to bind; loopback inside a pod.", byDefault = "127.0.0.1")
          String host,
      @Setting(value = "Port; 0 takes any free one.", byDefault = "4317") int port) {
    public Address {
      host = Checks.bare(host);
      new Checks().host("host", host).port("port", port).done();
    }
  }

  /** The HTTP port. */
  public record HttpAddress(
      @Setting(value = "Address to bind; loopback inside a pod.", byDefault = "127.0.0.1")
          String host,
      @Setting(value = "Port; 0 takes any free one.", byDefault = "4318") int port) {
    public HttpAddress {
      host = Checks.bare(host);
      new Checks().host("host", host).port("port", port).done();
    }
  }

  public ListenSettings {
    new Checks()
        .between("requestBytesMax", requestBytesMax, new ByteSize(1024), new ByteSize(1L << 30))
        .that(
            pendingBytesMax.bytes() >= requestBytesMax.bytes(),
            "pendingBytesMax",
            pendingBytesMax,
            "at least requestBytesMax, " + requestBytesMax)
        .between("connectionsMax", connectionsMax, 1, 1_000_000)
        .between("requestTimeout", requestTimeout, Duration.ofMillis(10), Duration.ofHours(1))
        .between("idleTimeout", idleTimeout, Duration.ofMillis(10), Duration.ofDays(1))
        .that(
            grpc.port() == 0 || grpc.port() != http.port(),
            "http.port",
            http.port(),
            "another port than grpc.port")
        .done();
  }
}
