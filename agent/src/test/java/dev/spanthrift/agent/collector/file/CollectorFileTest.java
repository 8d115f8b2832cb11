package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.tail.CollectorPolicy;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.TailSampling;
import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Endpoints;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorFileTest {
  private static final String RECEIVER =
      "receivers: {otlp: {protocols: {grpc: {endpoint: \"0.0.0.0:5317\"}, http: {}}}}\n";
  private static final String EXPORTER = "exporters: {otlp: {endpoint: \"backend:4317\"}}\n";
  private static final String PIPELINE =
      "service: {pipelines: {traces: {receivers: [otlp], processors: [%s], exporters: [%s]}}}\n";

  @TempDir Path folder;

  private CollectorFile read(String text, Map<String, String> environment) throws Exception {
    Path file = folder.resolve("c.yaml");
    Files.writeString(file, text);
    return CollectorFile.read(file, environment, CollectorVersion.NEWEST);
  }

  private SpanthriftSettings settings(String text, Map<String, String> environment)
      throws Exception {
    return read(text, environment).load(environment).settings();
  }

  private static String pipeline(String processors, String exporters) {
    return PIPELINE.formatted(processors, exporters);
  }

  private List<String> refused(String text) {
    SettingsException refused = assertThrows(SettingsException.class, () -> read(text, Map.of()));
    return refused.problems().stream().map(Object::toString).toList();
  }

  @Test
  void receiversListenWhereTheyDid() throws Exception {
    SpanthriftSettings settings = settings(RECEIVER + EXPORTER + pipeline("", "otlp"), Map.of());
    assertEquals("0.0.0.0", settings.listen().grpc().host());
    assertEquals(5317, settings.listen().grpc().port());
    assertEquals("localhost", settings.listen().http().host());
    assertEquals(4318, settings.listen().http().port());
  }

  @Test
  void ourVariablesGoBeforeTheFile() throws Exception {
    SpanthriftSettings settings =
        settings(
            RECEIVER + EXPORTER + pipeline("", "otlp"),
            Map.of("SPANTHRIFT_LISTEN_GRPC_PORT", "0", "SPANTHRIFT_ADMIN_PORT", "0"));
    assertEquals(0, settings.listen().grpc().port());
    assertEquals(0, settings.admin().port());
  }

  @Test
  void variablesAreReplacedAsTheCollectorDoes() throws Exception {
    SpanthriftSettings settings =
        settings(
            RECEIVER
                + "exporters:\n"
                + "  otlphttp:\n"
                + "    endpoint: https://${env:HOST}:${env:PORT:-4318}\n"
                + "    compression: ${env:ZIP:-zstd}\n"
                + "    headers: {a: \"${HOST}-$$x\", b: \"${env:UNSET}\", c: \"pa$$word\"}\n"
                + pipeline("", "otlphttp"),
            Map.of("HOST", "far.example"));
    DestinationSettings destination = settings.destinations().getFirst();
    assertEquals("https://far.example:4318", destination.endpoint().toString());
    assertEquals(Compression.ZSTD, destination.compression());
    assertEquals(Map.of("a", "far.example-$x", "b", "", "c", "pa$word"), destination.headers());
  }

  @Test
  void grpcExportersKeepTlsTimeoutRetryAndQueue() throws Exception {
    DestinationSettings destination =
        settings(
                RECEIVER
                    + """
                    exporters:
                      otlp/far:
                        endpoint: backend:4317
                        tls: {ca_file: /ca.pem, cert_file: /c.pem, key_file: /k.pem}
                        headers: {x: "1"}
                        compression: none
                        timeout: 1m30s
                        retry_on_failure: {max_elapsed_time: 10m}
                        sending_queue: {num_consumers: 3, sizer: bytes, queue_size: 1000000}
                    """
                    + pipeline("", "otlp/far"),
                Map.of())
            .destinations()
            .getFirst();
    assertEquals("otlp/far", destination.name());
    assertEquals("https://backend:4317", destination.endpoint().toString());
    assertEquals(Protocol.GRPC, destination.protocol());
    assertEquals(Path.of("/ca.pem"), destination.authority());
    assertEquals(Path.of("/c.pem"), destination.clientCertificate());
    assertEquals(Path.of("/k.pem"), destination.clientKey());
    assertEquals(Compression.NONE, destination.compression());
    assertEquals(Duration.ofSeconds(90), destination.timeout());
    assertEquals(Duration.ofMinutes(10), destination.retryFor());
    assertEquals(3, destination.requestsMax());
    assertEquals(1_000_000, destination.queueBytesMax().bytes());
    assertEquals(Set.of(Signal.TRACES), destination.signals());
  }

  @Test
  void insecureAndHttpAreWithoutTls() throws Exception {
    for (String exporter :
        List.of("{endpoint: \"b:1\", tls: {insecure: true}}", "{endpoint: \"http://b:1\"}")) {
      SpanthriftSettings settings =
          settings(
              RECEIVER + "exporters: {otlp_grpc: " + exporter + "}\n" + pipeline("", "otlp_grpc"),
              Map.of());
      assertEquals("http://b:1", settings.destinations().getFirst().endpoint().toString());
    }
  }

  @Test
  void anUrlOfOneSignalIsADestinationOfItsOwn() throws Exception {
    SpanthriftSettings settings =
        settings(
            RECEIVER
                + "exporters: {otlp_http: {endpoint: \"http://b:1\", traces_endpoint:"
                + " \"http://t:2/in\"}}\n"
                + """
                service:
                  pipelines:
                    traces: {receivers: [otlp], exporters: [otlp_http]}
                    metrics: {receivers: [otlp], exporters: [otlp_http]}
                    logs: {receivers: [otlp], exporters: [otlp_http]}
                """,
            Map.of());
    assertEquals(2, settings.destinations().size());
    assertEquals(Set.of(Signal.METRICS, Signal.LOGS), settings.destinations().getFirst().signals());
    DestinationSettings traces = settings.destinations().getLast();
    assertEquals("http://t:2/in", url(traces, Signal.TRACES).toString());
  }

  @Test
  void waitsAndMemoryComeFromTailSampling() throws Exception {
    String tail =
        """
        processors:
          tail_sampling:
            decision_wait: 7s
            num_traces: 1234
            decision_cache: {sampled_cache_size: 5000}
            policies: [{name: all, type: always_sample}]
          batch: {timeout: 3s}
        """;
    SpanthriftSettings settings =
        settings(RECEIVER + tail + EXPORTER + pipeline("tail_sampling, batch", "otlp"), Map.of());
    assertEquals(Duration.ofSeconds(7), settings.hold().decisionWait());
    assertEquals(1234, settings.hold().tracesMax());
    assertEquals(5000, settings.decisionMemory().tracesMax());
    assertEquals(Duration.ofSeconds(3), settings.export().delay());
  }

  @Test
  void defaultsAreTheCollectorsOwn() throws Exception {
    String tail = "processors: {tail_sampling: {policies: [{name: a, type: always_sample}]}}\n";
    SpanthriftSettings settings =
        settings(RECEIVER + tail + EXPORTER + pipeline("tail_sampling", "otlp"), Map.of());
    assertEquals(Duration.ofSeconds(30), settings.hold().decisionWait());
    assertEquals(50_000, settings.hold().tracesMax());
    assertEquals(Duration.ofSeconds(5), settings.destinations().getFirst().timeout());
    assertEquals(Duration.ofMinutes(5), settings.destinations().getFirst().retryFor());
    assertEquals(10, settings.destinations().getFirst().requestsMax());
  }

  @Test
  void theWholeHasTheOrderOfThePipeline() throws Exception {
    String processors =
        """
        processors:
          tail_sampling: {policies: [{name: a, type: always_sample}]}
          probabilistic_sampler/x: {sampling_percentage: 20}
        """;
    CollectorFile read =
        read(
            RECEIVER
                + processors
                + EXPORTER
                + pipeline("probabilistic_sampler/x, tail_sampling", "otlp"),
            Map.of());
    assertEquals(2, read.stages().size());
    TailSampling tail = (TailSampling) read.stages().getLast();
    assertEquals(
        List.of(new TailSampling.Named("a", new CollectorPolicy.AlwaysSample())), tail.policies());
  }

  @Test
  void whatHasNoCounterpartIsListedWithLineAndReason() throws Exception {
    CollectorFile read =
        read(
            """
            receivers:
              otlp: {protocols: {grpc: {}}}
              jaeger: {}
            processors:
              attributes: {actions: []}
              tail_sampling:
                block_on_overflow: true
                decision_wait_after_root_received: 1s
                policies: [{name: a, type: always_sample}]
            exporters:
              otlp: {endpoint: "b:1", auth: {authenticator: oauth2}}
              debug: {}
            extensions: {health_check: {}, oauth2: {}}
            connectors: {spanmetrics: {}}
            service:
              extensions: [health_check, oauth2]
              pipelines:
                traces:
                  receivers: [otlp, jaeger]
                  processors: [attributes, tail_sampling]
                  exporters: [otlp, debug, spanmetrics]
            """,
            Map.of());
    List<String> lost = read.lost().stream().map(Remark::toString).toList();
    for (String expected :
        List.of(
            "c.yaml:3: receivers.jaeger is left out: ",
            "c.yaml:5: processors.attributes is left out: ",
            "c.yaml:7: processors.tail_sampling.block_on_overflow is left out: ",
            "c.yaml:8: processors.tail_sampling.decision_wait_after_root_received is left out: ",
            "c.yaml:11: exporters.otlp.auth is left out: ",
            "c.yaml:12: exporters.debug is left out: ",
            "c.yaml:13: extensions.health_check is left out: ",
            "c.yaml:13: extensions.oauth2 is left out: ",
            "c.yaml:14: connectors.spanmetrics is left out: ")) {
      assertTrue(lost.stream().anyMatch(l -> l.startsWith(expected)), expected + " in " + lost);
    }
    assertEquals(9, lost.size(), lost.toString());
  }

  @Test
  void aSecondTracesPipelineIsListed() throws Exception {
    CollectorFile read =
        read(
            RECEIVER
                + "processors: {probabilistic_sampler: {sampling_percentage: 5}}\n"
                + """
                exporters: {otlp: {endpoint: "b:1"}, otlp/all: {endpoint: "c:1"}}
                service:
                  pipelines:
                    traces/all: {receivers: [otlp], exporters: [otlp/all]}
                    traces: {receivers: [otlp], processors: [probabilistic_sampler], exporters: [otlp]}
                """,
            Map.of());
    assertEquals(1, read.stages().size());
    assertEquals(
        List.of("service.pipelines.traces/all"), read.lost().stream().map(Remark::key).toList());
    assertEquals(1, read.load(Map.of()).settings().destinations().size());
  }

  @Test
  void whatTheCollectorRefusesIsRefused() {
    String[] policies = {
      "{name: \"\", type: always_sample}",
      "{name: p, type: status_code, status_code: {status_codes: []}}",
      "{name: p, type: status_code, status_code: {status_codes: [BAD]}}",
      "{name: p, type: numeric_attribute, numeric_attribute: {key: k}}",
      "{name: p, type: ottl_condition, ottl_condition: {}}",
      "{name: p, type: always_sample}, {name: p, type: always_sample}",
      "{name: p, type: latency, latency: {threshold_ms: soon}}",
      "{name: p, type: not, not: {not_sub_policy: {name: a, type: and}}}",
      "{name: p}",
    };
    for (String policy : policies) {
      List<String> problems =
          refused(
              RECEIVER
                  + "processors: {tail_sampling: {policies: ["
                  + policy
                  + "]}}\n"
                  + EXPORTER
                  + pipeline("tail_sampling", "otlp"));
      assertEquals(1, problems.size(), policy + " " + problems);
      assertTrue(problems.getFirst().contains("c.yaml:2"), problems.getFirst());
    }
  }

  @Test
  void namesThatAreNotDefinedAreRefused() {
    assertEquals(1, refused(RECEIVER + EXPORTER + pipeline("nobody", "otlp")).size());
    assertFalse(refused(RECEIVER + EXPORTER + pipeline("", "nobody")).isEmpty());
    assertFalse(refused("service: {}").isEmpty());
    assertFalse(refused("").isEmpty());
    assertFalse(refused("a: [").isEmpty());
  }

  @Test
  void aPolicyThatCannotBeCarriedOverIsLostWholeAndNotHalf() throws Exception {
    CollectorFile read =
        read(
            RECEIVER
                + """
                processors:
                  tail_sampling:
                    policies:
                      - {name: a, type: always_sample}
                      - name: b
                        type: and
                        and:
                          and_sub_policy:
                            - {name: c, type: always_sample}
                            - {name: d, type: ottl_condition, ottl_condition: {span: ['UUID() == name']}}
                """
                + EXPORTER
                + pipeline("tail_sampling", "otlp"),
            Map.of());
    assertEquals(1, ((TailSampling) read.stages().getFirst()).policies().size());
    assertEquals(1, read.lost().size());
    assertTrue(read.lost().getFirst().where().endsWith(":11"), read.lost().toString());
  }

  /** What the Collector's defaults are and ours are not, with its value. */
  @Test
  void s7_boundsThatNobodyWroteAreListed() throws Exception {
    String tail =
        "processors: {tail_sampling: {policies: [{name: a, type: always_sample}]}, batch: {}}\n";
    List<String> notes =
        read(RECEIVER + tail + EXPORTER + pipeline("tail_sampling, batch", "otlp"), Map.of())
            .remarks()
            .stream()
            .filter(remark -> !remark.lost())
            .map(Remark::toString)
            .toList();
    for (String word :
        List.of(
            "without memory_limiter .* at most [0-9]+ MiB \\(hold.bytesMax\\)",
            "queueBytesMax 64MiB, and not at 1000 requests",
            "export.batchBytes 512KiB, and not at 8192 spans")) {
      assertTrue(
          notes.stream().anyMatch(note -> note.matches(".*" + word + ".*")), word + " in " + notes);
    }
    String limited =
        tail.replace("batch: {}", "batch: {}, memory_limiter: {check_interval: 1s, limit_mib: 20}");
    assertTrue(
        read(
                RECEIVER
                    + limited
                    + EXPORTER
                    + pipeline("memory_limiter, tail_sampling, batch", "otlp"),
                Map.of())
            .remarks()
            .stream()
            .noneMatch(remark -> remark.toString().contains("without memory_limiter")));
  }

  private static URI url(DestinationSettings destination, Signal signal) {
    return Endpoints.http(destination.toExport(Long.MAX_VALUE, Map.of()), signal);
  }
}
