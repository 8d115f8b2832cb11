package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.collector.tail.CollectorJudge;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.config.settings.HeapShare;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the Collector decides in ways of its own: either so do we, or it is listed. */
class CollectorEdgesTest {
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final String FRAME =
      """
      receivers: {otlp: {protocols: {grpc: {}}}}
      exporters: {otlp: {endpoint: "backend:4317"}}
      service: {pipelines: {traces: {receivers: [otlp], processors: [%s], exporters: [otlp]}}}
      processors:
      %s
      """;

  @TempDir Path folder;
  private final Scanner scanner = new Scanner(10_000);

  private CollectorFile read(String pipeline, String processors) throws Exception {
    Path file = folder.resolve("c.yaml");
    Files.writeString(file, FRAME.formatted(pipeline, processors.indent(2)));
    return CollectorFile.read(file, Map.of(), CollectorVersion.NEWEST);
  }

  private Sampler sampler(CollectorFile file, int tracesMax) {
    HoldSettings plain = HoldSettings.DEFAULT.withDecisionWait(WAIT);
    HoldSettings hold =
        new HoldSettings(
            plain.pause(), plain.deadline(), plain.ageMax(), WAIT, 64 << 20, 8 << 20, tracesMax);
    return new Sampler(
        new SamplerSettings(hold, 1000, false, 4),
        new CollectorJudge(file.stages()),
        SliceCodec.deflate());
  }

  private void send(Sampler sampler, long now, Span... spans) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addAllSpans(List.of(spans));
    byte[] bytes = request.build().toByteArray();
    sampler.hold(scanner.scan(bytes, 0, bytes.length), now);
  }

  /** Names of the spans that leave. */
  private static TreeSet<String> names(Sampler sampler) throws Exception {
    sampler.stamp();
    TreeSet<String> names = new TreeSet<>();
    ExportTraceServiceRequest.parseFrom(sampler.ship())
        .getResourceSpansList()
        .forEach(
            r ->
                r.getScopeSpansList()
                    .forEach(s -> s.getSpansList().forEach(span -> names.add(span.getName()))));
    return names;
  }

  private static Span span(long trace, String name) {
    ByteBuffer id = ByteBuffer.allocate(16).putLong(7).putLong(trace).flip();
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(id))
        .setSpanId(ByteString.copyFrom(new byte[] {1, 0, 0, 0, 0, 0, 0, (byte) name.hashCode()}))
        .setName(name)
        .build();
  }

  private static Span span(long trace, String name, AnyValue priority) {
    Span.Builder span = span(trace, name).toBuilder();
    span.addAttributesBuilder().setKey("sampling.priority").setValue(priority);
    return span.build();
  }

  private static AnyValue number(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  @Test
  void samplingPriorityDecidesForItsOwnSpanAlone() throws Exception {
    Map<Integer, String> expected = new LinkedHashMap<>();
    expected.put(0, "[kept, text]");
    expected.put(100, "[kept, none, text]");
    for (Map.Entry<Integer, String> percentage : expected.entrySet()) {
      CollectorFile file =
          read(
              "probabilistic_sampler",
              "probabilistic_sampler: {sampling_percentage: %d}".formatted(percentage.getKey()));
      assertEquals(List.of(), lost(file));
      Sampler sampler = sampler(file, 100);
      send(
          sampler,
          0,
          span(1, "none"),
          span(1, "kept", number(1)),
          span(1, "dropped", number(0)),
          span(1, "text", text("0.5")));
      sampler.decide(WAIT.toNanos());
      assertEquals(percentage.getValue(), names(sampler).toString());
      assertEquals(4, sampler.counts().kept() + sampler.counts().dropped());
    }
  }

  @Test
  void besideTailSamplingThatItDecidesForTheTraceIsListed() throws Exception {
    CollectorFile file =
        read(
            "tail_sampling, probabilistic_sampler",
            """
            tail_sampling: {policies: [{name: all, type: always_sample}]}
            probabilistic_sampler: {sampling_percentage: 10}
            """);
    assertEquals(
        List.of("c.yaml:6: processors.probabilistic_sampler decides otherwise"), lost(file));
  }

  @Test
  void theOldestTraceIsLetGoWhenNumTracesWait() throws Exception {
    CollectorFile file =
        read(
            "tail_sampling",
            "tail_sampling: {num_traces: 3, policies: [{name: all, type: always_sample}]}");
    assertEquals(List.of(), lost(file));
    Sampler sampler = sampler(file, 3);
    for (int i = 1; i <= 5; i++) {
      send(sampler, i, span(i, "t" + i));
      sampler.decide(i);
    }
    assertEquals(Map.of(Sampler.TOO_EARLY, 2L), sampler.counts().droppedByReason());
    send(sampler, 6, span(1, "again"));
    sampler.decide(6);
    sampler.decide(WAIT.toNanos() + 1_000_000_000L);
    assertEquals("[again, t4, t5]", names(sampler).toString());
    assertEquals(Map.of(Sampler.TOO_EARLY, 3L), sampler.counts().droppedByReason());
  }

  @Test
  void whereBytesAreCountedOtherwiseIsListed() throws Exception {
    CollectorFile file =
        read(
            "tail_sampling",
            """
            tail_sampling:
              maximum_trace_size_bytes: 1000
              policies:
                - {name: b, type: bytes_limiting, bytes_limiting: {bytes_per_second: 1000}}
            """);
    assertEquals(
        List.of(
            "c.yaml:6: processors.tail_sampling.maximum_trace_size_bytes decides otherwise",
            "c.yaml:8: processors.tail_sampling.policies[0].bytes_limiting decides otherwise"),
        lost(file));
  }

  @Test
  void aHeapThatHoldsLessThanTheCollectorWouldIsListed() throws Exception {
    long most = HeapShare.of(Runtime.getRuntime().maxMemory(), 0, 50_000).heldBytesMax() >> 20;
    String tail = "tail_sampling: {policies: [{name: all, type: always_sample}]}\n";
    CollectorFile fits =
        read(
            "memory_limiter, tail_sampling",
            tail + "memory_limiter: {check_interval: 1s, limit_mib: %d}".formatted(most));
    assertEquals(List.of(), lost(fits));
    assertEquals(Map.of("bytesMax", most + "MiB"), bytesMax(fits));
    CollectorFile large =
        read(
            "memory_limiter, tail_sampling",
            tail + "memory_limiter: {check_interval: 1s, limit_mib: %d}".formatted(most * 4 + 1));
    assertEquals(
        List.of("c.yaml:6: processors.memory_limiter.limit_mib decides otherwise"), lost(large));
    assertEquals(Map.of("bytesMax", most + "MiB"), bytesMax(large));
  }

  private static Map<String, Object> bytesMax(CollectorFile file) {
    return Map.of("bytesMax", ((Map<?, ?>) file.settings().get("hold")).get("bytesMax"));
  }

  @Test
  void moreDecisionsThanTheHeapRemembersAreListed() throws Exception {
    CollectorFile file =
        read(
            "tail_sampling",
            "tail_sampling: {decision_cache: {sampled_cache_size: 2000000000}, policies: [{name: a,"
                + " type: always_sample}]}");
    List<String> lost = lost(file);
    assertEquals(
        List.of("c.yaml:5: processors.tail_sampling.decision_cache decides otherwise"), lost);
    assertTrue(file.lost().getFirst().reason().contains("-Xmx"), lost::toString);
  }

  private static List<String> lost(CollectorFile file) {
    return file.lost().stream().map(l -> l.toString().replaceFirst(": [^:]*$", "")).toList();
  }
}
