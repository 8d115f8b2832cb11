package dev.spanthrift.agent.collector.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.file.CollectorCorpusTest;
import dev.spanthrift.agent.collector.file.Corpus;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTest {
  @TempDir Path folder;

  static List<Corpus.Case> cases() {
    return Corpus.cases();
  }

  private static Path resource(String name) throws Exception {
    return Path.of(
        Objects.requireNonNull(
                ImportTest.class.getResource("/dev/spanthrift/agent/collector/" + name))
            .toURI());
  }

  private static SpanthriftSettings loaded(Import imported) throws Exception {
    return SettingsLoader.load(imported.text(), "imported", Map.of()).settings();
  }

  private Import imported(String text) throws Exception {
    Path file = folder.resolve("file.yaml");
    Files.writeString(file, text);
    return Import.read(file, Map.of("SECRET", "hunter2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pass", "prob", "tail1", "tail3"})
  void whatItPrintsIsReadByOurOwnLoader(String peer) throws Exception {
    SpanthriftSettings settings =
        loaded(Import.read(resource("peers/" + peer + ".yaml"), Map.of("DECISION_WAIT", "3s")));
    PolicySet.compile(PolicyParser.parse(settings));
    assertEquals(14317, settings.destinations().getFirst().port());
    assertFalse(settings.destinations().getFirst().tls());
    boolean tail = peer.startsWith("tail");
    assertEquals(
        tail ? Duration.ofSeconds(3) : Duration.ofMillis(1), settings.hold().decisionWait());
    double otherwise = settings.defaultProbability().value();
    assertEquals(tail ? 0 : peer.equals("prob") ? 0.1 : 1, otherwise);
  }

  @Test
  void tail3BecomesThreePoliciesThatKeepWhatItKeeps() throws Exception {
    SpanthriftSettings settings = loaded(Import.read(resource("peers/tail3.yaml"), Map.of()));
    assertEquals(
        List.of(
            Map.of("name", "errors", "match", Map.of("status", "ERROR"), "keep", true),
            Map.of("name", "slow", "match", Map.of("slowerThan", "1s"), "keep", true),
            Map.of("name", "rest", "probability", 0.1)),
        settings.policies());
  }

  /** All can be read; where nothing is said to differ, they decide what the Collector decides. */
  @ParameterizedTest
  @MethodSource("cases")
  void policiesDecideAsTheCollectorDoes(Corpus.Case asked) throws Exception {
    Path file = folder.resolve("collector.yaml");
    Files.writeString(file, YamlText.of(CollectorCorpusTest.configuration(asked)));
    Import imported = Import.read(file, Map.of());
    SpanthriftSettings settings = loaded(imported);
    PolicySet policies = PolicySet.compile(PolicyParser.parse(settings));
    if (!imported.remarks().isEmpty() || asked.version().isPresent() || differs(asked)) {
      return; // that it can be read is all that is promised
    }
    assertEquals(
        CollectorCorpusTest.expected(asked),
        CollectorCorpusTest.spans(asked, decided(asked, new PolicyJudge(policies))),
        imported.text());
  }

  /** The draw is another one, or the value's type or the last millisecond counts. */
  private static boolean differs(Corpus.Case asked) {
    String text = asked.fields().toString();
    return text.contains("probabilistic")
        || text.contains("late=")
        || asked.name().matches(".*(millisecond|other types|no integer|as text|two bounds|start).*")
        || asked.name().startsWith("numeric_attribute without");
  }

  private static List<ExportTraceServiceRequest> decided(Corpus.Case asked, Judge judge)
      throws Exception {
    Duration wait = Duration.ofSeconds(2);
    Sampler sampler =
        new Sampler(
            new SamplerSettings(HoldSettings.DEFAULT.withDecisionWait(wait), 1000, false, 4),
            judge,
            SliceCodec.deflate());
    byte[] bytes = Corpus.request(asked.traces(), false).toByteArray();
    sampler.hold(new Scanner(10_000).scan(bytes, 0, bytes.length), 0);
    sampler.decide(wait.toNanos());
    sampler.stamp();
    return List.of(ExportTraceServiceRequest.parseFrom(sampler.ship()));
  }

  @Test
  void whatCannotBeCarriedOverStandsInItWithLineAndReason() throws Exception {
    Import imported =
        imported(
            """
            receivers: {otlp: {protocols: {grpc: {}}}}
            processors:
              tail_sampling:
                policies:
                  - {name: flags, type: trace_flags}
                  - {name: own, type: my_extension, my_extension: {a: 1}}
                  - {name: bytes, type: bytes_limiting, bytes_limiting: {bytes_per_second: 1000}}
                  - {name: all, type: always_sample}
              resource: {attributes: [{key: a, value: b, action: insert}]}
            extensions: {my_extension: {}}
            exporters: {otlp: {endpoint: "backend:4317"}, debug: {}}
            service:
              extensions: [my_extension]
              pipelines:
                traces: {receivers: [otlp], processors: [tail_sampling, resource], exporters: [otlp, debug]}
            """);
    List<String> lost = imported.lost().stream().map(Remark::toString).toList();
    assertEquals(6, lost.size(), lost.toString());
    for (String expected :
        List.of(
            "file.yaml:5: processors.tail_sampling.policies[0] is left out",
            "file.yaml:6: processors.tail_sampling.policies[1] is left out",
            "file.yaml:7: processors.tail_sampling.policies[2] is left out",
            "file.yaml:9: processors.resource is left out",
            "file.yaml:10: extensions.my_extension is left out",
            "file.yaml:11: exporters.debug is left out")) {
      assertTrue(lost.stream().anyMatch(l -> l.startsWith(expected)), expected + " in " + lost);
      assertTrue(imported.text().contains("# " + expected));
    }
    assertEquals(List.of(Map.of("name", "all", "keep", true)), loaded(imported).policies());
  }

  @Test
  void headersKeepTheirVariablesBecauseTheyAreSecrets() throws Exception {
    Import imported =
        imported(
            """
            receivers: {otlp: {protocols: {grpc: {}}}}
            exporters:
              otlphttp: {endpoint: "https://backend:4318", headers: {api-key: "${env:SECRET}", b: "${SECRET}"}}
            service: {pipelines: {traces: {receivers: [otlp], exporters: [otlphttp]}}}
            """);
    assertFalse(imported.text().contains("hunter2"));
    SpanthriftSettings settings =
        SettingsLoader.load(imported.text(), "imported", Map.of("SECRET", "x")).settings();
    assertEquals(Map.of("api-key", "x", "b", "x"), settings.destinations().getFirst().headers());
  }

  @Test
  void policiesThatKeepAPartStandBehindThoseThatKeepAll() throws Exception {
    Import imported =
        imported(
            """
            receivers: {otlp: {protocols: {grpc: {}}}}
            processors:
              tail_sampling:
                policies:
                  - {name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}
                  - name: half of cart
                    type: and
                    and:
                      and_sub_policy:
                        - {name: a, type: string_attribute, string_attribute: {key: service.name, values: [cart]}}
                        - {name: b, type: probabilistic, probabilistic: {sampling_percentage: 50}}
                  - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
                  - {name: d, type: drop, drop: {drop_sub_policy: [{name: c, type: span_count, span_count: {min_spans: 9}}]}}
            exporters: {otlp: {endpoint: "backend:4317"}}
            service: {pipelines: {traces: {receivers: [otlp], processors: [tail_sampling], exporters: [otlp]}}}
            """);
    assertEquals(
        List.of("d", "errors", "half of cart", "tenth"),
        loaded(imported).policies().stream().map(policy -> policy.get("name")).toList());
  }

  @Test
  void refineryRulesBecomePoliciesInTheirOrder() throws Exception {
    Import imported = Import.read(resource("rules.yaml"), Map.of());
    SpanthriftSettings settings = loaded(imported);
    PolicySet.compile(PolicyParser.parse(settings));
    Map<String, Object> byName =
        settings.policies().stream()
            .collect(
                java.util.stream.Collectors.toMap(p -> (String) p.get("name"), p -> (Object) p));
    assertEquals(9, byName.size());
    assertEquals(
        Map.of(
            "name",
            "drop health checks",
            "match",
            Map.of(
                "sameSpan",
                List.of(
                    Map.of("root", true),
                    Map.of("attribute", Map.of("key", "http.route", "equals", "/health")))),
            "drop",
            true),
        byName.get("drop health checks"));
    assertEquals(0.1, ((Map<?, ?>) byName.get("large")).get("probability"));
    assertEquals(
        Map.of("spanCount", Map.of("atLeast", 101L)),
        ((Map<?, ?>) byName.get("large")).get("match"));
    assertEquals(0.05, ((Map<?, ?>) byName.get("without root")).get("probability"));
    assertEquals(Map.of("spansPerSecond", 200.0), ((Map<?, ?>) byName.get("rest")).get("rate"));
    assertEquals(1.0, settings.defaultProbability().value());
  }

  @Test
  void refineryPartsThatHaveNoCounterpartAreListed() throws Exception {
    List<String> lost =
        Import.read(resource("rules.yaml"), Map.of()).lost().stream()
            .map(Remark::toString)
            .toList();
    List<String> leftOut = lost.stream().filter(l -> l.contains(" is left out: ")).toList();
    assertEquals(2, leftOut.size(), lost.toString());
    assertTrue(leftOut.get(0).startsWith("rules.yaml:3: Samplers is left out: "), leftOut.get(0));
    assertTrue(leftOut.get(0).contains("--environment chooses those of staging"), leftOut.get(0));
    assertTrue(leftOut.get(1).startsWith("rules.yaml:52: "), leftOut.get(1));
    assertTrue(
        lost.contains(
            "rules.yaml:25: Samplers.__default__.RulesBasedSampler.Rules[3].Conditions[0] decides"
                + " otherwise: spans are counted, without events and links"),
        lost.toString());
  }

  @Test
  void aDeterministicSamplerIsTheDefaultProbability() throws Exception {
    Import imported =
        imported(
            "RulesVersion: 2\nSamplers: {__default__: {DeterministicSampler: {SampleRate: 8}}}");
    assertEquals(0.125, loaded(imported).defaultProbability().value());
  }
}
