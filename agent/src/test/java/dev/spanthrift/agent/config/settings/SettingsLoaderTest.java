package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
  @TempDir Path folder;

  @Test
  void everySettingHasARowInTheTable() {
    List<String> leaves = new ArrayList<>();
    for (String key : Keys.all()) {
      if (!key.contains("[") && Keys.all().stream().noneMatch(k -> k.startsWith(key + "."))) {
        leaves.add(key);
      }
    }
    assertEquals(leaves, SettingsTable.rows().stream().map(SettingsTable.Row::key).toList());
    assertEquals(
        Arrays.stream(DestinationSettings.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList(),
        SettingsTable.destinationRows().stream().map(SettingsTable.Row::key).toList());
    assertEquals(
        Arrays.stream(BudgetSettings.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList(),
        SettingsTable.budgetRows().stream().map(SettingsTable.Row::key).toList());
  }

  @Test
  void everyKeyOfABudgetHasItsDefaultCanBeSetAndRefusesWhatCannotBe() throws Exception {
    for (SettingsTable.Row row : SettingsTable.budgetRows()) {
      assertEquals(row.byDefault(), at(budget("amount: 100"), row.key()), row.key());
      String amount = row.key().equals("amount") ? "" : "amount: 100, ";
      BudgetSettings budget = budget(amount + row.key() + ": " + row.explicit());
      assertEquals(row.value(), at(budget, row.key()), row.key());
      String file = "budgets: [{" + amount + row.key() + ": " + row.refused() + "}]";
      expectRefused(file, row, "budgets[0]." + row.key());
    }
    assertTrue(refusal("budgets: [{name: a}]").contains("budgets[0].amount: is needed"));
    assertTrue(refusal("budgets: [{amount: 1}, {amount: 2}]").contains("budgets[1].name = all"));
    assertTrue(refusal("budgets: [{amount: 1, keepMin: 0.5, keepMax: 0.1}]").contains("keepMax"));
  }

  private BudgetSettings budget(String keys) throws Exception {
    return load("budgets:\n  - {" + keys + "}", Map.of()).budgets().getFirst();
  }

  @Test
  void everySettingHasItsDefault() throws Exception {
    SpanthriftSettings settings = SettingsLoader.defaults();
    for (SettingsTable.Row row : SettingsTable.rows()) {
      assertEquals(row.byDefault(), at(settings, row.key()), row.key());
    }
    DestinationSettings destination = destination("{endpoint: 'http://backend:9999'}");
    for (SettingsTable.Row row : SettingsTable.destinationRows()) {
      assertEquals(row.byDefault(), at(destination, row.key()), row.key());
    }
  }

  @Test
  void everySettingCanBeSetInTheFile() throws Exception {
    for (SettingsTable.Row row : SettingsTable.rows()) {
      if (row.value() != null) {
        SpanthriftSettings settings = load(yaml(row.key(), row.explicit()), Map.of());
        assertEquals(row.value(), at(settings, row.key()), row.key());
      }
    }
    for (SettingsTable.Row row : SettingsTable.destinationRows()) {
      if (row.value() != null) {
        assertEquals(row.value(), at(destination(element(row.key(), row.explicit())), row.key()));
      }
    }
  }

  @Test
  void everySettingCanBeSetByItsVariableWhichBeatsTheFile() throws Exception {
    for (SettingsTable.Row row : SettingsTable.rows()) {
      if (row.value() != null && !row.explicit().startsWith("{")) {
        String file =
            row.byDefault() instanceof List || row.byDefault() instanceof Map
                ? ""
                : yaml(row.key(), "''");
        SpanthriftSettings settings = load(file, Map.of(Keys.variable(row.key()), row.explicit()));
        assertEquals(row.value(), at(settings, row.key()), row.key());
      }
    }
  }

  @Test
  void everySettingRefusesWhatCannotBeAndSaysWhatWouldBeRight() throws Exception {
    for (SettingsTable.Row row : SettingsTable.rows()) {
      expectRefused(yaml(row.key(), row.refused()), row, row.key());
    }
    for (SettingsTable.Row row : SettingsTable.destinationRows()) {
      String file = "destinations:\n  - " + element(row.key(), row.refused());
      expectRefused(file, row, "destinations[0]." + row.key());
    }
  }

  private void expectRefused(String file, SettingsTable.Row row, String key) {
    SettingsException refused =
        assertThrows(SettingsException.class, () -> load(file, Map.of()), key);
    String all = refused.getMessage();
    assertTrue(all.contains(row.right()), () -> key + " -> " + all);
    String section = key.contains(".") ? key.substring(0, key.lastIndexOf('.')) : key;
    assertTrue(all.startsWith(section), () -> key + " -> " + all);
  }

  @Test
  void tlsFilesAreSetTogether() throws Exception {
    SpanthriftSettings settings =
        load("listen: {tls: {certificate: c.pem, key: k.pem, clientAuthority: ca.pem}}", Map.of());
    assertEquals(
        new ListenSettings.PortTls(Path.of("c.pem"), Path.of("k.pem"), Path.of("ca.pem")),
        settings.listen().tls());
    assertNotNull(settings.listen().tls().tls());
    assertNull(SettingsLoader.defaults().listen().tls().tls());
    DestinationSettings destination =
        destination("{endpoint: 'https://backend:1', clientCertificate: c.pem, clientKey: k.pem}");
    assertEquals(Path.of("k.pem"), destination.clientKey());
  }

  @Test
  void severalProblemsAreListedTogetherWithTheirLines() {
    SettingsException refused =
        assertThrows(
            SettingsException.class,
            () ->
                load(
                    """
                    hold:
                      pause: fast
                      bytesMax: 64
                    admin:
                      port: 4317x
                    stampAlways: maybe
                    """,
                    Map.of("SPANTHRIFT_EXPORT_DELAY", "soon")));
    assertEquals(
        List.of(
            "admin.port = 4317x (test.yaml:5): write a whole number",
            "hold.pause = fast (test.yaml:2): write a time with its unit, such as 500ms, 1s, 2m or"
                + " 1h",
            "hold.bytesMax = 64 (test.yaml:3): write a size with its unit, such as 64MiB or 512KiB",
            "stampAlways = maybe (test.yaml:6): write true or false",
            "export.delay = soon (SPANTHRIFT_EXPORT_DELAY): write a time with its unit, such as"
                + " 500ms, 1s, 2m or 1h"),
        refused.problems().stream().map(SettingProblem::toString).toList());
  }

  @Test
  void aRangeProblemNamesTheLineToo() {
    SettingsException refused =
        assertThrows(SettingsException.class, () -> load("\nhold:\n  deadline: 0.5s\n", Map.of()));
    assertEquals("hold.deadline = 500ms (test.yaml:3): at least pause, 1s", refused.getMessage());
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearestKnownOne() {
    assertEquals(
        "hold.pauze (test.yaml:2): unknown key; did you mean hold.pause?",
        refusal("hold:\n  pauze: 1s\n"));
    assertEquals(
        "pause (test.yaml:1): unknown key; did you mean hold.pause?", refusal("pause: 1s\n"));
    assertEquals(
        "default (test.yaml:1): unknown key; did you mean defaultProbability: 0.1, without a"
            + " section?",
        refusal("default: {probability: 0.1}\n"));
    assertEquals(
        "destinations[0].endpiont (test.yaml:1): unknown key; did you mean"
            + " destinations[].endpoint?",
        refusal("destinations: [{endpoint: 'http://x:1', endpiont: y}]").lines().findFirst().get());
    assertTrue(refusal("zzzzzzzzz: 1").contains("unknown key; known here: listen, admin"));
  }

  @Test
  void aKeyThatStandsTwiceIsRefused() {
    assertEquals(
        "hold.pause (test.yaml:4): stands twice, first at test.yaml:2",
        refusal("hold:\n  pause: 1s\n  deadline: 5s\n  pause: 2s\n"));
  }

  @Test
  void whatIsNotYamlIsRefusedWithItsLine() {
    String refusal = refusal("hold:\n  pause: [1s\nadmin: {}\n");
    assertTrue(refusal.startsWith("test.yaml (test.yaml:"), refusal);
    assertTrue(refusal.contains("not YAML"), refusal);
    assertTrue(refusal("a: 1\n---\nb: 2\n").contains("one document only"));
    assertTrue(refusal("hold: &h {pause: 2s}\nadmin: *h\n").contains("repeat the value"));
  }

  @Test
  void aMissingFileIsAProblemNotACrash() {
    SettingsException refused =
        assertThrows(
            SettingsException.class,
            () -> SettingsLoader.load(folder.resolve("absent.yaml"), Map.of()));
    assertTrue(refused.getMessage().startsWith("--config = "), refused.getMessage());
  }

  @Test
  void variablesExpandInValues() throws Exception {
    Map<String, String> environment = Map.of("WAIT", "3s", "SHARE", "0.25", "HOST", "backend");
    SpanthriftSettings settings =
        load(
            """
            hold: {pause: "${env:WAIT}"}
            policies:
              - {probability: "${env:SHARE}", match: "$${env:HOST} ^a$", other: "${env:NO:-x}"}
            destinations:
              - endpoint: http://${env:HOST}:4318
            """,
            environment);
    assertEquals(Duration.ofSeconds(3), settings.hold().pause());
    assertEquals(
        Map.of("probability", 0.25, "match", "${env:HOST} ^a$", "other", "x"),
        settings.policies().getFirst());
    assertEquals("backend", settings.destinations().getFirst().host());
    assertTrue(refusal("stateDir: ${env:NOWHERE}").contains("NOWHERE is not set"));
  }

  @Test
  void aVariableThatNobodyReadsIsNamedUnlessKubernetesMadeIt() throws Exception {
    Path file = Files.writeString(folder.resolve("test.yaml"), "");
    List<String> warnings =
        SettingsLoader.load(
                file,
                Map.of(
                    "SPANTHRIFT_HOLD_PAUZE", "1s",
                    "SPANTHRIFT_SERVICE_HOST", "10.0.0.1",
                    "SPANTHRIFT_PORT", "tcp://10.0.0.1:4317",
                    "SPANTHRIFT_PORT_4317_TCP_ADDR", "10.0.0.1",
                    "SPANTHRIFT_JAVA_OPTS", "-Xmx64m"))
            .warnings();
    assertEquals(
        List.of("the environment variable SPANTHRIFT_HOLD_PAUZE is no setting and is not used"),
        warnings);
    SettingsException refused =
        assertThrows(
            SettingsException.class,
            () -> load("", Map.of("SPANTHRIFT_ADMIN_PORT", "tcp://10.0.0.1:80")));
    assertTrue(refused.getMessage().contains("enableServiceLinks: false"));
  }

  @Test
  void itsOwnPortIsNoDestination() throws Exception {
    for (String own :
        List.of(
            "http://localhost:4318",
            "http://127.0.0.1:4317",
            "http://[::1]:4318/",
            "http://127.1.2.3:4318",
            "https://LOCALHOST:4317")) {
      assertTrue(
          refusal("destinations: [{endpoint: '" + own + "'}]").contains("another address"), own);
    }
    assertEquals(9999, destination("{endpoint: 'http://localhost:9999'}").port());
  }

  @Test
  void grpcTakesNoPath() {
    assertTrue(
        refusal("destinations: [{protocol: grpc, endpoint: 'http://a:1/x'}]").contains("no path"));
  }

  @Test
  void twoDestinationsHaveTwoNames() {
    assertEquals(
        "destinations[1].name = default (default): a name of its own",
        refusal("destinations: [{endpoint: 'http://a:1'}, {endpoint: 'http://b:1'}]"));
  }

  @Test
  void secretsAreNeverShown() throws Exception {
    DestinationSettings destination =
        destination("{endpoint: 'http://a:1', headers: {authorization: hunter2}}");
    assertFalse(destination.toString().contains("hunter2"));
    assertFalse(refusal("destinations: [{endpoint: 'http://u:hunter2@h:1'}]").contains("hunter2"));
    assertFalse(refusal("destinations: [{endpoint: 'ftp://u:hunter2@h:1'}]").contains("hunter2"));
    assertFalse(refusal("telemetry: {headers: 'hunter2'}").contains("hunter2"));
    assertFalse(refusal("telemetry: {headers: 'k=hunter2%0A'}").contains("hunter2"));
  }

  private String refusal(String yaml) {
    return assertThrows(SettingsException.class, () -> load(yaml, Map.of()), yaml).getMessage();
  }

  private SpanthriftSettings load(String yaml, Map<String, String> environment) throws Exception {
    Path file = Files.writeString(folder.resolve("test.yaml"), yaml);
    return SettingsLoader.load(file, environment).settings();
  }

  private DestinationSettings destination(String element) throws Exception {
    return load("destinations:\n  - " + element, Map.of()).destinations().getFirst();
  }

  private static String element(String key, String value) {
    String endpoint = key.equals("endpoint") ? "" : "endpoint: 'http://backend:9999', ";
    return "{" + endpoint + key + ": " + value + "}";
  }

  private static String yaml(String key, String value) {
    StringBuilder yaml = new StringBuilder();
    String indent = "";
    for (String part : key.split("\\.")) {
      yaml.append(indent).append(part).append(":\n");
      indent += "  ";
    }
    yaml.setLength(yaml.length() - 1);
    return yaml.append(' ').append(value).append('\n').toString();
  }

  private static Object at(Object settings, String key) throws Exception {
    Object value = settings;
    for (String part : key.split("\\.")) {
      var accessor = value.getClass().getDeclaredMethod(part);
      value = accessor.invoke(value);
    }
    return value == null ? SettingsTable.none() : value;
  }
}
