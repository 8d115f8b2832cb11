package dev.spanthrift.agent.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.spanthrift.agent.receive.json.OtlpJsonPrinter;
import dev.spanthrift.agent.receive.json.RandomRequest;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is not sampled leaves as it came: one program, two destinations, gRPC and HTTP on both
 * sides.
 */
@Timeout(300)
class PassThroughIT {
  private static final long SEED = Long.getLong("seed", 1);
  private static final Random RANDOM = new Random(SEED);

  @TempDir static Path temp;
  private static OtlpBackend overGrpc;
  private static OtlpBackend overHttp;
  private static Program program;
  private static Sender sender;

  @BeforeAll
  static void start() {
    System.out.println("seed " + SEED);
    overGrpc = new GrpcBackend();
    overHttp = new HttpBackend();
    program =
        new Launch(temp)
            .yaml(
                """
                destinations:
                  - {name: one, endpoint: '%s', protocol: grpc, compression: gzip}
                  - {name: two, endpoint: '%s', protocol: http/protobuf, compression: zstd}
                hold: {pause: 100ms, deadline: 500ms}
                export: {delay: 50ms}
                """
                    .formatted(overGrpc.uri(), overHttp.uri()))
            .run();
    sender = new Sender(program.ports());
  }

  @AfterAll
  static void end() {
    sender.close();
    program.close();
    overGrpc.close();
    overHttp.close();
  }

  @BeforeEach
  void forget() {
    overGrpc.forget();
    overHttp.forget();
  }

  /** Every way in, with its name. */
  private static Map<String, BiConsumer<Otlp, byte[]>> waysIn() {
    Map<String, BiConsumer<Otlp, byte[]>> ways = new TreeMap<>();
    ways.put("gRPC", (signal, b) -> assertEquals(Status.Code.OK, sender.grpc(signal, b)));
    ways.put("gRPC gzip", (signal, b) -> assertEquals(Status.Code.OK, sender.grpcGzip(signal, b)));
    ways.put("HTTP", (signal, b) -> assertEquals(200, sender.http(signal, b).statusCode()));
    ways.put(
        "HTTP gzip", (signal, b) -> assertEquals(200, sender.httpGzip(signal, b).statusCode()));
    return ways;
  }

  private static void awaitRequests(Otlp signal, int count) {
    for (OtlpBackend backend : List.of(overGrpc, overHttp)) {
      Await.until(
          () -> count + " requests, not " + backend.received(signal).size() + program.err(),
          () -> backend.received(signal).size() == count);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"METRICS", "LOGS", "PROFILES"})
  void w9_w10_forwardsTheVeryBytes(Otlp signal) {
    int count = 0;
    for (Map.Entry<String, BiConsumer<Otlp, byte[]>> way : waysIn().entrySet()) {
      for (int i = 0; i < 3; i++) {
        byte[] request = withUnknownField(random(signal)).toByteArray();
        way.getValue().accept(signal, request);
        awaitRequests(signal, ++count);
        for (OtlpBackend backend : List.of(overGrpc, overHttp)) {
          assertArrayEquals(
              request, backend.received(signal).getLast().bytes(), way.getKey() + ", seed " + SEED);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Otlp.class)
  void j11_jsonArrivesAsTheProtobufOfTheSameData(Otlp signal) {
    for (int i = 0; i < 4; i++) {
      Message request = signal == Otlp.TRACES ? traces(RANDOM.nextInt(1, 6)) : random(signal);
      String json = new OtlpJsonPrinter(OtlpJsonPrinter.Style.LENIENT, RANDOM).print(request);
      var answer = sender.http(signal, Sender.JSON, "", json.getBytes(UTF_8));
      assertEquals("{}", new String(answer.body(), UTF_8), () -> "seed " + SEED + "\n" + json);
      awaitRequests(signal, i + 1);
      for (OtlpBackend backend : List.of(overGrpc, overHttp)) {
        Message arrived = backend.received(signal).getLast().message();
        assertEquals(comparable(request), comparable(arrived), () -> "seed " + SEED + "\n" + json);
      }
    }
  }

  /** Traces may be put together anew; what stays is each span, under its resource and scope. */
  private static Object comparable(Message message) {
    return message instanceof ExportTraceServiceRequest
        ? counted(Slices.of(message.toByteArray()))
        : message;
  }

  @Test
  void w5_keptWithCertaintySpansKeepEveryByte() {
    List<Slices.Slice> sent = new ArrayList<>();
    for (Map.Entry<String, BiConsumer<Otlp, byte[]>> way : waysIn().entrySet()) {
      for (int i = 0; i < 5; i++) {
        byte[] request = withUnknownField(traces(RANDOM.nextInt(1, 40))).toByteArray();
        sent.addAll(Slices.of(request));
        way.getValue().accept(Otlp.TRACES, request);
      }
    }
    for (OtlpBackend backend : List.of(overGrpc, overHttp)) {
      Await.until("all spans arrive", () -> backend.slices().size() >= sent.size());
      assertEquals(counted(sent), counted(backend.slices()), "seed " + SEED);
    }
  }

  @Test
  void s22_noEmptyEnvelopesAreMade() {
    byte[] request =
        traces(3).toBuilder().addResourceSpans(ResourceSpans.newBuilder()).build().toByteArray();
    assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, request));
    assertEquals(Status.Code.OK, sender.grpc(Otlp.TRACES, new byte[0]));
    Await.until("the spans arrive", () -> overGrpc.spans().size() == 3);
    for (OtlpBackend.Received received : overGrpc.received(Otlp.TRACES)) {
      ExportTraceServiceRequest arrived = (ExportTraceServiceRequest) received.message();
      for (ResourceSpans resource : arrived.getResourceSpansList()) {
        assertEquals(
            0, resource.getScopeSpansList().stream().filter(s -> s.getSpansCount() == 0).count());
        assertEquals(false, resource.getScopeSpansList().isEmpty());
      }
    }
  }

  private static Map<Slices.Slice, Integer> counted(List<Slices.Slice> slices) {
    Map<Slices.Slice, Integer> counted = new java.util.HashMap<>();
    slices.forEach(slice -> counted.merge(slice, 1, Integer::sum));
    return counted;
  }

  private static Message random(Otlp signal) {
    Message message = signal.request();
    while (message.getSerializedSize() == 0) {
      message = new RandomRequest(RANDOM).fill(signal.request());
    }
    return message;
  }

  /** A field that nobody knows (specs.md S21). */
  private static Message withUnknownField(Message message) {
    UnknownFieldSet.Field field =
        UnknownFieldSet.Field.newBuilder()
            .addFixed32(RANDOM.nextInt())
            .addLengthDelimited(ByteString.copyFromUtf8("from tomorrow"))
            .build();
    return message.toBuilder()
        .setUnknownFields(UnknownFieldSet.newBuilder().addField(4711, field).build())
        .build();
  }

  /** Random spans, each of a trace of its own, with ids that a sampler can work with. */
  private static ExportTraceServiceRequest traces(int spans) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    RandomRequest random = new RandomRequest(RANDOM);
    for (int left = spans; left > 0; ) {
      ResourceSpans.Builder resource =
          (ResourceSpans.Builder) random.fill(ResourceSpans.getDefaultInstance()).toBuilder();
      resource.clearScopeSpans();
      ScopeSpans.Builder scope =
          (ScopeSpans.Builder) random.fill(ScopeSpans.getDefaultInstance()).toBuilder();
      scope.clearSpans();
      for (int take = Math.min(left, RANDOM.nextInt(1, 5)); take > 0; take--, left--) {
        Span.Builder span = (Span.Builder) random.fill(Span.getDefaultInstance()).toBuilder();
        scope.addSpans(span.setTraceId(id(16)).setSpanId(id(8)).clearParentSpanId());
      }
      request.addResourceSpans(resource.addScopeSpans(scope));
    }
    return request.build();
  }

  private static ByteString id(int size) {
    byte[] id = new byte[size];
    RANDOM.nextBytes(id);
    id[0] |= 1; // never all zero
    return ByteString.copyFrom(id);
  }
}
