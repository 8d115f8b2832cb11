package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.agent.config.settings.ListenSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets what of a file with several pipelines, receivers and exporters. */
class CollectorPipelinesTest {
  private static final String COMPONENTS =
      """
      receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:0"}}}, otlp/2: {protocols: {http: {}}}, jaeger: {}}
      processors:
        probabilistic_sampler: {sampling_percentage: 5}
        probabilistic_sampler/2: {sampling_percentage: 50}
        batch: {timeout: 3s}
        batch/2: {timeout: 9s}
        redaction: {}
      exporters: {otlp/a: {endpoint: "a:1"}, otlp/b: {endpoint: "b:1"}, debug: {}}
      service:
        pipelines:
      """;

  @TempDir Path folder;

  private CollectorFile read(String... pipelines) throws Exception {
    StringBuilder text = new StringBuilder(COMPONENTS);
    for (String pipeline : pipelines) {
      text.append("    ").append(pipeline).append('\n');
    }
    Path file = Files.writeString(folder.resolve("c.yaml"), text);
    return CollectorFile.read(file, Map.of(), CollectorVersion.NEWEST);
  }

  private static Map<String, Set<Signal>> sent(CollectorFile file) throws Exception {
    Map<String, Set<Signal>> sent = new TreeMap<>();
    for (DestinationSettings destination : file.load(Map.of()).settings().destinations()) {
      sent.put(destination.name(), destination.signals());
    }
    return sent;
  }

  private static List<String> losses(CollectorFile file) {
    return file.remarks().stream()
        .filter(remark -> remark.kind() == Remark.Kind.LOSS)
        .map(Remark::name)
        .toList();
  }

  @Test
  void pipelinesWithTheSameSamplerShareItAndSendToAllTheirExporters() throws Exception {
    CollectorFile file =
        read(
            "traces: {receivers: [otlp], processors: [probabilistic_sampler], exporters: [otlp/a]}",
            "traces/2: {receivers: [otlp], processors: [probabilistic_sampler, batch], exporters:"
                + " [otlp/b]}");
    assertEquals(List.of(), losses(file));
    assertEquals(
        Map.of("otlp/a", Set.of(Signal.TRACES), "otlp/b", Set.of(Signal.TRACES)), sent(file));
    assertEquals(1, file.stages().size());
  }

  @Test
  void aSecondPipelineWithAnotherSamplerIsRefusedByItsName() throws Exception {
    CollectorFile file =
        read(
            "traces: {receivers: [otlp], processors: [probabilistic_sampler], exporters: [otlp/a]}",
            "traces/2: {receivers: [otlp], processors: [probabilistic_sampler/2], exporters:"
                + " [otlp/b]}",
            "logs: {receivers: [otlp], exporters: [otlp/b]}");
    assertEquals(List.of("service/pipelines/traces/2"), losses(file));
    assertEquals(
        Map.of("otlp/a", Set.of(Signal.TRACES), "otlp/b", Set.of(Signal.LOGS)), sent(file));
  }

  @Test
  void aProcessorOfAnyPipelineThatChangesDataIsRefused() throws Exception {
    for (String pipeline :
        List.of(
            "traces/2: {receivers: [otlp], processors: [redaction], exporters: [otlp/a]}",
            "logs: {receivers: [otlp], processors: [redaction], exporters: [otlp/a]}",
            "metrics: {receivers: [otlp], processors: [redaction], exporters: [otlp/a]}")) {
      CollectorFile file = read("traces: {receivers: [otlp], exporters: [otlp/a]}", pipeline);
      assertEquals(List.of("processors/redaction"), losses(file), pipeline);
    }
  }

  @Test
  void aPipelineThatNoOtlpComesIntoSendsNothing() throws Exception {
    CollectorFile file =
        read(
            "traces: {receivers: [otlp], exporters: [otlp/a]}",
            "traces/2: {receivers: [jaeger], exporters: [otlp/b]}");
    assertEquals(List.of("receivers/jaeger"), losses(file));
    assertEquals(Map.of("otlp/a", Set.of(Signal.TRACES)), sent(file));
  }

  @Test
  void theReceiverOfTheTracesIsOpenedAndTheOtherIsRefused() throws Exception {
    CollectorFile file =
        read(
            "logs: {receivers: [otlp/2], exporters: [otlp/b]}",
            "traces: {receivers: [otlp], exporters: [otlp/a]}");
    assertEquals(List.of("receivers/otlp/2"), losses(file));
    assertEquals(0, file.load(Map.of()).settings().listen().grpc().port());
    assertEquals(Map.of("otlp/a", Set.of(Signal.TRACES)), sent(file));
  }

  @Test
  void aSamplerOfLogsIsRefusedAndOneWaitHoldsForAllSignals() throws Exception {
    CollectorFile file =
        read(
            "traces: {receivers: [otlp], processors: [batch], exporters: [otlp/a, debug]}",
            "logs: {receivers: [otlp], processors: [probabilistic_sampler, batch/2], exporters:"
                + " [otlp/a]}");
    assertEquals(List.of("processors/probabilistic_sampler"), losses(file));
    List<String> others =
        file.lost().stream().filter(r -> r.kind() != Remark.Kind.LOSS).map(Remark::name).toList();
    assertEquals(List.of("exporters/debug", "processors/batch/2"), others);
    assertEquals(Map.of("delay", "3s"), file.settings().get("export"));
  }

  @Test
  void whatNothingNamesIsSaidAndNotRefused() throws Exception {
    CollectorFile file = read("traces: {receivers: [otlp], exporters: [otlp/a]}");
    assertEquals(List.of(), file.lost());
    assertTrue(
        file.remarks().stream()
            .anyMatch(r -> r.key().equals("receivers.jaeger") && r.reason().startsWith("nothing")));
  }

  @Test
  void connectionAgeCorsAndTimesAreCarriedOverAndSwitchedOffSectionsAreNot() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("l.yaml"),
            """
            receivers:
              otlp:
                protocols:
                  grpc:
                    auth: {enabled: false, authenticator: nobody}
                    keepalive:
                      server_parameters: {max_connection_age: 5m, max_connection_age_grace: 20s}
                  http:
                    cors: {allowed_origins: ["https://shop.example", "https://*.test"], allowed_headers: [X-Mine], max_age: 600}
                    idle_timeout: 90s
                    read_header_timeout: 5s
                    max_request_body_size: 30000000
            exporters: {otlp: {endpoint: "a:1", keepalive: {enabled: false, time: 1s}}}
            service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp]}}}
            """);
    CollectorFile read = CollectorFile.read(file, Map.of(), CollectorVersion.NEWEST);
    assertEquals(List.of(), read.lost());
    SpanthriftSettings settings = read.load(Map.of()).settings();
    ListenSettings listen = settings.listen();
    assertEquals(Duration.ofMinutes(5), listen.connectionAgeMax());
    assertEquals(Duration.ofSeconds(20), listen.connectionAgeGrace());
    assertEquals(
        List.of("https://shop.example", "https://*.test"), listen.http().cors().allowedOrigins());
    assertEquals(List.of("X-Mine"), listen.http().cors().allowedHeaders());
    assertEquals(Duration.ofMinutes(10), listen.http().cors().maxAge());
    assertEquals(Duration.ofSeconds(90), listen.idleTimeout());
    assertEquals(Duration.ofSeconds(5), listen.headTimeout());
    assertEquals(30_000_000, listen.requestBytesMax().bytes());
  }
}
