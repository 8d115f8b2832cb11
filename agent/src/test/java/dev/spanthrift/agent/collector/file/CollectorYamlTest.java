package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The YAML that people write for a Collector: anchors, variables, files, several of them. */
class CollectorYamlTest {
  private static final String FRAME =
      """
      receivers: {otlp: {protocols: {grpc: {}}}}
      exporters:
      %s
      service: {pipelines: {traces: {receivers: [otlp], exporters: [%s]}}}
      """;

  @TempDir Path folder;

  private CollectorFile read(String text, Map<String, String> environment) throws Exception {
    return CollectorFile.read(file("c.yaml", text), environment, CollectorVersion.NEWEST);
  }

  private Path file(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return file;
  }

  private List<DestinationSettings> destinations(
      String exporters, String named, Map<String, String> environment) throws Exception {
    CollectorFile read = read(FRAME.formatted(exporters.indent(2), named), environment);
    return read.load(Map.of()).settings().destinations();
  }

  private List<String> refused(String text, Map<String, String> environment) {
    SettingsException refused =
        assertThrows(SettingsException.class, () -> read(text, environment));
    return refused.problems().stream().map(Object::toString).toList();
  }

  @Test
  void anchorsAndMergeKeysStandForWhatTheyName() throws Exception {
    List<DestinationSettings> destinations =
        destinations(
            """
            otlp/a: &a
              endpoint: a:4317
              timeout: 7s
              headers: &headers {x: "1", y: "2"}
              tls: &tls {insecure: true}
            otlp/b:
              <<: *a
              endpoint: b:4317
            otlp/c:
              endpoint: c:4317
              tls: *tls
              headers: {y: "3", <<: *headers}
            otlp/d:
              <<: [{timeout: 9s, compression: none}, *a]
              endpoint: d:4317
            """,
            "otlp/a, otlp/b, otlp/c, otlp/d",
            Map.of());
    assertEquals(
        List.of("http://a:4317", "http://b:4317", "http://c:4317", "http://d:4317"),
        destinations.stream().map(d -> d.endpoint().toString()).toList());
    assertEquals(Duration.ofSeconds(7), destinations.get(1).timeout());
    assertEquals(Map.of("x", "1", "y", "2"), destinations.get(1).headers());
    assertEquals(Map.of("x", "1", "y", "3"), destinations.get(2).headers());
    assertEquals(Duration.ofSeconds(9), destinations.get(3).timeout());
  }

  @Test
  void aThousandMillionLaughsAreRefusedAtOnce() {
    StringBuilder text =
        new StringBuilder("exporters:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      String all = ("*a" + (i - 1) + ", ").repeat(10);
      text.append("  a%d: &a%d [%s x]\n".formatted(i, i, all));
    }
    List<String> problems =
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> refused(text.toString(), Map.of()));
    assertEquals(1, problems.size(), problems.toString());
    assertTrue(problems.getFirst().contains("aliases make more than 100000 values"));
  }

  @Test
  void anAliasOfNothingOrOfItselfIsRefusedByName() {
    for (String exporters : List.of("otlp: *nobody", "otlp: &me {endpoint: \"a:1\", tls: *me}")) {
      List<String> problems = refused(FRAME.formatted(exporters.indent(2), "otlp"), Map.of());
      assertTrue(problems.getFirst().contains("an anchor, &"), problems.toString());
    }
    List<String> merged =
        refused(FRAME.formatted("otlp: {endpoint: \"a:1\", <<: text}".indent(2), "otlp"), Map.of());
    assertTrue(merged.getFirst().contains("a section, or a list of sections"), merged.toString());
  }

  /** Whatever YAML thinks of it. */
  @Test
  void headersAreTextsAsTheyAreWritten() throws Exception {
    List<String> values =
        List.of(
            "1e3",
            "017",
            "0.50",
            "+1",
            "0123456",
            "1234e5678",
            ".inf",
            "0x1F",
            "1_000",
            "true",
            "null-ish",
            "~x",
            "2026-11-30",
            "0o17",
            ".5",
            "-0",
            "1:30",
            "a: b",
            "#x",
            "${x}",
            "`",
            "@a",
            "yes");
    StringBuilder headers = new StringBuilder();
    Map<String, String> environment = new LinkedHashMap<>();
    Map<String, String> expected = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      boolean plain = value.matches("[A-Za-z0-9.+_-]+");
      String written = plain ? value : "'" + value.replace("$", "$$") + "'";
      headers.append("\n    a%d: %s".formatted(i, written));
      headers.append("\n    b%d: \"${env:V%d}\"\n    c%d: ${env:V%d}".formatted(i, i, i, i));
      expected.put("a" + i, value);
      if (!value.contains("$")) { // a variable in a variable's value is a variable
        environment.put("V" + i, value);
        expected.put("b" + i, value);
        expected.put("c" + i, value);
      } else {
        expected.put("b" + i, "");
        expected.put("c" + i, "");
      }
    }
    DestinationSettings destination =
        destinations("otlp:\n  endpoint: a:1\n  headers:" + headers, "otlp", environment)
            .getFirst();
    assertEquals(expected, destination.headers());
  }

  @Test
  void variablesStandInVariablesAndFilesAreRead() throws Exception {
    Path token = file("token", "s3cr3t\n");
    Path tls = file("tls.yaml", "insecure: ${env:PLAIN}\n");
    DestinationSettings destination =
        destinations(
                """
                otlp:
                  endpoint: ${env:HOST_${env:STAGE}:-nobody}:${PORT:-${env:OTHER:-4317}}
                  headers: {token: "${file:%s}", both: "Bearer ${file:%s}", dollars: "$$x $${env:A} $"}
                  tls: ${file:%s}
                """
                    .formatted(token, token, tls),
                "otlp",
                Map.of("STAGE", "LIVE", "HOST_LIVE", "live.example", "PLAIN", "true"))
            .getFirst();
    assertEquals("http://live.example:4317", destination.endpoint().toString());
    assertEquals(
        Map.of("token", "s3cr3t", "both", "Bearer s3cr3t", "dollars", "$x ${env:A} $"),
        destination.headers());
  }

  @Test
  void aListInAVariableIsAList() throws Exception {
    CollectorFile read =
        read(
            """
            receivers: {otlp: {protocols: {grpc: {}}}}
            exporters: {otlp: {endpoint: "a:1"}}
            processors: {batch: {timeout: 3s}}
            service: {pipelines: {traces: {receivers: [otlp], processors: "${env:PROCESSORS}", exporters: [otlp]}}}
            """,
            Map.of("PROCESSORS", "[batch]"));
    assertEquals(Map.of("delay", "3s"), read.settings().get("export"));
  }

  @Test
  void whatCannotBeReplacedIsRefusedByName() {
    for (String variable :
        List.of("${http://x/y}", "${yaml:a: 1}", "${a-b}", "${}", "${file:/nowhere/at/all}")) {
      List<String> problems =
          refused(
              FRAME.formatted("otlp: {endpoint: \"%s\"}".formatted(variable).indent(2), "otlp"),
              Map.of());
      assertTrue(problems.getFirst().contains(variable), problems.toString());
    }
    List<String> endless =
        refused(
            FRAME.formatted("otlp: {endpoint: \"${A}\"}".indent(2), "otlp"), Map.of("A", "${A}"));
    assertTrue(endless.getFirst().contains("fewer variables"), endless.toString());
    List<String> swelling =
        refused(
            FRAME.formatted("otlp: {endpoint: \"${A}\"}".indent(2), "otlp"),
            Map.of("A", "${B}${B}", "B", "${C}${C}", "C", "x".repeat(600_000)));
    assertTrue(swelling.getFirst().length() > 0, "in time and memory");
  }

  @Test
  void severalFilesAreOneOfWhichTheLaterGoesBefore() throws Exception {
    Path base =
        file(
            "base.yaml",
            FRAME.formatted("otlp: {endpoint: \"a:1\", timeout: 7s}".indent(2), "otlp"));
    Path over = file("over.yaml", "exporters: {otlp: {endpoint: \"b:1\", compression: snappy}}\n");
    CollectorFile read = CollectorFile.read(List.of(base, over), Map.of(), CollectorVersion.NEWEST);
    DestinationSettings destination = read.load(Map.of()).settings().destinations().getFirst();
    assertEquals("https://b:1", destination.endpoint().toString());
    assertEquals(Duration.ofSeconds(7), destination.timeout());
    Remark remark = read.lost().getFirst();
    assertEquals("over.yaml:1", remark.where(), "each line is named in its own file");
  }
}
