package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.collector.tail.CollectorJudge;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.SamplingStage;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the corpus, through the reader and the sampler in virtual time. */
public class CollectorCorpusTest {
  private static final Duration WAIT = Duration.ofSeconds(2);

  @TempDir Path folder;

  static List<Corpus.Case> cases() {
    return Corpus.cases();
  }

  @Test
  void hasMoreThanSixtyCases() {
    assertEquals(true, cases().size() > 60);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decidesAsTheCollectorDoes(Corpus.Case asked) throws Exception {
    assertEquals(expected(asked), spans(asked, decided(asked)), asked.name());
  }

  /** Spans kept of each trace; one sum where it does not matter of which. */
  public static Map<String, Integer> expected(Corpus.Case asked) {
    Map<String, Integer> expected = new LinkedHashMap<>();
    int index = 0;
    for (Corpus.Trace trace : asked.traces()) {
      int of = index++;
      trace.keep().ifPresent(keep -> expected.put("trace " + of, keep ? trace.spans() : 0));
    }
    asked.kept().ifPresent(kept -> expected.put("traces", kept));
    return expected;
  }

  /** What was kept, in the form of {@link #expected}. */
  public static Map<String, Integer> spans(Corpus.Case asked, List<ExportTraceServiceRequest> out) {
    Map<ByteString, Integer> counts = new HashMap<>();
    for (ExportTraceServiceRequest request : out) {
      request.getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .flatMap(scope -> scope.getSpansList().stream())
          .forEach(span -> counts.merge(span.getTraceId(), 1, Integer::sum));
    }
    Map<String, Integer> kept = new LinkedHashMap<>();
    int index = 0;
    int traces = 0;
    for (Corpus.Trace trace : asked.traces()) {
      int of = index++;
      int count = counts.getOrDefault(trace.id(), 0);
      traces += count > 0 ? 1 : 0;
      trace.keep().ifPresent(keep -> kept.put("trace " + of, count));
    }
    if (asked.kept().isPresent()) {
      kept.put("traces", traces);
    }
    return kept;
  }

  private List<ExportTraceServiceRequest> decided(Corpus.Case asked) throws Exception {
    Sampler sampler =
        new Sampler(
            new SamplerSettings(HoldSettings.DEFAULT.withDecisionWait(WAIT), 1000, false, 4),
            new CollectorJudge(stages(asked)),
            SliceCodec.deflate());
    long now = 5_000_000_000L;
    Scanner scanner = new Scanner(10_000);
    for (boolean late : new boolean[] {false, true}) {
      byte[] bytes = Corpus.request(asked.traces(), late).toByteArray();
      sampler.hold(scanner.scan(bytes, 0, bytes.length), now);
      now += WAIT.toNanos();
      sampler.decide(now);
      sampler.stamp();
    }
    return List.of(ExportTraceServiceRequest.parseFrom(sampler.ship()));
  }

  private List<SamplingStage> stages(Corpus.Case asked) throws Exception {
    Path file = folder.resolve("collector.yaml");
    Files.writeString(file, YamlText.of(configuration(asked)));
    CollectorVersion version =
        asked.version().map(CollectorVersion::parse).orElse(CollectorVersion.NEWEST);
    CollectorFile read = CollectorFile.read(file, Map.of(), version);
    assertEquals(
        List.of(),
        read.lost().stream().filter(lost -> lost.kind() == Remark.Kind.LEFT_OUT).toList());
    return read.stages();
  }

  public static Map<String, Object> configuration(Corpus.Case asked) {
    List<String> processors = List.copyOf(asked.processors().keySet());
    return Map.of(
        "receivers", Map.of("otlp", Map.of("protocols", Map.of("grpc", Map.of()))),
        "processors", asked.processors(),
        "exporters", Map.of("otlp", Map.of("endpoint", "backend:4317")),
        "service",
            Map.of(
                "pipelines",
                Map.of(
                    "traces",
                    Map.of(
                        "receivers", List.of("otlp"),
                        "processors", processors,
                        "exporters", List.of("otlp")))));
  }
}
