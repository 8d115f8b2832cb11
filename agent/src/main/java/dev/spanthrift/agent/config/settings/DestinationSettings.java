package dev.spanthrift.agent.config.settings;

import dev.spanthrift.exporter.settings.Authority;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.HttpProxy;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.ProxyVariables;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One OTLP backend. */
public record DestinationSettings(
    @Setting(
            value = "Name in status and metrics; each destination has its own.",
            byDefault = "default")
        String name,
    @Setting(
            value =
                "Where it listens; http:// or https:// decides about TLS. For http/protobuf the"
                    + " base to which v1/traces and so on are added.",
            required = true)
        URI endpoint,
    @Setting(
            value = "Whether the endpoint is the whole URL of its one signal, used as it is.",
            byDefault = "false")
        boolean endpointExact,
    @Setting(value = "grpc or http/protobuf.", byDefault = "http/protobuf") Protocol protocol,
    @Setting(
            value = "Signals that go there: traces, metrics, logs, profiles.",
            byDefault = "traces, metrics, logs, profiles")
        Set<Signal> signals,
    @Setting(
            value = "Request headers, as a map or as k=v,k2=v2; values are never shown.",
            headers = true)
        Map<String, String> headers,
    @Setting(value = "gzip, zstd (if the backend takes it) or none.", byDefault = "gzip")
        Compression compression,
    @Setting(value = "Longest wait for one answer.", byDefault = "10s") Duration timeout,
    @Setting(
            value =
                "Bytes that may wait for it, before compression; what comes above is counted as"
                    + " failed.",
            byDefault = "64MiB")
        ByteSize queueBytesMax,
    @Setting(value = "Requests under way at the same time.", byDefault = "8") int requestsMax,
    @Setting(
            value = "A request that still fails this long after its first attempt is given up.",
            byDefault = "5m")
        Duration retryFor,
    @Setting("Authorities that its certificate must come from, PEM; the JVM's own if absent.")
        @Nullable Path authority,
    @Setting("Client certificate chain for mTLS, PEM.") @Nullable Path clientCertificate,
    @Setting("Private key of the client certificate, PEM (PKCS#8).") @Nullable Path clientKey,
    @Setting(
            value =
                "HTTP proxy on the way to it, as http://[user:password@]host:port, or none; if"
                    + " absent, the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY decide.")
        @Nullable String proxy,
    @Setting("Who we are to it: a user and password, or a token; files of them are read again.")
        AuthSettings auth) {

  private static final String DIRECT = "none";
  private static final int MERGE_BYTES = 256 * 1024; // small requests of metrics and logs

  public DestinationSettings {
    headers = Map.copyOf(headers);
    signals = signals.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(signals));
    Checks checks = new Checks();
    checkEndpoint(checks, endpoint, protocol);
    checks
        .that(!name.isBlank(), "name", name, "write a name")
        .that(
            !signals.isEmpty(),
            "signals",
            signals,
            "name at least one of traces, metrics, logs, profiles")
        .that(
            !endpointExact || (signals.size() == 1 && protocol == Protocol.HTTP_PROTOBUF),
            "endpointExact",
            endpointExact,
            "true needs http/protobuf and exactly one signal")
        .between("timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(10))
        .between("queueBytesMax", queueBytesMax, new ByteSize(64 << 10), new ByteSize(1L << 40))
        .between("requestsMax", requestsMax, 1, 1000)
        .between("retryFor", retryFor, Duration.ZERO, Duration.ofDays(1))
        .together("clientCertificate", clientCertificate, "clientKey", clientKey)
        .that(isProxy(proxy), "proxy", "(hidden)", "write it as http://proxy:3128, or none")
        .done();
  }

  private static boolean isProxy(@Nullable String proxy) {
    try {
      return proxy == null || proxy.equals(DIRECT) || HttpProxy.parse("proxy", proxy).port() > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What every endpoint must be, whatever is sent there. */
  static void checkEndpoint(Checks checks, URI endpoint, Protocol protocol) {
    checks
        .that(
            isHttp(endpoint),
            "endpoint",
            endpoint,
            "write it as http://host:port or https://host:port")
        .that(
            !String.valueOf(endpoint.getRawAuthority()).contains("@"),
            "endpoint",
            "(hidden)",
            "leave user and password out; give them as a header")
        .that(
            protocol != Protocol.GRPC || String.valueOf(endpoint.getRawPath()).matches("/?"),
            "endpoint",
            endpoint,
            "gRPC takes no path; write it as http://host:port or https://host:port");
  }

  private static boolean isHttp(URI endpoint) {
    return ("http".equalsIgnoreCase(endpoint.getScheme())
            || "https".equalsIgnoreCase(endpoint.getScheme()))
        && Authority.of(endpoint) != null;
  }

  public boolean tls() {
    return "https".equalsIgnoreCase(endpoint.getScheme());
  }

  /** Without the brackets of IPv6. */
  public String host() {
    return there().host();
  }

  private Authority there() {
    return Objects.requireNonNull(Authority.of(endpoint)); // checked above
  }

  /** The endpoint's port, or the scheme's own (specs.md C15). */
  public int port() {
    int port = there().port();
    return port != -1 ? port : tls() ? 443 : 80;
  }

  /**
   * As the exporter takes it.
   *
   * @param queueBytesBound what the heap allows for its queue
   * @param environment names the proxy where the settings name none
   */
  public ExportSettings toExport(long queueBytesBound, Map<String, String> environment) {
    long queue = Math.min(queueBytesBound, queueBytesMax.bytes());
    Map<Signal, URI> exact = new EnumMap<>(Signal.class);
    if (endpointExact) {
      signals.forEach(signal -> exact.put(signal, endpoint));
    }
    return new ExportSettings(
        name,
        protocol,
        endpoint,
        exact,
        headers,
        compression.usable(),
        timeout,
        new Tls(authority, clientCertificate, clientKey, false),
        httpProxy(environment),
        new Limits(
            queue,
            requestsMax,
            Limits.DEFAULT.requestBytesMax(),
            Limits.DEFAULT.responseBytesMax(),
            (int) Math.min(MERGE_BYTES, queue)),
        new Retry(Retry.DEFAULT.initial(), Retry.DEFAULT.max(), retryFor),
        auth.toExport());
  }

  private @Nullable HttpProxy httpProxy(Map<String, String> environment) {
    if (proxy == null) {
      return ProxyVariables.of(environment).proxyFor(endpoint, protocol);
    }
    return proxy.equals(DIRECT) ? null : HttpProxy.parse("proxy", proxy);
  }

  /** Without the headers' values. */
  @Override
  public String toString() {
    return "DestinationSettings["
        + name
        + " "
        + protocol
        + " "
        + endpoint
        + " headers="
        + new TreeMap<>(headers).keySet()
        + "]";
  }
}
