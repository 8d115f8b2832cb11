package dev.spanthrift.exporter.settings;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.destination.Destinations;
import dev.spanthrift.sampler.wire.Signal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
  @ParameterizedTest
  @CsvSource({
    "http://collector:4318, http://collector:4318/v1/traces",
    "http://collector:4318/, http://collector:4318/v1/traces",
    "http://collector:4318/mycollector, http://collector:4318/mycollector/v1/traces",
    "http://collector:4318/mycollector/, http://collector:4318/mycollector/v1/traces",
    "https://api.example.com/otlp?key=a%20b, https://api.example.com/otlp/v1/traces?key=a%20b",
    "http://[::1]:4318, http://[::1]:4318/v1/traces",
  })
  void c15_baseIsFollowedByTheSignalsPath(String base, String traces) {
    var settings = ExportSettings.of("d", Protocol.HTTP_PROTOBUF, URI.create(base));
    assertEquals(URI.create(traces), Endpoints.http(settings, Signal.TRACES));
  }

  @ParameterizedTest
  @CsvSource({
    "http://collector:4318, http://collector:4318/",
    "https://collector.example.com/v1/metrics, https://collector.example.com/v1/metrics",
    "https://collector.example.com/v1/metrics/, https://collector.example.com/v1/metrics/",
    "http://collector/custom?x=1, http://collector/custom?x=1",
  })
  void c15_signalsOwnUrlIsUsedAsItIs(String own, String used) {
    var settings =
        ExportSettings.of("d", Protocol.HTTP_PROTOBUF, URI.create("http://base:4318"))
            .withSignalEndpoints(Map.of(Signal.METRICS, URI.create(own)));
    assertEquals(URI.create(used), Endpoints.http(settings, Signal.METRICS));
    assertEquals(URI.create("http://base:4318/v1/logs"), Endpoints.http(settings, Signal.LOGS));
  }

  @Test
  void c15_portsDefaultByScheme() {
    assertEquals(80, Endpoints.port(URI.create("http://collector")));
    assertEquals(443, Endpoints.port(URI.create("https://collector")));
    assertEquals(4317, Endpoints.port(URI.create("https://collector:4317")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collector:4318",
        "ftp://collector",
        "http://collector:99999",
        "http://user:secret@collector:4318",
        "unix:///run/x"
      })
  void refusesWhatIsNoEndpoint(String text) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> ExportSettings.of("d", Protocol.HTTP_PROTOBUF, URI.create(text)));
    assertTrue(refused.getMessage().startsWith("endpoint is "), refused.getMessage());
    assertTrue(refused.getMessage().contains("right would be"), refused.getMessage());
    assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
  }

  @Test
  void refusesAPathForGrpc() {
    assertThrows(
        IllegalArgumentException.class,
        () -> ExportSettings.of("d", Protocol.GRPC, URI.create("http://collector:4317/v1/traces")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:4317",
        "http://127.0.0.1:4317",
        "http://127.1.2.3:4317",
        "http://[::1]:4317",
        "http://0.0.0.0:4317",
        "http://[::]:4317",
        "http://[::ffff:127.0.0.1]:4317"
      })
  void refusesItsOwnLoopbackPort(String uri) throws Exception {
    for (String door : List.of("127.0.0.1", "::1", "0.0.0.0", "::")) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> Destinations.requireNotOwn(URI.create(uri), listening(door, 4317)),
              uri + " against " + door);
      assertTrue(refused.getMessage().contains("Spanthrift itself listens"));
    }
    assertDoesNotThrow(
        () -> Destinations.requireNotOwn(URI.create(uri), listening("127.0.0.1", 4318)));
  }

  @Test
  void refusesItsOwnInterfaceAddressesOnlyWhereItListens() throws Exception {
    for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : each.inetAddresses().toList()) {
        String host = address.getHostAddress().replaceFirst("%.*", "");
        if (address.isLoopbackAddress() || address.isLinkLocalAddress()) {
          continue;
        }
        URI uri = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":4317");
        assertTrue(Endpoints.own(uri, listening("0.0.0.0", 4317)), uri.toString());
        assertTrue(Endpoints.own(uri, listening(host, 4317)), uri.toString());
        assertFalse(Endpoints.own(uri, listening("127.0.0.1", 4317)), uri.toString());
      }
    }
  }

  @Test
  void refusesASignalsOwnEndpointToo() {
    var settings =
        ExportSettings.of("d", Protocol.GRPC, URI.create("http://192.0.2.1:4317"))
            .withSignalEndpoints(Map.of(Signal.LOGS, URI.create("http://localhost:4317")));
    assertThrows(
        IllegalArgumentException.class,
        () -> Destinations.requireNotOwn(settings, listening("127.0.0.1", 4317)));
  }

  @Test
  void acceptsOthers() throws Exception {
    assertFalse(Endpoints.own(URI.create("http://192.0.2.1:4317"), listening("0.0.0.0", 4317)));
    assertFalse(
        Endpoints.own(URI.create("http://no.such.host.invalid:4317"), listening("::", 4317)));
  }

  private static List<InetSocketAddress> listening(String host, int port) {
    return List.of(new InetSocketAddress(host, port));
  }
}
