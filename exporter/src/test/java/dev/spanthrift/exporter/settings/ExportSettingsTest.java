package dev.spanthrift.exporter.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ExportSettingsTest {
  private static final URI COLLECTOR = URI.create("http://collector:4317");
  private static final ExportSettings DEFAULT = ExportSettings.of("d", Protocol.GRPC, COLLECTOR);

  @Test
  void defaultsAreThoseOfTheSpecification() {
    assertEquals(Compression.NONE, DEFAULT.compression());
    assertEquals(Duration.ofSeconds(10), DEFAULT.timeout());
    assertEquals(64 << 20, DEFAULT.limits().queueBytesMax());
    assertEquals(67108864, DEFAULT.limits().requestBytesMax());
    assertEquals(4194304, DEFAULT.limits().responseBytesMax());
    assertEquals(0, DEFAULT.limits().mergeBytesMax());
    assertEquals(
        new Retry(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(5)),
        DEFAULT.retry());
    assertEquals(new Tls(null, null, null, false), DEFAULT.tls());
    assertEquals(Map.of(), DEFAULT.headers());
  }

  @Test
  void explicitValuesAreKept() {
    Limits limits = new Limits(1, 2, 3, 4, 3);
    Retry retry = new Retry(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ZERO);
    Tls tls = new Tls(Path.of("ca.pem"), Path.of("c.pem"), Path.of("k.pem"), false);
    HttpProxy proxy = new HttpProxy("proxy", 3128, "me", "hush");
    URI logs = URI.create("http://logs:4317");
    ExportSettings all =
        DEFAULT
            .withCompression(Compression.ZSTD)
            .withHeaders(Map.of("X-Key", "v"))
            .withLimits(limits)
            .withRetry(retry)
            .withTls(tls)
            .withProxy(proxy)
            .withTimeout(Duration.ofSeconds(3))
            .withSignalEndpoints(Map.of(Signal.LOGS, logs));
    assertEquals(
        new ExportSettings(
            "d",
            Protocol.GRPC,
            COLLECTOR,
            Map.of(Signal.LOGS, logs),
            Map.of("x-key", "v"),
            Compression.ZSTD,
            Duration.ofSeconds(3),
            tls,
            proxy,
            limits,
            retry,
            Credentials.NONE),
        all);
  }

  @Test
  void headerValuesStandInNoText() {
    ExportSettings settings = DEFAULT.withHeaders(Map.of("Authorization", "Bearer hush"));
    assertTrue(settings.toString().contains("authorization"));
    assertFalse(settings.toString().contains("hush"));
    HttpProxy proxy = new HttpProxy("proxy", 3128, "me", "hush");
    assertFalse(settings.withProxy(proxy).toString().contains("hush"));
    String message = refused(() -> DEFAULT.withHeaders(Map.of("X-Key", "hush\r\nx: y")));
    assertFalse(message.contains("hush"));
  }

  @Test
  void wrongValuesAreRefusedWithKeyValueAndWhatIsRight() {
    says("name", "a name", () -> ExportSettings.of(" ", Protocol.GRPC, COLLECTOR));
    says("timeout is PT0S", "positive", () -> DEFAULT.withTimeout(Duration.ZERO));
    says("headers is 'a b'", "header name", () -> DEFAULT.withHeaders(Map.of("a b", "v")));
    says("headers is TE", "does not set itself", () -> DEFAULT.withHeaders(Map.of("TE", "v")));
    says(
        "headers is x-bin", "does not set itself", () -> DEFAULT.withHeaders(Map.of("x-bin", "v")));
    says("headers", "once", () -> DEFAULT.withHeaders(Map.of("a", "1", "A", "2")));
    says("queueBytesMax is 0", "1 or more", () -> new Limits(0, 1, 1, 1, 0));
    says("inFlightMax is 0", "1 or more", () -> new Limits(1, 0, 1, 1, 0));
    says("mergeBytesMax is 2", "at most", () -> new Limits(1, 1, 1, 1, 2));
    Duration second = Duration.ofSeconds(1);
    says("retry.initial", "positive", () -> new Retry(Duration.ZERO, second, second));
    says("retry.max", "at least", () -> new Retry(second, Duration.ofMillis(1), second));
    says("retry.elapsedMax", "0", () -> new Retry(second, second, second.negated()));
    says("tls", "both", () -> new Tls(null, Path.of("c.pem"), null, false));
    says("tls.skipVerify", "false", () -> new Tls(Path.of("c.pem"), null, null, true));
    says(
        "endpoint for LOGS",
        "scheme",
        () -> DEFAULT.withSignalEndpoints(Map.of(Signal.LOGS, URI.create("logs"))));
  }

  @Test
  void unreadableCertificatesAreRefusedAtTheStart() {
    Tls tls = new Tls(Path.of("no-such-ca.pem"), null, null, false);
    ExportSettings settings =
        ExportSettings.of("d", Protocol.GRPC, URI.create("https://collector:4317")).withTls(tls);
    says("authority", "a readable PEM", () -> Destinations.open(settings).close());
  }

  private static void says(String what, String right, Executable wrong) {
    String message = refused(wrong);
    assertTrue(message.startsWith(what), message);
    int cut = message.indexOf("; right would be ");
    assertTrue(cut > 0 && message.substring(cut).contains(right), message);
  }

  private static String refused(Executable wrong) {
    return assertThrows(IllegalArgumentException.class, wrong).getMessage();
  }
}
