package dev.spanthrift.exporter.settings;

import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
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
 * @param proxy on the way to it; null when the way is direct
 * @param credentials asked for every request; go before a header of the same name
 */
public record ExportSettings(
    String name,
    Protocol protocol,
    URI endpoint,
    Map<Signal, URI> signalEndpoints,
    Map<String, String> headers,
    Compression compression,
    Duration timeout,
    Tls tls,
    @Nullable HttpProxy proxy,
    Limits limits,
    Retry retry,
    Credentials credentials) {

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern VISIBLE = Pattern.compile("[\\x20-\\x7e]*");
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "te",
          "transfer-encoding",
          "user-agent");

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

  public ExportSettings {
    if (name.isBlank()) {
      throw bad("name", "'" + name + "'", "a name");
    }
    Endpoints.check("endpoint", endpoint, protocol);
    signalEndpoints.forEach(
        (signal, uri) -> Endpoints.check("endpoint for " + signal, uri, protocol));
    signalEndpoints = Map.copyOf(signalEndpoints);
    headers = checkedHeaders(headers);
    credentials.header().ifPresent(header -> checkedHeaders(Map.of(header, "")));
    positive("timeout", timeout);
  }

  /** Defaults of the OTLP specification, no compression. */
  public static ExportSettings of(String name, Protocol protocol, URI endpoint) {
    return new ExportSettings(
        name,
        protocol,
        endpoint,
        Map.of(),
        Map.of(),
        Compression.NONE,
        Duration.ofSeconds(10),
        Tls.DEFAULT,
        null,
        Limits.DEFAULT,
        Retry.DEFAULT,
        Credentials.NONE);
  }

  public ExportSettings withSignalEndpoints(Map<Signal, URI> changed) {
    return with(changed, headers, compression, timeout, tls, proxy, limits, retry);
  }

  public ExportSettings withHeaders(Map<String, String> changed) {
    return with(signalEndpoints, changed, compression, timeout, tls, proxy, limits, retry);
  }

  public ExportSettings withCompression(Compression changed) {
    return with(signalEndpoints, headers, changed, timeout, tls, proxy, limits, retry);
  }

  public ExportSettings withTimeout(Duration changed) {
    return with(signalEndpoints, headers, compression, changed, tls, proxy, limits, retry);
  }

  public ExportSettings withTls(Tls changed) {
    return with(signalEndpoints, headers, compression, timeout, changed, proxy, limits, retry);
  }

  public ExportSettings withProxy(@Nullable HttpProxy changed) {
    return with(signalEndpoints, headers, compression, timeout, tls, changed, limits, retry);
  }

  public ExportSettings withLimits(Limits changed) {
    return with(signalEndpoints, headers, compression, timeout, tls, proxy, changed, retry);
  }

  public ExportSettings withRetry(Retry changed) {
    return with(signalEndpoints, headers, compression, timeout, tls, proxy, limits, changed);
  }

  public ExportSettings withCredentials(Credentials changed) {
    return new ExportSettings(
        name,
        protocol,
        endpoint,
        signalEndpoints,
        headers,
        compression,
        timeout,
        tls,
        proxy,
        limits,
        retry,
        changed);
  }

  private ExportSettings with(
      Map<Signal, URI> ofSignals,
      Map<String, String> sentHeaders,
      Compression encoding,
      Duration each,
      Tls secured,
      @Nullable HttpProxy by,
      Limits bounds,
      Retry again) {
    return new ExportSettings(
        name,
        protocol,
        endpoint,
        ofSignals,
        sentHeaders,
        encoding,
        each,
        secured,
        by,
        bounds,
        again,
        credentials);
  }

  /** Header names without their values, which may be secret. */
  @Override
  public String toString() {
    return "%s: %s to %s %s, headers %s, %s, timeout %s, %s, proxy %s, %s, %s"
        .formatted(
            name,
            protocol,
            endpoint,
            signalEndpoints,
            headers.keySet(),
            compression,
            timeout,
            tls,
            proxy,
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
