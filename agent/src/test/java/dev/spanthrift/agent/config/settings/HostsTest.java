package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.yaml.SettingsException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts as people have them in Compose, Swarm and Kubernetes. */
class HostsTest {
  @ParameterizedTest
  @CsvSource({
    "otel_collector:4318, otel_collector, 4318",
    "my_stack_otel-collector_1:4318, my_stack_otel-collector_1, 4318",
    "tasks.otel:4318, tasks.otel, 4318",
    "tasks.otel_collector:4318, tasks.otel_collector, 4318",
    "otel.monitoring.svc.cluster.local:4318, otel.monitoring.svc.cluster.local, 4318",
    "otel.monitoring.svc.cluster.local.:4318, otel.monitoring.svc.cluster.local., 4318",
    "collector.:4318, collector., 4318",
    "collector-0.collector:4318, collector-0.collector, 4318",
    "1collector:4318, 1collector, 4318",
    "collector.1:4318, collector.1, 4318",
    "3f2a9c0de1b4:4318, 3f2a9c0de1b4, 4318",
    "-collector-:4318, -collector-, 4318",
    "host.docker.internal:4318, host.docker.internal, 4318",
    "otel_collector, otel_collector, 80",
    "127.0.0.1:9318, 127.0.0.1, 9318",
    "[::1]:9318, ::1, 9318",
    "[fd00::7], fd00::7, 80",
    "[fe80::1%25eth0]:4318, fe80::1%eth0, 4318",
    "[fe80::1%eth0]:4318, fe80::1%eth0, 4318",
  })
  void anHttpEndpointHasThatHostAndPort(String authority, String host, int port) throws Exception {
    for (String protocol : new String[] {"http/protobuf", "grpc"}) {
      DestinationSettings read =
          SettingsLoader.load(
                  "",
                  "t",
                  Map.of(
                      "OTEL_EXPORTER_OTLP_ENDPOINT",
                      "http://" + authority,
                      "OTEL_EXPORTER_OTLP_PROTOCOL",
                      protocol))
              .settings()
              .destinations()
              .getFirst();
      assertEquals(host, read.host(), protocol);
      assertEquals(port, read.port(), protocol);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "otel_collector:4317, otel_collector",
    "[fd00::7]:4317, fd00::7",
    "collector:4317, collector"
  })
  void grpcNeedsNoScheme(String authority, String host) throws Exception {
    DestinationSettings read =
        SettingsLoader.load(
                "",
                "t",
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", authority,
                    "OTEL_EXPORTER_OTLP_INSECURE", "true",
                    "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"))
            .settings()
            .destinations()
            .getFirst();
    assertEquals(host, read.host());
    assertEquals(4317, read.port());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://",
        "http://:4318",
        "http://a:99999",
        "http://a:x",
        "http://a b:1",
        "http://[::1:1",
        "a:4318"
      })
  void whatHasNoHostIsRefusedWithWhatWouldBeRight(String endpoint) {
    SettingsException refused =
        assertThrows(
            SettingsException.class,
            () ->
                SettingsLoader.load(
                    "destinations: [{endpoint: '" + endpoint + "'}]", "t", Map.of()));
    assertTrue(refused.getMessage().contains("http://host:port"), refused.getMessage());
  }

  @Test
  void thePortsListenOnAddressesWithBracketsToo() throws Exception {
    assertEquals(
        "::1",
        SettingsLoader.load("", "t", Map.of("SPANTHRIFT_LISTEN_GRPC_HOST", "[::1]"))
            .settings()
            .listen()
            .grpc()
            .host());
  }
}
