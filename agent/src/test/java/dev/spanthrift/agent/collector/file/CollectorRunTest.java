package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.Sidecar;
import dev.spanthrift.agent.client.OtlpStub;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.collector.tail.CollectorJudge;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The peers' configurations as they are, in the running program: ports, sampler, destination. */
class CollectorRunTest {
  private static final int TRACES = 400;
  private static final long START = 1_700_000_000_000_000_000L;

  @TempDir Path folder;

  private record Sent(byte[] id, boolean error, boolean slow, int spans) {}

  private final Random random = new Random(20_261_125);

  @ParameterizedTest
  @ValueSource(strings = {"pass", "prob", "tail1", "tail3"})
  @Timeout(120)
  void keepsExactlyWhatTheSemanticsSay(String peer) throws Exception {
    try (OtlpStub backend = new OtlpStub(request -> OtlpStub.Script.OK)) {
      Map<String, String> environment =
          Map.of(
              "DECISION_WAIT", "300ms",
              "EXPORT_COMPRESSION", "none",
              "SPANTHRIFT_LISTEN_GRPC_PORT", "0",
              "SPANTHRIFT_LISTEN_HTTP_PORT", "0",
              "SPANTHRIFT_ADMIN_PORT", "0",
              "SPANTHRIFT_STATE_DIR", folder.resolve("state").toString());
      CollectorFile file =
          CollectorFile.read(copy(peer, backend.grpcPort()), environment, CollectorVersion.NEWEST);
      assertEquals(
          List.of(),
          file.lost().stream()
              .map(Remark::key)
              .filter(key -> !key.matches("service.telemetry|.*memory_limiter.*"))
              .toList());
      Sidecar sidecar = new Sidecar();
      SidecarProgram.Ports ports =
          sidecar.start(file.load(environment).settings(), new CollectorJudge(file.stages()));
      List<Sent> sent = new ArrayList<>();
      try {
        sent.addAll(send(ports.http()));
      } finally {
        sidecar.stop(Duration.ofSeconds(20));
      }
      PipelineStatus status = sidecar.status();
      assertEquals(sent.stream().mapToInt(Sent::spans).sum(), status.spans().received());
      assertEquals(expected(sent, kept(peer)), counts(backend.requests(), traceState(peer)));
    }
  }

  private Path copy(String peer, int port) throws Exception {
    Path source =
        Path.of(
            Objects.requireNonNull(
                    getClass()
                        .getResource("/dev/spanthrift/agent/collector/peers/" + peer + ".yaml"))
                .toURI());
    Path copy = folder.resolve(peer + ".yaml");
    Files.writeString(copy, Files.readString(source).replace(":14317", ":" + port));
    return copy;
  }

  private List<Sent> send(int port) throws Exception {
    List<Sent> sent = new ArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    for (int i = 0; i < TRACES; i++) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      Sent trace =
          new Sent(id, random.nextInt(10) == 0, random.nextInt(10) == 0, 1 + random.nextInt(4));
      sent.add(trace);
      HttpRequest post =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
              .header("Content-Type", "application/x-protobuf")
              .POST(HttpRequest.BodyPublishers.ofByteArray(request(trace).toByteArray()))
              .build();
      assertEquals(200, client.send(post, HttpResponse.BodyHandlers.discarding()).statusCode());
    }
    return sent;
  }

  private static ExportTraceServiceRequest request(Sent trace) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < trace.spans(); i++) {
      boolean last = i == trace.spans() - 1;
      Span.Builder span =
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(trace.id()))
              .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(i + 1L).array()))
              .setName("work")
              .setStartTimeUnixNano(START)
              .setEndTimeUnixNano(START + (trace.slow() && last ? 1_002_000_000L : 1_000_000L));
      if (trace.error() && last) {
        span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
      }
      scope.addSpans(span);
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
        .build();
  }

  private static Predicate<Sent> kept(String peer) {
    return switch (peer) {
      case "pass" -> trace -> true;
      case "prob" -> trace -> fnv32(trace.id()) % 16_384 < 1638; // 10 · 163.84, truncated
      case "tail1" -> CollectorRunTest::isTenth;
      default -> trace -> trace.error() || trace.slow() || isTenth(trace);
    };
  }

  private static boolean isTenth(Sent trace) {
    BigInteger most = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    return fnv64(trace.id()).compareTo(most.divide(BigInteger.TEN)) <= 0;
  }

  /** By the definition, in numbers without bounds. */
  private static BigInteger fnv64(byte[] id) {
    byte[] salt = "default-hash-seed".getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(salt, salt.length + id.length);
    System.arraycopy(id, 0, all, salt.length, id.length);
    return fnv(all, "14695981039346656037", "1099511628211", 64);
  }

  private static long fnv32(byte[] id) {
    byte[] all = new byte[4 + id.length]; // seed 0
    System.arraycopy(id, 0, all, 4, id.length);
    return fnv(all, "2166136261", "16777619", 32).longValueExact();
  }

  private static BigInteger fnv(byte[] bytes, String basis, String prime, int bits) {
    BigInteger modulus = BigInteger.TWO.pow(bits);
    BigInteger hash = new BigInteger(basis);
    for (byte b : bytes) {
      hash = hash.xor(BigInteger.valueOf(b & 0xff)).multiply(new BigInteger(prime)).mod(modulus);
    }
    return hash;
  }

  private static Map<ByteString, Integer> expected(List<Sent> sent, Predicate<Sent> kept) {
    Map<ByteString, Integer> expected = new HashMap<>();
    sent.stream()
        .filter(kept)
        .forEach(trace -> expected.put(ByteString.copyFrom(trace.id()), trace.spans()));
    return expected;
  }

  /** What probabilistic_sampler writes at 10 %; tail_sampling writes none. */
  private static String traceState(String peer) {
    return peer.equals("prob") ? "ot=rv:[0-9a-f]{14};th:e668" : "";
  }

  /** Spans at the backend by trace; none twice, and all with such a trace state. */
  private static Map<ByteString, Integer> counts(List<byte[]> requests, String traceState)
      throws Exception {
    Map<ByteString, Integer> counts = new HashMap<>();
    Set<ByteString> seen = new HashSet<>();
    for (byte[] request : requests) {
      for (ResourceSpans resource :
          ExportTraceServiceRequest.parseFrom(request).getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            assertTrue(span.getTraceState().matches(traceState), span.getTraceState());
            assertTrue(seen.add(span.getTraceId().concat(span.getSpanId())), "twice");
            counts.merge(span.getTraceId(), 1, Integer::sum);
          }
        }
      }
    }
    return counts;
  }
}
