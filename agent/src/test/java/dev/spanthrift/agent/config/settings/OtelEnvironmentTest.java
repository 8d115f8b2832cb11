package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Row 1D of specs.md: the exporter's environment variables. */
class OtelEnvironmentTest {
  private static final String X = "OTEL_EXPORTER_OTLP_";

  private static List<DestinationSettings> destinations(String... pairs) throws Exception {
    return SettingsLoader.load(null, environment(pairs)).settings().destinations();
  }

  private static Map<String, String> environment(String... pairs) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      environment.put(X + pairs[i], pairs[i + 1]);
    }
    return environment;
  }

  private static String refusal(String... pairs) {
    return assertThrows(SettingsException.class, () -> destinations(pairs)).getMessage();
  }

  @Test
  void oneEndpointTakesAllSignals() throws Exception {
    DestinationSettings it = destinations("ENDPOINT", "http://collector:4318").getFirst();
    assertEquals("default", it.name());
    assertEquals(Set.of(Signal.values()), it.signals());
    assertEquals(Protocol.HTTP_PROTOBUF, it.protocol());
    assertEquals(Duration.ofSeconds(10), it.timeout());
    assertEquals(Compression.GZIP, it.compression());
    assertEquals(URI.create("http://collector:4318/v1/traces"), url(it, Signal.TRACES));
  }

  @Test
  void withoutAnEndpointThereIsNoDestination() throws Exception {
    assertEquals(List.of(), destinations());
    assertEquals(List.of(), destinations("PROTOCOL", "grpc"));
  }

  @Test
  void c15_pathsAreJoinedAsTheSpecificationSays() throws Exception {
    String[][] table = {
      {"http://collector:4318", "http://collector:4318/v1/metrics"},
      {"http://collector:4318/", "http://collector:4318/v1/metrics"},
      {"http://collector:4318/mycollector/", "http://collector:4318/mycollector/v1/metrics"},
      {"http://collector:4318/mycollector", "http://collector:4318/mycollector/v1/metrics"},
      {"https://collector", "https://collector/v1/metrics"},
    };
    for (String[] row : table) {
      DestinationSettings it = destinations("ENDPOINT", row[0]).getFirst();
      assertEquals(URI.create(row[1]), url(it, Signal.METRICS));
    }
    assertEquals(443, destinations("ENDPOINT", "https://collector").getFirst().port());
    assertEquals(80, destinations("ENDPOINT", "http://collector").getFirst().port());
  }

  @Test
  void c15_aSignalsOwnEndpointIsUsedAsItIs() throws Exception {
    List<DestinationSettings> all =
        destinations(
            "ENDPOINT", "http://collector:4318", "TRACES_ENDPOINT", "https://traces:1/somewhere");
    assertEquals(List.of("default", "default-traces"), names(all));
    assertEquals(Set.of(Signal.METRICS, Signal.LOGS, Signal.PROFILES), all.get(0).signals());
    assertEquals(URI.create("https://traces:1/somewhere"), url(all.get(1), Signal.TRACES));
    DestinationSettings bare = destinations("LOGS_ENDPOINT", "http://logs:4318").getFirst();
    assertEquals(URI.create("http://logs:4318/"), url(bare, Signal.LOGS));
    assertEquals(Set.of(Signal.LOGS), bare.signals());
  }

  @Test
  void aSignalsOwnVariableWins() throws Exception {
    List<DestinationSettings> all =
        destinations(
            "ENDPOINT", "http://collector:4317",
            "PROTOCOL", "grpc",
            "METRICS_HEADERS", "k=metrics",
            "HEADERS", "k=all",
            "LOGS_COMPRESSION", "none",
            "METRICS_TIMEOUT", "2500");
    assertEquals(List.of("default", "default-metrics", "default-logs"), names(all));
    assertEquals(Map.of("k", "all"), all.get(0).headers());
    assertEquals(Map.of("k", "metrics"), all.get(1).headers());
    assertEquals(Duration.ofMillis(2500), all.get(1).timeout());
    assertEquals(Compression.NONE, all.get(2).compression());
  }

  @Test
  void signalsWithoutADestinationAreNamed() throws Exception {
    List<String> warnings =
        SettingsLoader.load(null, environment("TRACES_ENDPOINT", "http://t:4318/v1/traces"))
            .warnings();
    assertEquals(
        List.of("no destination takes [metrics, logs, profiles]: what comes of them is let go"),
        warnings);
  }

  @Test
  void headersAreBaggage() throws Exception {
    Map<String, String> headers =
        destinations(
                "ENDPOINT",
                "http://c:1",
                "HEADERS",
                " api-key = a%2Cb%3D , x-tenant=t 1,auth=Basic%20eDp5,semi=a;b")
            .getFirst()
            .headers();
    assertEquals(
        Map.of("api-key", "a,b=", "x-tenant", "t 1", "auth", "Basic eDp5", "semi", "a;b"), headers);
    for (String bad : List.of("novalue", "k=%2", "k=%zz", "k=a%0d%0ab", "a b=c", "=v", "k=%ff")) {
      String refusal = refusal("ENDPOINT", "http://c:1", "HEADERS", bad);
      assertTrue(refusal.startsWith(X + "HEADERS (environment): "), refusal);
    }
  }

  @Test
  void grpcWithoutSchemeIsTlsUnlessInsecure() throws Exception {
    assertTrue(destinations("ENDPOINT", "c:4317", "PROTOCOL", "grpc").getFirst().tls());
    assertFalse(
        destinations("ENDPOINT", "c:4317", "PROTOCOL", "grpc", "INSECURE", "true")
            .getFirst()
            .tls());
    assertTrue(
        destinations("ENDPOINT", "https://c:4317", "PROTOCOL", "grpc", "INSECURE", "true")
            .getFirst()
            .tls());
  }

  @Test
  void tlsFilesAreTaken() throws Exception {
    DestinationSettings it =
        destinations(
                "ENDPOINT", "https://c:1",
                "CERTIFICATE", "ca.pem",
                "CLIENT_CERTIFICATE", "c.pem",
                "CLIENT_KEY", "k.pem")
            .getFirst();
    assertEquals(Path.of("ca.pem"), it.authority());
    assertEquals(Path.of("c.pem"), it.clientCertificate());
    assertEquals(Path.of("k.pem"), it.clientKey());
  }

  @Test
  void badValuesAreRefusedByTheNameOfTheirVariable() {
    assertEquals(
        X + "PROTOCOL = http/xml (environment): write one of grpc, http/protobuf",
        refusal("ENDPOINT", "http://c:1", "PROTOCOL", "http/xml"));
    assertEquals(
        X + "TRACES_TIMEOUT = 10s (environment): write milliseconds, such as 10000",
        refusal("ENDPOINT", "http://c:1", "TRACES_TIMEOUT", "10s"));
    assertTrue(refusal("ENDPOINT", "c:4318").startsWith(X + "ENDPOINT = c:4318"));
    assertTrue(
        refusal("ENDPOINT", "http://c:1", "COMPRESSION", "lz4").contains("gzip, zstd, none"));
    assertTrue(refusal("ENDPOINT", "http://c:1", "CLIENT_KEY", "k").contains("together"));
  }

  @Test
  void itsOwnPortIsRefused() {
    assertTrue(refusal("ENDPOINT", "http://localhost:4318").contains("another address"));
  }

  @Test
  void destinationsInTheFileMakeTheVariablesUnusedAndThatIsSaid() throws Exception {
    Map<String, String> environment = environment("ENDPOINT", "http://c:1");
    environment.put("SPANTHRIFT_DESTINATIONS", "[{endpoint: 'http://d:2'}]");
    SettingsLoader.Loaded loaded = SettingsLoader.load(null, environment);
    assertEquals("d", loaded.settings().destinations().getFirst().host());
    assertEquals(1, loaded.warnings().size());
  }

  private static List<String> names(List<DestinationSettings> all) {
    return all.stream().map(DestinationSettings::name).toList();
  }

  private static URI url(DestinationSettings destination, Signal signal) {
    return Endpoints.http(destination.toExport(Long.MAX_VALUE, Map.of()), signal);
  }
}
