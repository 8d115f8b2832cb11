package dev.spanthrift.agent.receive.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.FakeJson;
import dev.spanthrift.agent.receive.Packed;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.Admission;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.http.HttpPeer.Reply;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.Unpooled;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class HttpReceiverTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final byte[] BAD_JSON = "[]".getBytes(StandardCharsets.UTF_8);
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final String PATH = "/v1/traces";

  private final FakeIntake intake = new FakeIntake();
  private final ObjectMapper json = new ObjectMapper();
  private Loops loops;
  private HttpReceiver receiver;
  private HttpPeer peer;

  @BeforeEach
  void start() {
    loops = Loops.create();
    ReceiveSettings settings = TestSettings.LOOPBACK;
    receiver = HttpReceiver.start(settings, loops, intake, FakeJson::decode);
    peer = new HttpPeer(receiver.address());
  }

  @AfterEach
  void stop() {
    peer.close();
    receiver.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void s3_everyPathTakesTheVeryBytes(Signal signal) {
    byte[] message = Samples.of(signal).toByteArray();
    assertEquals(200, peer.post(signal.httpPath(), PROTOBUF, "identity", message).status());
    assertEquals(signal, intake.offered.getFirst().signal());
    assertArrayEquals(message, intake.offered.getFirst().bytes());
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void s1_everyEncodingGivesTheSameBytes(Encoding encoding) {
    byte[] large = Samples.traces(20_000).toByteArray();
    String name = encoding.name().toLowerCase(Locale.ROOT);
    for (byte[] content : new byte[][] {TRACES, large, TRACES}) {
      assertEquals(200, peer.post(PATH, PROTOBUF, name, Packed.with(encoding, content)).status());
      assertArrayEquals(content, intake.offered.getLast().bytes());
    }
    assertEquals(0, receiver.status().pendingBytes());
  }

  @Test
  void s7_emptyRequestsSucceed() {
    assertEquals(200, peer.post(PATH, PROTOBUF, "identity", new byte[0]).status());
    assertEquals("{}", peer.post(PATH, JSON, "identity", FakeJson.of(new byte[0])).text());
    assertEquals(2, intake.offers.get());
    assertEquals(0, intake.offeredBytes.get());
  }

  @Test
  void s8_fullSuccessIsNoBytesOrAnEmptyObject() {
    Reply binary = peer.post(PATH, PROTOBUF, "identity", TRACES);
    assertEquals(0, binary.body().length);
    assertEquals("0", binary.headers().get("content-length"));
    assertEquals("{}", peer.post(PATH, JSON, "identity", FakeJson.of(TRACES)).text());
    assertArrayEquals(TRACES, intake.offered.getLast().bytes());
  }

  @Test
  void s9_partialSuccessTellsHowMany() throws Exception {
    intake.answer = new Admission.Partial(3, "trace id has 15 bytes");
    Reply binary = peer.post(PATH, PROTOBUF, "identity", TRACES);
    assertEquals(200, binary.status());
    var response = ExportTraceServiceResponse.parseFrom(binary.body());
    assertEquals(3, response.getPartialSuccess().getRejectedSpans());
    assertEquals("trace id has 15 bytes", response.getPartialSuccess().getErrorMessage());

    Reply text = peer.post("/v1/metrics", JSON, "identity", FakeJson.of(TRACES));
    assertEquals(
        json.readTree(
            """
            {"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"trace id has 15 bytes"}}
            """),
        json.readTree(text.text()));
  }

  @Test
  void s10_warningHasNoRejections() throws Exception {
    intake.answer = new Admission.Partial(0, "clock is off");
    Reply binary = peer.post(PATH, PROTOBUF, "identity", TRACES);
    var response = ExportTraceServiceResponse.parseFrom(binary.body());
    assertEquals(0, response.getPartialSuccess().getRejectedSpans());
    assertEquals("clock is off", response.getPartialSuccess().getErrorMessage());
    assertEquals(
        "{\"partialSuccess\":{\"errorMessage\":\"clock is off\"}}",
        peer.post(PATH, JSON, "identity", FakeJson.of(TRACES)).text());
  }

  @Test
  void s6_longMessagesAreShortened() throws Exception {
    intake.answer = new Admission.Partial(1, "x".repeat(10 << 20));
    Reply reply = peer.post(PATH, PROTOBUF, "identity", TRACES);
    assertTrue(reply.body().length < 4096);
    assertTrue(
        ExportTraceServiceResponse.parseFrom(reply.body())
            .getPartialSuccess()
            .getErrorMessage()
            .startsWith("xxxx"));
    assertTrue(peer.post(PATH, JSON, "identity", FakeJson.of(TRACES)).body().length < 4096);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-protobuf",
        "APPLICATION/X-PROTOBUF",
        "application/x-protobuf; messageType=\"x\"",
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/json;charset=utf-8"
      })
  void s11_contentTypeOfTheAnswerIsThatOfTheRequest(String type) {
    boolean isJson = type.toLowerCase(Locale.ROOT).startsWith(JSON);
    byte[] body = isJson ? FakeJson.of(TRACES) : TRACES;
    Reply reply = peer.post(PATH, type, "identity", body);
    assertEquals(200, reply.status());
    assertEquals(isJson ? JSON : PROTOBUF, reply.headers().get("content-type"));
    assertArrayEquals(TRACES, intake.offered.getFirst().bytes());
    intake.answer = new Admission.Malformed("no");
    assertEquals(
        isJson ? JSON : PROTOBUF,
        peer.post(PATH, type, "identity", body).headers().get("content-type"));
  }

  @Test
  void s12_everyErrorCarriesAStatusInTheRequestsEncoding() throws Exception {
    intake.answer = new Admission.Malformed("no");
    assertError(400, 3, PATH, TRACES);
    assertError(404, 12, "/v1/trace", TRACES);
    intake.answer = new Admission.Overloaded(Duration.ofSeconds(1));
    assertError(503, 14, PATH, TRACES);
    intake.answer = Admission.ACCEPTED;
    intake.broken = true;
    assertError(500, 13, PATH, TRACES);
  }

  private void assertError(int http, int rpc, String path, byte[] body) throws Exception {
    Reply binary = peer.post(path, PROTOBUF, "identity", body);
    assertEquals(http, binary.status());
    assertEquals(PROTOBUF, binary.headers().get("content-type"));
    Status status = Status.parseFrom(binary.body());
    assertEquals(rpc, status.getCode());
    assertTrue(!status.getMessage().isEmpty());
    Reply text = peer.post(path, JSON, "identity", FakeJson.of(body));
    assertEquals(http, text.status());
    assertEquals(JSON, text.headers().get("content-type"));
    JsonNode node = json.readTree(text.text());
    assertEquals(rpc, node.get("code").asInt());
    assertEquals(status.getMessage(), node.get("message").asString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
  void s12_otherMethodsAreNotAllowed(String method) {
    peer.send(HttpPeer.request(method, PATH, "Content-Type: application/json\r\n", new byte[0]));
    Reply reply = peer.read();
    assertEquals(405, reply.status());
    assertEquals("POST", reply.headers().get("allow"));
    assertEquals(12, json.readTree(reply.text()).get("code").asInt());
    assertEquals(1, intake.refusals(Refusal.UNSUPPORTED));
    assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: text/plain\r\n",
        "Content-Type: application/jsonx\r\n",
        "Content-Type: application/x-protobuf, application/json\r\n",
        "Content-Type:\r\n",
        ""
      })
  void s12_unknownContentTypeIsAnsweredInJson(String header) {
    Reply reply = peer.post(PATH, header, TRACES);
    assertEquals(415, reply.status());
    assertEquals(JSON, reply.headers().get("content-type"));
    assertEquals(12, json.readTree(reply.text()).get("code").asInt());
    assertEquals(1, intake.refusals(Refusal.UNSUPPORTED));
    assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
  }

  @Test
  void s12_unknownContentEncodingIsUnsupported() throws Exception {
    Reply reply = peer.post(PATH, PROTOBUF, "snappy", TRACES);
    assertEquals(415, reply.status());
    assertEquals(12, Status.parseFrom(reply.body()).getCode());
    assertEquals("identity,gzip,zstd,deflate", reply.headers().get("accept-encoding"));
    assertEquals(1, intake.refusals(Refusal.UNSUPPORTED));
  }

  @Test
  void s13_malformedIsBadRequestWithDetails() throws Exception {
    intake.answer = new Admission.Malformed("truncated varint at byte 7");
    Reply binary = peer.post(PATH, PROTOBUF, "identity", TRACES);
    assertEquals(
        "truncated varint at byte 7",
        Status.parseFrom(binary.body())
            .getDetails(0)
            .unpack(BadRequest.class)
            .getFieldViolations(0)
            .getDescription());
    Reply text = peer.post(PATH, JSON, "identity", FakeJson.of(TRACES));
    JsonNode detail = json.readTree(text.text()).get("details").get(0);
    assertEquals("type.googleapis.com/google.rpc.BadRequest", detail.get("@type").asString());
    assertEquals(
        "truncated varint at byte 7",
        detail.get("fieldViolations").get(0).get("description").asString());
    assertEquals(0, intake.refusals());
  }

  @Test
  void s13_badJsonAndBadCompressionAreBadRequests() throws Exception {
    Reply reply = peer.post(PATH, JSON, "identity", BAD_JSON);
    assertEquals(400, reply.status());
    assertEquals("not \"fake\" JSON\n", json.readTree(reply.text()).get("message").asString());
    for (String encoding : List.of("gzip", "zstd", "deflate")) {
      Reply packed = peer.post(PATH, PROTOBUF, encoding, TRACES);
      assertEquals(400, packed.status());
      assertEquals(3, Status.parseFrom(packed.body()).getCode());
    }
    assertEquals(4, intake.refusals(Refusal.MALFORMED));
    assertEquals(0, intake.offers.get());
    assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
  }

  @Test
  void s14_overloadIsUnavailableWithRetryAfterAndPasses() throws Exception {
    intake.answer = new Admission.Overloaded(Duration.ofMillis(1500));
    Reply reply = peer.post(PATH, PROTOBUF, "identity", TRACES);
    assertEquals(503, reply.status());
    assertEquals("2", reply.headers().get("retry-after"));
    assertEquals(
        1500,
        Duration.ofSeconds(
                Status.parseFrom(reply.body())
                    .getDetails(0)
                    .unpack(RetryInfo.class)
                    .getRetryDelay()
                    .getSeconds())
            .plusMillis(500)
            .toMillis());
    Reply text = peer.post(PATH, JSON, "identity", FakeJson.of(TRACES));
    assertEquals(
        "1.500000000s",
        json.readTree(text.text()).get("details").get(0).get("retryDelay").asString());
    intake.answer = new Admission.Overloaded(Duration.ZERO);
    assertEquals("1", peer.post(PATH, PROTOBUF, "identity", TRACES).headers().get("retry-after"));
    intake.answer = Admission.ACCEPTED;
    assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    assertEquals(0, intake.refusals());
  }

  @Test
  void s16_protobufAndJsonShareAPort() {
    peer.post(PATH, PROTOBUF, "identity", TRACES);
    peer.post(PATH, JSON, "gzip", Packed.with(Encoding.GZIP, FakeJson.of(TRACES)));
    assertArrayEquals(TRACES, intake.offered.get(0).bytes());
    assertArrayEquals(TRACES, intake.offered.get(1).bytes());
  }

  @Test
  void s18_oneConnectionTakesAThousandRequests() {
    for (int i = 0; i < 1000; i++) {
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    assertEquals(1000, intake.offers.get());
  }

  private Mono<String> http2(ConnectionProvider connections, byte[] message) {
    return reactor.netty.http.client.HttpClient.create(connections)
        .protocol(HttpProtocol.H2C)
        .remoteAddress(receiver::address)
        .headers(h -> h.set("Content-Type", PROTOBUF))
        .post()
        .uri(PATH)
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(message)))
        .responseSingle(
            (response, body) -> Mono.just(response.status() + " " + response.version()));
  }

  @Test
  void s14_longOverloadDoesNotEndAnHttp2Connection() {
    ConnectionProvider one = ConnectionProvider.create("test", 1);
    intake.room = new Admission.Overloaded(Duration.ofSeconds(2));
    StepVerifier.create(http2(one, new byte[1 << 20]).repeat(399).distinct())
        .expectNext("503 Service Unavailable HTTP/2.0")
        .expectComplete()
        .verify(Duration.ofSeconds(60));
    assertEquals(400, intake.refusals(Refusal.OVERLOADED));
    assertEquals(0, receiver.status().pendingBytes());
    assertEquals(2, TestSettings.opened(receiver.status())); // and the peer of every test
    one.dispose();
  }

  @Test
  void s18_http2WithPriorKnowledgeIsSpoken() {
    ConnectionProvider one = ConnectionProvider.create("test", 1);
    StepVerifier.create(http2(one, TRACES).repeat(99))
        .expectNextCount(99)
        .expectNext("200 OK HTTP/2.0")
        .expectComplete()
        .verify(Duration.ofSeconds(20));
    assertEquals(100, intake.offers.get());
    assertArrayEquals(TRACES, intake.offered.getLast().bytes());
    one.dispose();
  }

  @Test
  void s19_sixtyFourInFlightAreAllAnswered() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + receiver.address().getPort() + PATH);
      List<CompletableFuture<HttpResponse<byte[]>>> calls = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(uri)
                .header("Content-Type", PROTOBUF)
                .POST(BodyPublishers.ofByteArray(TRACES))
                .build();
        calls.add(client.sendAsync(request, BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> call : calls) {
        assertEquals(200, call.get(20, TimeUnit.SECONDS).statusCode());
      }
    }
    assertEquals(64, intake.offers.get());
  }

  @Test
  void s19_pipelinedRequestsAreAnsweredInOrder() {
    byte[] good =
        HttpPeer.request(
            "POST",
            PATH,
            "Content-Type: application/x-protobuf\r\nContent-Length: " + TRACES.length + "\r\n",
            TRACES);
    byte[] bad = HttpPeer.request("POST", "/nowhere", "Content-Length: 3\r\n", new byte[3]);
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < 64; i++) {
      all.writeBytes(i % 4 == 3 ? bad : good);
    }
    peer.send(all.toByteArray());
    for (int i = 0; i < 64; i++) {
      assertEquals(i % 4 == 3 ? 404 : 200, peer.read().status(), "reply " + i);
    }
    assertEquals(48, intake.offers.get());
  }

  @Test
  void queryBehindThePathIsIgnored() {
    assertEquals(200, peer.post(PATH + "?x=y", PROTOBUF, "identity", TRACES).status());
    assertEquals(200, peer.post(PATH + "/", PROTOBUF, "identity", TRACES).status());
    assertEquals(404, peer.post("/", PROTOBUF, "identity", TRACES).status());
  }
}
