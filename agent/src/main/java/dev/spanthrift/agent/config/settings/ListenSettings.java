package dev.spanthrift.agent.config.settings;

import dev.spanthrift.exporter.settings.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    @Setting(
            value =
                "A connection must have begun to speak, or sent the head of its first request, in"
                    + " this time.",
            byDefault = "10s")
        Duration headTimeout,
    @Setting(
            "A connection is asked to go after this time, a tenth more or less, so that clients"
                + " find new replicas of a gateway; without it connections have no age.")
        @Nullable Duration connectionAgeMax,
    @Setting(
            value = "What still runs on a connection then is cut after this time.",
            byDefault = "30s")
        Duration connectionAgeGrace,
    @Setting("TLS of both OTLP ports.") PortTls tls) {

  /** The gRPC port. */
  public record Address(
      @Setting(
              value = "Address to bind; localhost is both 127.0.0.1 and, where there is IPv6, ::1.",
              byDefault = "localhost")
          String host,
      @Setting(value = "Port; 0 takes any free one.", byDefault = "4317") int port) {
    public Address {
      host = Checks.bare(host);
      new Checks().host("host", host).port("port", port).done();
    }
  }

  /** The HTTP port. */
  public record HttpAddress(
      @Setting(
              value = "Address to bind; localhost is both 127.0.0.1 and, where there is IPv6, ::1.",
              byDefault = "localhost")
          String host,
      @Setting(value = "Port; 0 takes any free one.", byDefault = "4318") int port,
      @Setting("Which pages in browsers may send (CORS).") Cors cors) {
    public HttpAddress {
      host = Checks.bare(host);
      new Checks().host("host", host).port("port", port).done();
    }
  }

  /** The pages of other origins. */
  public record Cors(
      @Setting(
              "Origins of those pages, such as [https://shop.example]; * stands for any text. None"
                  + " lets no page send.")
          List<String> allowedOrigins,
      @Setting(
              "Request headers that they may send beside Content-Type, Content-Encoding, Accept and"
                  + " X-Requested-With; * is any.")
          List<String> allowedHeaders,
      @Setting(value = "How long a browser may remember the answer.", byDefault = "2h")
          Duration maxAge) {
    public Cors {
      new Checks().between("maxAge", maxAge, Duration.ZERO, Duration.ofDays(1)).done();
    }
  }

  /** TLS of the OTLP ports; off while no certificate is given. Files in PEM. */
  public record PortTls(
      @Setting("Certificate chain that the OTLP ports show; TLS is off without it.")
          @Nullable Path certificate,
      @Setting("Private key of that certificate, PKCS#8.") @Nullable Path key,
      @Setting("Certificates of the authorities that client certificates must come from (mTLS).")
          @Nullable Path clientAuthority) {
    public PortTls {
      new Checks()
          .together("certificate", certificate, "key", key)
          .that(
              clientAuthority == null || certificate != null,
              "clientAuthority",
              clientAuthority,
              "needs certificate and key too")
          .done();
    }

    /** Null while TLS is off. */
    public @Nullable Tls tls() {
      return certificate == null ? null : new Tls(clientAuthority, certificate, key, false);
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
        .between("headTimeout", headTimeout, Duration.ofMillis(10), Duration.ofHours(1))
        .between(
            "connectionAgeGrace", connectionAgeGrace, Duration.ofMillis(1), Duration.ofHours(1))
        .that(
            connectionAgeMax == null || isAge(connectionAgeMax),
            "connectionAgeMax",
            String.valueOf(connectionAgeMax),
            "from 1s to 365d, or nothing")
        .that(
            grpc.port() == 0 || grpc.port() != http.port(),
            "http.port",
            http.port(),
            "another port than grpc.port")
        .done();
  }

  private static boolean isAge(Duration age) {
    return age.compareTo(Duration.ofSeconds(1)) >= 0 && age.compareTo(Duration.ofDays(365)) <= 0;
  }
}
