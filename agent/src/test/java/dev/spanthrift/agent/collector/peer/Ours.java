package dev.spanthrift.agent.collector.peer;

import dev.spanthrift.agent.collector.file.CollectorFile;
import dev.spanthrift.agent.collector.reading.YamlText;
import dev.spanthrift.agent.collector.tail.CollectorJudge;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The same file and the same requests here: reader and sampler, in virtual time. */
final class Ours {
  private static final Duration WAIT = Duration.ofSeconds(2);

  private Ours() {}

  static CollectorFile read(Path folder, PeerCase asked) throws Exception {
    Path file = folder.resolve("collector.yaml");
    Files.writeString(file, YamlText.of(configuration(asked)));
    return CollectorFile.read(file, Map.of(), CollectorVersion.NEWEST);
  }

  static List<ExportTraceServiceRequest> run(
      Path folder, PeerCase asked, List<ExportTraceServiceRequest> requests) throws Exception {
    Sampler sampler =
        new Sampler(
            new SamplerSettings(HoldSettings.DEFAULT.withDecisionWait(WAIT), 10_000, false, 4),
            new CollectorJudge(read(folder, asked).stages()),
            SliceCodec.deflate());
    long now = 5_000_000_000L;
    Scanner scanner = new Scanner(10_000);
    for (ExportTraceServiceRequest request : requests) {
      byte[] bytes = request.toByteArray();
      sampler.hold(scanner.scan(bytes, 0, bytes.length), now);
    }
    sampler.decide(now + WAIT.toNanos());
    sampler.stamp();
    return List.of(ExportTraceServiceRequest.parseFrom(sampler.ship()));
  }

  private static Map<String, Object> configuration(PeerCase asked) {
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
                        "processors", List.copyOf(asked.processors().keySet()),
                        "exporters", List.of("otlp")))));
  }
}
