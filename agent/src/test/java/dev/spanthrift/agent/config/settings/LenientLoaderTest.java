package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LenientLoaderTest {
  private static final Map<String, String> BACKEND =
      Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://b:9318");

  @TempDir Path folder;

  private SettingsLoader.Loaded load(String yaml, Map<String, String> environment)
      throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), yaml);
    return SettingsLoader.loadLeniently(file, environment, settings -> {});
  }

  private static List<String> keys(SettingsLoader.Loaded loaded) {
    return loaded.leftOut().stream().map(SettingProblem::key).toList();
  }

  @Test
  void whatIsWrongIsLeftOutAndTheRestHolds() throws Exception {
    SettingsLoader.Loaded loaded =
        load(
            """
            hold: {pauze: 1s, pause: 2s, deadline: soon}
            listen: {http: {port: 99999}}
            budgets: [{name: a}, {amount: 3}, {amount: x}]
            destinations: [{endpoint: 'http://b:9318', timeot: 1s, timeout: fast}]
            nonsense: 1
            """,
            Map.of("SPANTHRIFT_ADMIN_PORT", "x"));
    SpanthriftSettings settings = loaded.settings();
    assertEquals(Duration.ofSeconds(2), settings.hold().pause());
    assertEquals(Duration.ofSeconds(20), settings.hold().deadline());
    assertEquals(4318, settings.listen().http().port());
    assertEquals(1, settings.budgets().size());
    assertEquals("http://b:9318", settings.destinations().getFirst().endpoint().toString());
    assertEquals(4321, settings.admin().port());
    assertTrue(
        keys(loaded)
            .containsAll(
                List.of(
                    "hold.pauze",
                    "hold.deadline",
                    "listen.http.port",
                    "destinations[0].timeot",
                    "destinations[0].timeout",
                    "nonsense",
                    "admin.port")),
        () -> loaded.leftOut().toString());
    assertFalse(loaded.policiesLost());
  }

  @Test
  void aFileThatIsNoYamlIsLeftOutWhole() throws Exception {
    SettingsLoader.Loaded loaded = load("hold: {pause: 2s\n  policies [", BACKEND);
    assertEquals(Duration.ofSeconds(1), loaded.settings().hold().pause());
    assertEquals(1, loaded.settings().destinations().size());
    assertTrue(loaded.policiesLost());
    assertTrue(
        SettingsLoader.loadLeniently(folder.resolve("absent"), BACKEND, settings -> {})
            .policiesLost());
  }

  @ParameterizedTest
  @ValueSource(strings = {"policies: 3", "policies: [7]", "defaultProbability: lots"})
  void policiesThatCannotBeReadAreKnownToBeLost(String yaml) throws Exception {
    assertTrue(load(yaml, BACKEND).policiesLost());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "destinations: [{endpoint: nowhere}]",
        "destinations: [{endpoint: 'http://b:9318', headers: {'a b': c}}]",
        "destinations: [{endpoint: 'http://b:9318', headers: {a: '${env:NOT_SET}'}}]",
        "destinations: [{name: a}]",
        "destinations: [{endpoint: 'https://b:9318', clientKey: k.pem}]",
        "listen: {tls: {key: k.pem}}"
      })
  void whatWouldSendSpansElsewhereOrUnprotectedEndsTheStart(String yaml) {
    assertThrows(SettingsException.class, () -> load(yaml, BACKEND));
  }

  @Test
  void whatOthersFindWrongIsLeftOutToo() throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "price: {model: datadog}\n");
    SettingsLoader.Loaded loaded =
        SettingsLoader.loadLeniently(
            file,
            BACKEND,
            settings -> {
              if (settings.price().model() != null) {
                throw new SettingsException(
                    List.of(new SettingProblem("price.model", "datadog", "", "another")));
              }
            });
    assertEquals(List.of("price.model"), keys(loaded));
  }
}
