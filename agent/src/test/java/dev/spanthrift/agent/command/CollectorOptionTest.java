package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs say about a Collector's configuration. */
class CollectorOptionTest {
  private static final Map<String, String> NO_VARIABLES = Map.of();

  @TempDir Path folder;
  private Path whole;
  private Path partly;

  @BeforeEach
  void files() throws IOException {
    whole = folder.resolve("whole.yaml");
    partly = folder.resolve("partly.yaml");
    String text =
        """
        receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}}}}
        processors: {tail_sampling: {policies: [{name: all, type: always_sample}]}, attributes: {}}
        exporters: {otlp: {endpoint: "backend:4317", tls: {insecure: true}}}
        service: {pipelines: {traces: {receivers: [otlp], processors: [%s], exporters: [otlp]}}}
        """;
    Files.writeString(whole, text.formatted("tail_sampling"));
    Files.writeString(partly, text.formatted("attributes, tail_sampling"));
  }

  private static Console run(String... arguments) {
    return Console.run(NO_VARIABLES, arguments);
  }

  @Test
  void strictRefusesToStartWhenSomethingWouldBeLeftOut() {
    Console console = run("run", "--collector", partly.toString(), "--strict");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("the configuration cannot be used"), console.err());
    assertTrue(console.err().contains("processors.attributes (partly.yaml:2)"), console.err());
    assertFalse(console.err().contains("no sidecar here"), "it must not come to a start");
  }

  @Test
  void withoutStrictItStartsWithAWarning() {
    Console console = run("run", "--collector", partly.toString());
    assertTrue(
        console.err().contains("spanthrift: partly.yaml:2: processors.attributes is left out: "),
        console.err());
    assertTrue(console.err().contains("no sidecar here"), "it came to the start");
  }

  @Test
  void strictStartsWhenNothingIsLeftOut() {
    Console console = run("run", "--collector", whole.toString(), "--strict");
    assertTrue(console.err().contains("no sidecar here"), console.err());
  }

  @Test
  void aFileThatIsNoneIsSaid() {
    Console console = run("run", "--collector", folder.resolve("nowhere.yaml").toString());
    assertEquals(1, console.code());
    assertTrue(console.err().contains("a readable file"), console.err());
  }

  @Test
  void aVersionThatIsNoneIsSaid() {
    Console console = run("run", "--collector", whole.toString(), "--collector-version", "latest");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("--collector-version"), console.err());
  }

  @Test
  void importPrintsOurFormAndSaysWhatIsMissing() {
    Console console = run("import", partly.toString());
    assertEquals(0, console.code());
    assertTrue(
        console.out().startsWith("# partly.yaml:2: processors.attributes is left out"),
        console.out());
    assertTrue(console.out().contains("defaultProbability: 0.0"), console.out());
    assertTrue(console.err().contains("processors.attributes is left out"), console.err());
  }

  @Test
  void importOfSomethingElseFails() throws IOException {
    Path other = folder.resolve("other.yaml");
    Files.writeString(other, "a: 1\n");
    assertEquals(1, run("import", other.toString()).code());
  }
}
