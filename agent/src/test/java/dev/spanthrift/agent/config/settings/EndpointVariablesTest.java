package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointVariablesTest {
  private static SettingsLoader.Loaded load(String yaml, String... variables) throws Exception {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put("OTEL_EXPORTER_OTLP_" + variables[i], variables[i + 1]);
    }
    return SettingsLoader.load(yaml, "t.yaml", environment);
  }

  @Test
  void jsonIsAWordOfTheSpecificationAndGoesAsProtobuf() throws Exception {
    SettingsLoader.Loaded loaded = load("", "ENDPOINT", "http://b:1", "PROTOCOL", "http/json");
    assertEquals(
        "http/protobuf", loaded.settings().destinations().getFirst().protocol().toString());
    assertEquals(
        List.of(
            "OTEL_EXPORTER_OTLP_PROTOCOL = http/json: sent as http/protobuf, which the same"
                + " backends take"),
        loaded.warnings());
  }

  @Test
  void aBaseThatAlreadyEndsInThePathOfASignalIsNamed() throws Exception {
    assertEquals(
        List.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT = http://b:1/otlp/v1/traces/: ends in /v1/traces, and"
                + " requests would go to /v1/traces/v1/traces; write http://b:1/otlp"),
        load("", "ENDPOINT", "http://b:1/otlp/v1/traces/").warnings());
    assertEquals(
        List.of(
            "destinations[0].endpoint = http://b:1/v1/logs (t.yaml:1): ends in /v1/logs, and"
                + " requests would go to /v1/logs/v1/logs; write http://b:1"),
        load("destinations: [{endpoint: 'http://b:1/v1/logs'}]").warnings());
    assertEquals(List.of(), load("", "ENDPOINT", "http://b:1/otlp").warnings());
  }

  @Test
  void aSignalsOwnVariableWithoutItsPathIsNamed() throws Exception {
    assertEquals(
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = http://b:1: used as it is, so that requests go to /;"
            + " most backends want /v1/traces",
        load("", "TRACES_ENDPOINT", "http://b:1").warnings().getFirst());
  }
}
