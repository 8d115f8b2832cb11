package dev.spanthrift.agent.command.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Collector's file that protects or sends what we cannot is refused, and by name accepted. */
class CollectorLossTest {
  private static final String PLAIN =
      """
      receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}}}}
      processors: {batch: {}}
      exporters: {otlp: {endpoint: "backend:4317", tls: {insecure: true}}}
      extensions: {}
      connectors: {}
      service:
        extensions: []
        pipelines:
          traces: {receivers: [otlp], processors: [], exporters: [otlp]}
      """;

  @TempDir Path folder;

  private Console run(String text, String... more) throws IOException {
    Path file = folder.resolve("c.yaml");
    Files.writeString(file, text);
    String[] arguments = new String[3 + more.length];
    arguments[0] = "run";
    arguments[1] = "--collector";
    arguments[2] = file.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Console.run(Map.of(), arguments);
  }

  private static String with(String from, String to) {
    assertTrue(PLAIN.contains(from), from);
    return PLAIN.replace(from, to);
  }

  private static String processor(String type, String body) {
    return with("{batch: {}}", "{" + type + ": " + body + "}")
        .replace("processors: []", "processors: [" + type + "]");
  }

  /** Name by which it is accepted → a file in which it stands. */
  private static Map<String, String> losses() {
    Map<String, String> losses = new LinkedHashMap<>();
    for (String type :
        new String[] {
          "attributes", "redaction", "transform", "filter", "resource", "k8sattributes"
        }) {
      losses.put("processors/" + type, processor(type, "{a: 1}"));
    }
    losses.put("processors/attributes/pii", processor("attributes/pii", "{actions: []}"));
    losses.put(
        "receivers/jaeger",
        with("receivers: {", "receivers: {jaeger: {}, ").replace("[otlp], p", "[otlp, jaeger], p"));
    losses.put(
        "exporters/kafka",
        with("exporters: {", "exporters: {kafka: {}, ")
            .replace("exporters: [otlp]", "exporters: [otlp, kafka]"));
    losses.put(
        "connectors/spanmetrics",
        with("connectors: {}", "connectors: {spanmetrics: {}}")
            .replace("exporters: [otlp]", "exporters: [otlp, spanmetrics]"));
    losses.put(
        "receivers/otlp/auth",
        with("\"127.0.0.1:0\"", "\"127.0.0.1:0\", auth: {authenticator: oidc}")
            .replace("extensions: {}", "extensions: {oidc: {}}")
            .replace("extensions: []", "extensions: [oidc]"));
    losses.put(
        "exporters/otlp/auth",
        with("tls: {insecure: true}", "auth: {authenticator: oauth2client}")
            .replace("extensions: {}", "extensions: {oauth2client: {}}")
            .replace("extensions: []", "extensions: [oauth2client]"));
    losses.put(
        "exporters/otlp/sending_queue/storage",
        with("tls: {insecure: true}", "sending_queue: {storage: file_storage}"));
    losses.put(
        "exporters/otlp/tls/insecure_skip_verify",
        with("insecure: true", "insecure_skip_verify: true"));
    losses.put(
        "receivers/otlp/tls/min_version",
        with(
            "\"127.0.0.1:0\"",
            "\"127.0.0.1:0\", tls: {cert_file: /c, key_file: /k, min_version: \"1.3\"}"));
    losses.put(
        "service/pipelines/traces/all",
        with("{batch: {}}", "{probabilistic_sampler: {sampling_percentage: 10}}")
                .replace("processors: []", "processors: [probabilistic_sampler]")
                .replace("exporters: {", "exporters: {otlp/all: {endpoint: \"all:4317\"}, ")
            + "    traces/all: {receivers: [otlp], exporters: [otlp/all]}\n");
    losses.put(
        "processors/transform", processor("transform", "{}").replace("traces: {", "logs: {"));
    losses.put(
        "processors/tail_sampling/policies/slow ones",
        processor(
            "tail_sampling",
            "{policies: [{name: slow ones, type: ottl_condition, ottl_condition: {span:"
                + " ['ParseXML(name) != nil']}}, {name: all, type: always_sample}]}"));
    return losses;
  }

  @Test
  void whatProtectsOrSendsDataIsNotLeftOutUnlessItIsAcceptedByName() throws IOException {
    for (Map.Entry<String, String> loss : losses().entrySet()) {
      Console refused = run(loss.getValue());
      String name = loss.getKey();
      assertEquals(1, refused.code(), name + " " + refused.err());
      String shown = name.contains(" ") ? "'" + name + "'" : name;
      assertTrue(refused.err().contains("--accept " + shown + "\n"), name + " in " + refused.err());
      assertFalse(refused.err().contains("no sidecar here"), "it must not come to a start");
      Console accepted = run(loss.getValue(), "--accept", name);
      assertTrue(accepted.err().contains("no sidecar here"), name + " " + accepted.err());
      assertTrue(accepted.err().contains(" is left out: "), "it is still said: " + accepted.err());
    }
  }

  @Test
  void eachOfSeveralIsAcceptedByItself() throws IOException {
    String both =
        with("{batch: {}}", "{redaction: {}, filter: {}}")
            .replace("processors: []", "processors: [redaction, filter]");
    Console one = run(both, "--accept", "processors/redaction");
    assertEquals(1, one.code());
    assertFalse(one.err().contains("--accept processors/redaction"), one.err());
    assertTrue(one.err().contains("--accept processors/filter"), one.err());
    for (String[] all :
        new String[][] {
          {"--accept", "processors/redaction", "processors/filter"},
          {"--accept", "processors/redaction", "--accept", "processors/filter"},
        }) {
      assertTrue(run(both, all).err().contains("no sidecar here"), String.join(" ", all));
    }
  }

  @Test
  void aNameThatNothingHasIsRefusedWithTheOneThatIsMeant() throws IOException {
    Console console = run(losses().get("processors/redaction"), "--accept", "processors/redacton");
    assertEquals(1, console.code());
    assertTrue(
        console
            .err()
            .contains(
                "--accept = processors/redacton: nothing has this name; did you mean"
                    + " processors/redaction?"),
        console.err());
  }

  @Test
  void whatIsOnlyTuningStartsWithAWarning() throws IOException {
    String tuned =
        with("tls: {insecure: true}", "tls: {insecure: true}, retry_on_failure: {max_interval: 3s}")
            .replace("extensions: {}", "extensions: {health_check: {}, pprof: {}}")
            .replace("extensions: []", "extensions: [health_check, pprof]");
    Console console = run(tuned);
    assertTrue(console.err().contains("no sidecar here"), console.err());
    assertTrue(console.err().contains("extensions.health_check is left out: "), console.err());
    Console strict = run(tuned, "--strict");
    assertEquals(1, strict.code());
    assertTrue(strict.err().contains("extensions.health_check"), strict.err());
  }

  @Test
  void strictTakesWhatIsAcceptedByNameAndNothingElse() throws IOException {
    String text =
        processor("redaction", "{}")
            .replace("tls: {insecure: true}", "tls: {insecure: true}, compression: snappy");
    Console console = run(text, "--strict", "--accept", "processors/redaction");
    assertEquals(1, console.code());
    assertFalse(console.err().contains("processors.redaction (c.yaml"), console.err());
    Console both =
        run(text, "--strict", "--accept", "processors/redaction", "exporters/otlp/compression");
    assertTrue(both.err().contains("no sidecar here"), both.err());
  }

  @Test
  void acceptWithoutACollectorsFileIsRefused() {
    Console console = Console.run(Map.of(), "run", "--accept", "processors/redaction");
    assertEquals(1, console.code());
    assertTrue(console.err().contains("--accept: goes with --collector FILE"), console.err());
  }
}
