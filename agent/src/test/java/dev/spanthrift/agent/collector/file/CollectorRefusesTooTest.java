package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Collector does not start with, we do not start with either, and say what is right. */
class CollectorRefusesTooTest {
  private static final String RECEIVER = "receivers: {otlp: {protocols: {grpc: {}}}}\n";
  private static final String EXPORTER = "exporters: {otlp: {endpoint: \"backend:4317\"}}\n";
  private static final String SERVICE =
      "service: {pipelines: {traces: {receivers: [otlp], processors: [%s], exporters: [otlp]}}}\n";

  @TempDir Path folder;

  private List<String> refused(String text) throws Exception {
    Path file = folder.resolve("c.yaml");
    Files.writeString(file, text);
    SettingsException refused =
        assertThrows(
            SettingsException.class,
            () -> CollectorFile.read(file, Map.of(), CollectorVersion.NEWEST),
            text);
    return refused.problems().stream().map(Object::toString).toList();
  }

  private static String tail(String body) {
    return RECEIVER
        + EXPORTER
        + "processors: {tail_sampling: {"
        + body
        + "}}\n"
        + SERVICE.formatted("tail_sampling");
  }

  private static String policy(String body) {
    return tail("policies: [{name: p, " + body + "}]");
  }

  private void assertRefused(Map<String, String> files) throws Exception {
    for (Map.Entry<String, String> one : files.entrySet()) {
      List<String> problems = refused(one.getKey());
      assertEquals(1, problems.size(), one.getKey() + " " + problems);
      assertTrue(problems.getFirst().contains(one.getValue()), problems.getFirst());
    }
  }

  @Test
  void typosAreRefusedWithTheWordThatIsMeant() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        policy("type: string_atribute, string_attribute: {key: a, values: [b]}"),
        "\"string_atribute\" is no type of policy; did you mean string_attribute?");
    files.put(
        policy("type: always_sample, latncy: {threshold_ms: 1}"),
        "unknown key; did you mean latency?");
    files.put(
        policy("type: latency, latency: {treshold_ms: 1}"),
        "unknown key; did you mean threshold_ms?");
    files.put(
        tail("decision_wayt: 5s, policies: [{name: p, type: always_sample}]"),
        "unknown key; did you mean decision_wait?");
    files.put(
        RECEIVER.replace("grpc", "grcp") + EXPORTER + SERVICE.formatted(""),
        "unknown key; did you mean grpc?");
    files.put(
        RECEIVER + EXPORTER.replace("endpoint", "endpiont: x, endpoint") + SERVICE.formatted(""),
        "unknown key; did you mean endpoint?");
    files.put(
        RECEIVER
            + EXPORTER
            + SERVICE.formatted("").replace("exporters:", "exporter: [], exporters:"),
        "unknown key; did you mean exporters?");
    files.put(RECEIVER + EXPORTER + "procesors: {}\n" + SERVICE.formatted(""), "unknown section");
    files.put(
        policy("type: status_code, status_code: {status_codes: [ERORR]}"),
        "\"ERORR\" is no status code; did you mean ERROR? Known here: ERROR, OK, UNSET");
    files.put(
        tail("sampling_strategy: span_ingest, policies: [{name: p, type: always_sample}]"),
        "span-ingest");
    files.put(
        RECEIVER
            + EXPORTER
            + "processors: {probabilistic_sampler: {mode: hashseed}}\n"
            + SERVICE.formatted("probabilistic_sampler"),
        "did you mean hash_seed?");
    files.put(
        RECEIVER + EXPORTER.replace("4317\"", "4317\", compression: gzp") + SERVICE.formatted(""),
        "did you mean gzip?");
    assertRefused(files);
  }

  @Test
  void valuesOfTheWrongTypeAreNamedAsTheyWereWritten() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        policy("type: latency, latency: {threshold_ms: soon}"),
        "write a whole number, not \"soon\"");
    files.put(
        policy("type: latency, latency: {threshold_ms: \"500\"}"),
        "write a whole number, not \"500\"");
    files.put(
        policy("type: string_attribute, string_attribute: {key: a, values: b}"),
        "a list, not \"b\"");
    files.put(
        policy("type: boolean_attribute, boolean_attribute: {key: a, value: \"true\"}"),
        "write true or false");
    files.put(
        tail("decision_wait: 10 seconds, policies: [{name: p, type: always_sample}]"),
        "a time such as 500ms, 10s or 1m30s, not \"10 seconds\"");
    files.put(tail("num_traces: many, policies: [{name: p, type: always_sample}]"), "whole number");
    files.put(
        RECEIVER + EXPORTER.replace("4317\"", "4317\", timeout: 1d") + SERVICE.formatted(""),
        "not \"1d\"");
    files.put(
        RECEIVER + EXPORTER.replace("4317\"", "4317\", tls: yes") + SERVICE.formatted(""),
        "a section with keys");
    files.put(
        RECEIVER
            + EXPORTER.replace("4317\"", "4317\", sending_queue: {sizer: bites}")
            + SERVICE.formatted(""),
        "did you mean bytes?");
    assertRefused(files);
  }

  @Test
  void valuesBeyondTheBoundsOfTheCollectorAreRefused() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    Map.of(
            "timeout: -5s", "a time such as 500ms, 10s or 1m30s, not negative",
            "sending_queue: {num_consumers: 0}", "more than 0",
            "sending_queue: {queue_size: -1}", "whole number, not negative",
            "sending_queue: {batch: {sizer: requests}}", "items or bytes",
            "sending_queue: {batch: {min_size: 9, max_size: 8}}", "at least min_size, 9",
            "retry_on_failure: {max_elapsed_time: 10s}", "max_interval and max_elapsed_time",
            "retry_on_failure: {randomization_factor: 2}", "from 0 to 1",
            "tls: {cert_file: /c}", "both a certificate and its key",
            "tls: {min_version: \"1.4\"}", "Known here: 1.0, 1.1, 1.2, 1.3")
        .forEach(
            (key, right) ->
                files.put(
                    RECEIVER + EXPORTER.replace("4317\"", "4317\", " + key) + SERVICE.formatted(""),
                    right));
    files.put(RECEIVER + EXPORTER.replace(":4317", "") + SERVICE.formatted(""), "host:port");
    Map.of(
            "memory_limiter: {limit_mib: 9}", "more than 0s",
            "memory_limiter: {check_interval: 1s}", "this or limit_percentage",
            "memory_limiter: {check_interval: 1s, limit_mib: 9, spike_limit_mib: 9}",
                "less than limit_mib",
            "batch: {send_batch_size: 9, send_batch_max_size: 8}", "at least send_batch_size, 9",
            "tail_sampling: {num_traces: -1, policies: []}", "not negative",
            "tail_sampling: {num_shards: 257, policies: []}", "at most 256")
        .forEach(
            (processor, right) ->
                files.put(
                    RECEIVER
                        + EXPORTER
                        + "processors: {"
                        + processor
                        + "}\n"
                        + SERVICE.formatted(processor.replaceFirst(":.*", "")),
                    right));
    assertRefused(files);
  }

  @Test
  void whatIsNamedAndNotDefinedIsRefused() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(RECEIVER + EXPORTER + SERVICE.formatted("batch"), "processors that are defined");
    files.put(
        RECEIVER + EXPORTER + SERVICE.formatted("").replace("[otlp]}}}", "[otlp, debug]}}}"),
        "exporters that are defined");
    files.put(
        RECEIVER
            + EXPORTER
            + SERVICE.formatted("").replace("{pipelines", "{extensions: [health_check], pipelines"),
        "an extension that is defined");
    files.put(
        RECEIVER
            + EXPORTER.replace("4317\"", "4317\", auth: {authenticator: basicauth}")
            + SERVICE.formatted(""),
        "an extension that is defined");
    files.put(
        RECEIVER
            + EXPORTER.replace("4317\"", "4317\", auth: {authenticator: basicauth}")
            + "extensions: {basicauth: {client_auth: {username: a, password: b}}}\n"
            + SERVICE.formatted(""),
        "an extension that service.extensions names");
    files.put(
        RECEIVER + EXPORTER + SERVICE.formatted("").replace("traces:", "spans:"),
        "a pipeline of traces, metrics, logs or profiles");
    assertRefused(files);
  }

  @Test
  void whatStandsTwiceOrNowhereIsRefused() throws Exception {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        tail("policies: [{name: p, type: always_sample}, {name: p, type: always_sample}]"),
        "a name of its own for each policy");
    files.put(
        RECEIVER + EXPORTER + "processors: {batch: {}}\n" + SERVICE.formatted("batch, batch"),
        "each processor once");
    files.put(policy("type: status_code"), "status_codes");
    files.put(policy("type: ottl_condition"), "a condition");
    files.put(RECEIVER + "exporters: {otlp: {}}\n" + SERVICE.formatted(""), "an endpoint");
    files.put(RECEIVER.replace("grpc: {}", "") + EXPORTER + SERVICE.formatted(""), "grpc or http");
    files.put(
        RECEIVER + EXPORTER + SERVICE.formatted("").replace("receivers: [otlp]", "receivers: []"),
        "at least one of receivers");
    assertRefused(files);
  }

  @Test
  void aPatternThatIsNoneIsRefusedAndKeepsNothingInSilence() throws Exception {
    assertRefused(
        Map.of(
            policy(
                "type: string_attribute, string_attribute: {key: a, enabled_regex_matching: true,"
                    + " values: ['ok', '(']}"),
            "\"(\" is no regular expression"));
  }

  @Test
  void componentsThatNothingNamesAreReadTooAsTheCollectorReadsThem() throws Exception {
    assertRefused(
        Map.of(
            RECEIVER + EXPORTER + "processors: {batch: {timeoot: 1s}}\n" + SERVICE.formatted(""),
            "did you mean timeout?"));
  }
}
