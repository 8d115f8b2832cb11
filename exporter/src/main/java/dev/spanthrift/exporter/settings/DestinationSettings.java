package dev.spanthrift.exporter.settings;

import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One OTLP destination: where to, how, and within which bounds.
 *
 * <p>Start with {@link #of} and change what differs. A wrong value is refused with the key, the
 * value and what would be right; header values never appear in a message or in {@link #toString}.
 *
 * @param name unique among the destinations of a process; stands in the log and in the status
 * @param endpoint base URL with scheme {@code http} or {@code https}: see {@link Endpoints}
 * @param signalEndpoints URLs used as they are, in place of the base (specs.md C15)
 * @param headers sent with every request (specs.md C17)
 * @param timeout for each attempt, from sending to the end of the answer
 */
public record DestinationSettings(
    String name,
    Protocol protocol,
    URI endpoint,
    Map<Signal, URI> signalEndpoints,
    Map<String, String> headers,
    Compression compression,
    Duration timeout,
    Tls tls,
    Limits limits,
    Retry retry) {

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern VISIBLE = Pattern.compile("[\\x20-\\x7e]*");
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "host",
          "te",
          "transfer-encoding",
          "user-agent");

  /** The two transports of OTLP that we speak. */
  public enum Protocol {
    GRPC,
    HTTP_PROTOBUF;

    /** Reads the words of {@code OTEL_EXPORTER_OTLP_PROTOCOL}. */
    public static Protocol parse(String text) {
      return switch (text.trim().toLowerCase(Locale.ROOT)) {
        case "grpc" -> GRPC;
        case "http/protobuf" -> HTTP_PROTOBUF;
        case "http/json" ->
            throw bad("protocol", text, "http/protobuf: JSON is received but not sent");
        default -> throw bad("protocol", text, "grpc or http/protobuf");
      };
    }
  }

  /** Encoding of request bodies; gzip at level 1, zstd at level 1 (figures at Compressor). */
  public enum Compression {
    NONE,
    GZIP,
    ZSTD;

    /** Reads the words of {@code OTEL_EXPORTER_OTLP_COMPRESSION}; empty means none. */
    public static Compression parse(String text) {
      return switch (text.trim().toLowerCase(Locale.ROOT)) {
        case "", "none" -> NONE;
        case "gzip" -> GZIP;
        case "zstd" -> ZSTD;
        default -> throw bad("compression", text, "none, gzip or zstd");
      };
    }
  }

  /**
   * Whom we trust and who we are, as PEM files that are read again when they change.
   *
   * @param caFile trusted in place of the JVM's roots
   * @param certFile our certificate chain, for mTLS
   * @param keyFile its key, PKCS#8 without password
   * @param skipVerify trust any server: for trials only
   */
  public record Tls(
      @Nullable Path caFile, @Nullable Path certFile, @Nullable Path keyFile, boolean skipVerify) {
    public static final Tls DEFAULT = new Tls(null, null, null, false);

    public Tls {
      if ((certFile == null) != (keyFile == null)) {
        throw bad(
            "tls",
            "cert " + certFile + ", key " + keyFile,
            "both a client certificate and its key");
      }
      if (skipVerify && caFile != null) {
        throw bad("tls.skipVerify", "true", "false beside a CA file");
      }
    }
  }

  /**
   * Bounds in bytes before compression, and in requests.
   *
   * @param queueBytesMax waiting and in flight; above it a shipment is not taken
   * @param inFlightMax requests sent and not answered; connections at most for HTTP/1.1
   * @param requestBytesMax a larger request is not sent (specs.md C1)
   * @param responseBytesMax answers, also after decompression (specs.md C2)
   * @param mergeBytesMax waiting requests of one signal are sent as one up to this size (specs
   *     W11); 0 never merges
   */
  public record Limits(
      long queueBytesMax,
      int inFlightMax,
      int requestBytesMax,
      int responseBytesMax,
      int mergeBytesMax) {
    public static final Limits DEFAULT = new Limits(64L << 20, 8, 64 << 20, 4 << 20, 0);

    public Limits {
      atLeast("queueBytesMax", queueBytesMax, 1);
      atLeast("inFlightMax", inFlightMax, 1);
      atLeast("requestBytesMax", requestBytesMax, 1);
      atLeast("responseBytesMax", responseBytesMax, 1);
      atLeast("mergeBytesMax", mergeBytesMax, 0);
      if (mergeBytesMax > requestBytesMax) {
        throw bad("mergeBytesMax", mergeBytesMax, "at most requestBytesMax, " + requestBytesMax);
      }
    }
  }

  /**
   * Exponential backoff with full jitter.
   *
   * @param elapsedMax a request that still fails this long after its first attempt is given up
   */
  public record Retry(Duration initial, Duration max, Duration elapsedMax) {
    public static final Retry DEFAULT =
        new Retry(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(5));

    public Retry {
      positive("retry.initial", initial);
      if (max.compareTo(initial) < 0) {
        throw bad("retry.max", max, "at least retry.initial, " + initial);
      }
      if (elapsedMax.isNegative()) {
        throw bad("retry.elapsedMax", elapsedMax, "0 (no retries) or more");
      }
    }
  }

  public DestinationSettings {
    if (name.isBlank()) {
      throw bad("name", "'" + name + "'", "a name");
    }
    Endpoints.check("endpoint", endpoint, protocol);
    signalEndpoints.forEach(
        (signal, uri) -> Endpoints.check("endpoint for " + signal, uri, protocol));
    signalEndpoints = Map.copyOf(signalEndpoints);
    headers = checkedHeaders(headers);
    positive("timeout", timeout);
  }

  /** Defaults of the OTLP specification, no compression. */
  public static DestinationSettings of(String name, Protocol protocol, URI endpoint) {
    return new DestinationSettings(
        name,
        protocol,
        endpoint,
        Map.of(),
        Map.of(),
        Compression.NONE,
        Duration.ofSeconds(10),
        Tls.DEFAULT,
        Limits.DEFAULT,
        Retry.DEFAULT);
  }

  public DestinationSettings withSignalEndpoints(Map<Signal, URI> changed) {
    return new DestinationSettings(
        name, protocol, endpoint, changed, headers, compression, timeout, tls, limits, retry);
  }

  public DestinationSettings withHeaders(Map<String, String> changed) {
    return new DestinationSettings(
        name,
        protocol,
        endpoint,
        signalEndpoints,
        changed,
        compression,
        timeout,
        tls,
        limits,
        retry);
  }

  public DestinationSettings withCompression(Compression changed) {
    return new DestinationSettings(
        name, protocol, endpoint, signalEndpoints, headers, changed, timeout, tls, limits, retry);
  }

  public DestinationSettings withTimeout(Duration changed) {
    return new DestinationSettings(
        name,
        protocol,
        endpoint,
        signalEndpoints,
        headers,
        compression,
        changed,
        tls,
        limits,
        retry);
  }

  public DestinationSettings withTls(Tls changed) {
    return new DestinationSettings(
        name,
        protocol,
        endpoint,
        signalEndpoints,
        headers,
        compression,
        timeout,
        changed,
        limits,
        retry);
  }

  public DestinationSettings withLimits(Limits changed) {
    return new DestinationSettings(
        name,
        protocol,
        endpoint,
        signalEndpoints,
        headers,
        compression,
        timeout,
        tls,
        changed,
        retry);
  }

  public DestinationSettings withRetry(Retry changed) {
    return new DestinationSettings(
        name,
        protocol,
        endpoint,
        signalEndpoints,
        headers,
        compression,
        timeout,
        tls,
        limits,
        changed);
  }

  /** Header names without their values, which may be secret. */
  @Override
  public String toString() {
    return "%s: %s to %s %s, headers %s, %s, timeout %s, %s, %s, %s"
        .formatted(
            name,
            protocol,
            endpoint,
            signalEndpoints,
            headers.keySet(),
            compression,
            timeout,
            tls,
            limits,
            retry);
  }

  private static Map<String, String> checkedHeaders(Map<String, String> headers) {
    Map<String, String> checked = new LinkedHashMap<>();
    headers.forEach(
        (key, value) -> {
          String lower = key.toLowerCase(Locale.ROOT);
          if (!TOKEN.matcher(key).matches()) {
            throw bad("headers", "'" + key + "'", "a header name of letters, digits and -");
          }
          if (OURS.contains(lower) || lower.startsWith("grpc-") || lower.endsWith("-bin")) {
            throw bad("headers", key, "a header that the protocol does not set itself");
          }
          if (!VISIBLE.matcher(value).matches()) {
            throw bad("headers." + key, "(hidden)", "visible ASCII, without line breaks");
          }
          if (checked.put(lower, value) != null) {
            throw bad("headers", key, "each name once, whatever its case");
          }
        });
    return java.util.Collections.unmodifiableMap(checked);
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw bad(key, value, "a positive duration");
    }
  }

  private static void atLeast(String key, long value, long min) {
    if (value < min) {
      throw bad(key, value, min + " or more");
    }
  }

  public static IllegalArgumentException bad(String key, Object value, String right) {
    return new IllegalArgumentException(key + " is " + value + "; right would be " + right);
  }
}
