package dev.spanthrift.agent.command.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
        processors: {tail_sampling: {policies: [{name: all, type: always_sample}]}, remotetap: {}}
        exporters: {otlp: {endpoint: "backend:4317", tls: {insecure: true}}}
        service: {pipelines: {traces: {receivers: [otlp], processors: [%s], exporters: [otlp]}}}
        """;
    Files.writeString(whole, text.formatted("tail_sampling"));
    Files.writeString(partly, text.formatted("remotetap, tail_sampling"));
  }

  private static Console run(String... arguments) {
    return Console.run(NO_VARIABLES, arguments);
  }

  @Test
  void strictRefusesToStartWhenSomethingWouldBeLeftOut() {
    Console console = run("run", "--collector", partly.toString(), "--strict");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("the configuration cannot be used"), console.err());
    assertTrue(console.err().contains("processors.remotetap (partly.yaml:2)"), console.err());
    assertFalse(console.err().contains("no sidecar here"), "it must not come to a start");
  }

  @Test
  void withoutStrictItStartsWithAWarning() {
    Console console = run("run", "--collector", partly.toString());
    assertTrue(
        console.err().contains("spanthrift: partly.yaml:2: processors.remotetap is left out: "),
        console.err());
    assertTrue(console.err().contains("no sidecar here"), "it came to the start");
  }

  @Test
  void strictStartsWhenNothingIsLeftOut() {
    Console console = run("run", "--collector", whole.toString(), "--strict");
    assertTrue(console.err().contains("no sidecar here"), console.err());
  }

  /** What is done in another way, beside what is left out, with the line of each. */
  @Test
  void strictRefusesWhateverIsDecidedOrShippedOtherwise() throws IOException {
    Map<String, String> otherwise =
        Map.of(
            "exporters.otlp.compression",
            "exporters: {otlp: {endpoint: 'b:1', compression: snappy}}",
            "exporters.otlp.sending_queue.enabled",
            "exporters: {otlp: {endpoint: 'b:1', sending_queue: {enabled: false}}}",
            "exporters.otlp.retry_on_failure.max_interval",
            "exporters: {otlp: {endpoint: 'b:1', retry_on_failure: {max_interval: 3s}}}");
    for (Map.Entry<String, String> one : otherwise.entrySet()) {
      Path file = folder.resolve("otherwise.yaml");
      String exporters = one.getValue();
      Files.writeString(
          file, Files.readString(whole).replaceFirst("(?m)^exporters: .*$", exporters));
      Console free = run("run", "--collector", file.toString());
      assertTrue(free.err().contains(one.getKey() + " is done otherwise: "), free.err());
      assertTrue(free.err().contains("no sidecar here"), free.err());
      for (String[] verb : new String[][] {{"run", "--collector"}, {"import"}}) {
        String[] arguments = Arrays.copyOf(verb, verb.length + 2);
        arguments[verb.length] = file.toString();
        arguments[verb.length + 1] = "--strict";
        Console console = run(arguments);
        assertEquals(1, console.code(), console.err());
        assertEquals("", console.out());
        assertTrue(
            console.err().contains(one.getKey() + " (otherwise.yaml:3): is done otherwise, which"),
            console.err());
      }
    }
  }

  /** Beside those, run has what this heap bounds, and import what its policies do otherwise. */
  @Test
  void importPrintsTheNotesOfRun() {
    List<String> run =
        notes(run("run", "--collector", partly.toString())).stream()
            .filter(note -> !note.contains("memory_limiter"))
            .toList();
    assertFalse(run.isEmpty());
    List<String> imported = notes(run("import", partly.toString()));
    assertTrue(imported.containsAll(run), imported + " should have " + run);
  }

  private static List<String> notes(Console console) {
    return console
        .err()
        .lines()
        .filter(line -> line.startsWith("spanthrift: partly.yaml"))
        .toList();
  }

  @Test
  void aVariableThatIsNotSetIsNamedWithItsLine() throws IOException {
    Path file = folder.resolve("unset.yaml");
    Files.writeString(
        file, Files.readString(whole).replace("backend:4317", "${env:ST_BACKEND}:4317"));
    for (String[] verb :
        new String[][] {{"run", "--collector", file.toString()}, {"import", file.toString()}}) {
      Console console = run(verb);
      assertEquals(1, console.code());
      assertTrue(
          console
              .err()
              .matches(
                  "(?s).*exporters.otlp.endpoint = :4317 \\(unset.yaml:3\\): an endpoint as"
                      + " host:port.*; the environment variable ST_BACKEND is not set\n"),
          console.err());
    }
    Files.writeString(
        file, Files.readString(whole).replace("insecure: true", "insecure: '${env:ST_PLAIN}'"));
    Console console = run("import", file.toString());
    assertEquals(0, console.code());
    assertTrue(
        console
            .err()
            .contains(
                "unset.yaml:3: exporters.otlp.tls.insecure: the environment variable ST_PLAIN is"
                    + " not set"),
        console.err());
  }

  @Test
  void aFileThatIsNoneIsSaid() {
    Console console = run("run", "--collector", folder.resolve("nowhere.yaml").toString());
    assertEquals(1, console.code());
    assertTrue(
        console.err().contains("nowhere.yaml: no such file; give the path of one"), console.err());
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
        console.out().startsWith("# partly.yaml:2: processors.remotetap is left out"),
        console.out());
    assertTrue(console.out().contains("defaultProbability: 0.0"), console.out());
    assertTrue(console.err().contains("processors.remotetap is left out"), console.err());
  }

  @Test
  void importOfSomethingElseFails() throws IOException {
    Path other = folder.resolve("other.yaml");
    Files.writeString(other, "a: 1\n");
    assertEquals(1, run("import", other.toString()).code());
  }
}
