package dev.spanthrift.agent.receive.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.Eventually;
import dev.spanthrift.agent.receive.FakeIntake;
import dev.spanthrift.agent.receive.FakeJson;
import dev.spanthrift.agent.receive.GrpcClient;
import dev.spanthrift.agent.receive.Packed;
import dev.spanthrift.agent.receive.Samples;
import dev.spanthrift.agent.receive.TestSettings;
import dev.spanthrift.agent.receive.door.CorsSettings;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.agent.receive.door.Intake.Refusal;
import dev.spanthrift.agent.receive.door.PortStatus;
import dev.spanthrift.agent.receive.door.ReceiveSettings;
import dev.spanthrift.agent.receive.http.HttpPeer.Reply;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The habits of clients at the HTTP port: each gets in, or learns why not. */
class HttpClientsTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String TYPE = "Content-Type: application/x-protobuf\r\n";
  private static final String PATH = "/v1/traces";

  private final FakeIntake intake = new FakeIntake();
  private Loops loops;
  private HttpReceiver receiver;

  @BeforeEach
  void start() {
    loops = Loops.create();
    listen(TestSettings.LOOPBACK);
  }

  @AfterEach
  void stop() {
    receiver.stop(Duration.ofSeconds(1));
    loops.close(Duration.ofSeconds(5));
    assertEquals(0, intake.underWay.get());
  }

  private void listen(ReceiveSettings settings) {
    if (receiver != null) {
      receiver.stop(Duration.ofSeconds(1));
    }
    receiver = HttpReceiver.start(settings, loops, intake, FakeJson::decode);
  }

  private HttpPeer peer() {
    return new HttpPeer(receiver.address());
  }

  private long stray(String kind) {
    return receiver.status().strays().getOrDefault(kind, 0L);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_000, 100_000, 2_000_000})
  void firstRequestOfJavasClientThatOffersHttp2Arrives(int bytes) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + receiver.address().getPort() + PATH);
    byte[] body = new byte[bytes];
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<byte[]> answer =
            client.send(
                HttpRequest.newBuilder(uri)
                    .header("Content-Type", PROTOBUF)
                    .POST(BodyPublishers.ofByteArray(body))
                    .build(),
                BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        assertEquals(HttpClient.Version.HTTP_1_1, answer.version());
      }
    }
    assertEquals(3, intake.offers.get());
    assertEquals(3L * bytes, intake.offeredBytes.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2c", "h2c, websocket", "TLS/1.0, HTTP/2.0", "websocket"})
  void offersToChangeTheProtocolAreIgnored(String offer) {
    String headers =
        TYPE
            + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: "
            + offer
            + "\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n";
    try (HttpPeer peer = peer()) {
      assertEquals(200, peer.post(PATH, headers, TRACES).status());
      assertEquals(200, peer.post(PATH, headers, new byte[100_000]).status());
    }
    assertArrayEquals(TRACES, intake.offered.getFirst().bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:4318/v1/traces",
        "HTTP://collector/v1/traces?x=y",
        "https://user@[::1]:4318/v1/traces",
        "/v1/traces/",
        "//v1/traces",
        "/v1//traces",
        "/v1/traces?key=value",
        "/v1/traces#part"
      })
  void otherWaysToWriteThePathAreThePath(String target) {
    try (HttpPeer peer = peer()) {
      assertEquals(200, peer.post(target, PROTOBUF, "identity", TRACES).status(), target);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/trace, /v1/traces",
    "/v1/traces/v1/traces, base address",
    "/otlp/v1/metrics, base address",
    "/v1/metric, /v1/metrics",
    "/api/v2/spans, /v1/traces",
    "/V1/LOGS, /v1/logs",
    "/v1/profiles, /v1development/profiles",
    "/, /v1/traces",
    "http://localhost:4318, /v1/traces",
    "/nothing, '/v1/traces, /v1/metrics, /v1/logs, /v1development/profiles'",
  })
  void wrongPathIsAnsweredWithTheRightOne(String path, String right) {
    try (HttpPeer peer = peer()) {
      Reply reply = peer.post(path, "application/json", "identity", TRACES);
      assertEquals(404, reply.status());
      assertTrue(reply.text().contains(right), reply::text);
    }
    assertEquals(1, stray("wrong_path"));
    assertEquals(0, intake.arrived.get());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x-gzip|GZIP",
        "X-GZIP|GZIP",
        "GZIP|GZIP",
        "gzip, identity|GZIP",
        "identity|IDENTITY",
        "''|IDENTITY",
        "Identity,IDENTITY|IDENTITY",
        "Deflate|DEFLATE",
        " zstd |ZSTD"
      })
  void namesOfEncodingsAreReadAsTheStandardSays(String header, Encoding encoding) {
    try (HttpPeer peer = peer()) {
      String headers = TYPE + "Content-Encoding: " + header + "\r\n";
      assertEquals(200, peer.post(PATH, headers, Packed.with(encoding, TRACES)).status());
    }
    assertArrayEquals(TRACES, intake.offered.getFirst().bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Encoding: gzip, gzip\r\n",
        "Content-Encoding: gzip\r\nContent-Encoding: zstd\r\n",
        "Content-Encoding: br\r\n",
        "Content-Encoding: compress\r\n"
      })
  void encodingsThatWeCannotUndoAreNamed(String header) {
    try (HttpPeer peer = peer()) {
      Reply reply = peer.post(PATH, TYPE + header, TRACES);
      assertEquals(415, reply.status());
      assertEquals("identity,gzip,zstd,deflate", reply.headers().get("accept-encoding"));
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
  }

  @Test
  void byteOrderMarkBeforeJsonIsNoPartOfIt() {
    ByteArrayOutputStream marked = new ByteArrayOutputStream();
    marked.writeBytes(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf});
    marked.writeBytes(FakeJson.of(TRACES));
    try (HttpPeer peer = peer()) {
      assertEquals(
          "{}", peer.post(PATH, "application/json", "identity", marked.toByteArray()).text());
      byte[] packed = Packed.with(Encoding.GZIP, marked.toByteArray());
      assertEquals("{}", peer.post(PATH, "application/json", "gzip", packed).text());
    }
    intake.offered.forEach(o -> assertArrayEquals(TRACES, o.bytes()));
  }

  @Test
  void http10IsAnsweredAndClosedUnlessItAsksToStay() {
    String head =
        "POST /v1/traces HTTP/1.0\r\n" + TYPE + "Content-Length: " + TRACES.length + "\r\n";
    try (HttpPeer peer = peer()) {
      peer.send(head + "Connection: keep-alive\r\n\r\n");
      peer.send(TRACES);
      Reply reply = peer.read();
      assertEquals(200, reply.status());
      assertEquals("keep-alive", reply.headers().get("connection"));
      peer.send(head + "\r\n");
      peer.send(TRACES);
      assertEquals(200, peer.read().status());
      assertTrue(peer.ended());
    }
    assertEquals(2, intake.offers.get());
  }

  @Test
  void connectionCloseIsObeyed() {
    try (HttpPeer peer = peer()) {
      Reply reply = peer.post(PATH, TYPE + "Connection: close\r\n", TRACES);
      assertEquals(200, reply.status());
      assertEquals("close", reply.headers().get("connection"));
      assertTrue(peer.ended());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: Chunked\r\n"})
  void chunksOfOneByteAndTrailersAreOneBody(String header) {
    try (HttpPeer peer = peer()) {
      peer.send(HttpPeer.request("POST", PATH, TYPE + header, new byte[0]));
      for (byte b : TRACES) {
        peer.send("1;ext=x\r\n");
        peer.send(new byte[] {b});
        peer.send("\r\n");
      }
      peer.send("0\r\nX-Checksum: 1\r\n\r\n");
      assertEquals(200, peer.read().status());
    }
    assertArrayEquals(TRACES, intake.offered.getFirst().bytes());
  }

  @Test
  void chunkWithoutALengthIsMalformedAndCounted() {
    try (HttpPeer peer = peer()) {
      peer.send(
          HttpPeer.request("POST", PATH, TYPE + "Transfer-Encoding: chunked\r\n", new byte[0]));
      peer.send("zz\r\n");
      assertEquals(400, peer.read().status());
      assertTrue(peer.ended());
    }
    assertEquals(1, intake.refusals(Refusal.MALFORMED));
    assertEquals(1, intake.arrived.get());
  }

  @Test
  void whatIsExpectedAndUnknownIsRefused() {
    try (HttpPeer peer = peer()) {
      assertEquals(417, peer.post(PATH, TYPE + "Expect: the-moon\r\n", TRACES).status());
    }
    assertEquals(1, intake.refusals(Refusal.UNSUPPORTED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT"})
  void otherMethodsLearnTheRightOneAndTheConnectionLives(String method) {
    try (HttpPeer peer = peer()) {
      peer.send(HttpPeer.request(method, PATH, "", new byte[0]));
      Reply reply = method.equals("HEAD") ? peer.readHead() : peer.read();
      assertEquals(405, reply.status());
      assertEquals("POST", reply.headers().get("allow"));
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GARBAGE, malformed_head",
    "'POST /v1/traces HTTP/x', malformed_head",
    "'POST  HTTP/1.1', malformed_head",
  })
  void headThatIsNoHttpIsAnsweredInWordsAndCounted(String line, String kind) {
    try (HttpPeer peer = peer()) {
      peer.send(line + "\r\nHost: x\r\n\r\n");
      Reply reply = peer.read();
      assertEquals(400, reply.status());
      assertFalse(reply.text().isBlank());
    }
    assertEquals(1, stray(kind));
  }

  @Test
  void tlsHelloOnThePlainPortIsAnsweredAndCounted() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", receiver.address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3});
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("http://"), answer);
    }
    assertEquals(1, stray("tls_on_plain"));
  }

  @Test
  void grpcClientLearnsThatItsPortIsAnother() {
    try (GrpcClient client = new GrpcClient(receiver.address())) {
      StatusRuntimeException failure = GrpcClient.failure(() -> client.call(Signal.TRACES, TRACES));
      assertEquals(Code.UNIMPLEMENTED, failure.getStatus().getCode());
      assertTrue(failure.getStatus().getDescription().contains("4317"), failure::toString);
    }
    assertEquals(1, stray("grpc_on_http"));
  }

  @Test
  void bothLoopbackAddressesAreListenedOn() throws Exception {
    int port = receiver.address().getPort();
    List<InetAddress> addresses = new ArrayList<>(List.of(InetAddress.getByName("127.0.0.1")));
    InetAddress six = InetAddress.getByName("::1");
    if (java.net.NetworkInterface.getByInetAddress(six) != null) {
      addresses.add(six);
    }
    for (InetAddress address : addresses) {
      try (HttpPeer peer = new HttpPeer(new InetSocketAddress(address, port))) {
        assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status(), "" + address);
      }
    }
  }

  @Test
  void requestCutByItsClientIsCounted() {
    try (HttpPeer peer = peer()) {
      peer.send(HttpPeer.request("POST", PATH, TYPE + "Content-Length: 900\r\n", new byte[100]));
      Eventually.await("it is under way", () -> intake.underWay.get() == 1);
    }
    Eventually.await("it is cut", () -> intake.refusals(Refusal.CUT) == 1);
    assertEquals(1, intake.arrived.get());
  }

  @Test
  void headCutByItsClientIsCounted() {
    try (HttpPeer peer = peer()) {
      peer.send("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-");
      Eventually.await("it is open", () -> receiver.status().open() == 1);
      assertEquals(200, alive());
    }
    Eventually.await("it is cut", () -> stray("cut_head") == 1);
  }

  private int alive() {
    try (HttpPeer peer = peer()) {
      return peer.post(PATH, PROTOBUF, "identity", TRACES).status();
    }
  }

  @Test
  void failureInsideIsCounted() {
    intake.broken = true;
    try (HttpPeer peer = peer()) {
      assertEquals(500, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
      assertEquals(500, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    assertEquals(2, intake.refusals(Refusal.FAILED));
  }

  @Test
  void slowBodyIsAnsweredWithATimeOutAndCounted() {
    listen(TestSettings.times(16, Duration.ofMillis(400), Duration.ofMinutes(1)));
    try (HttpPeer peer = peer()) {
      peer.send(HttpPeer.request("POST", PATH, TYPE + "Content-Length: 900\r\n", new byte[100]));
      assertEquals(408, peer.read().status());
      assertTrue(peer.ended());
    }
    assertEquals(1, intake.refusals(Refusal.TOO_SLOW));
  }

  @Test
  void connectionThatSaysNothingIsClosedAndCounted() {
    listen(TestSettings.headTimeout(Duration.ofMillis(200)));
    try (HttpPeer silent = peer();
        HttpPeer half = peer()) {
      half.send("POST /v1/tra");
      assertTrue(silent.ended());
      assertTrue(half.ended());
      assertEquals(200, alive());
    }
    assertEquals(2, stray("slow_head"));
    assertEquals(0, stray("cut_head"));
  }

  @Test
  void silentConnectionsMakeRoomAndUsedOnesDoNot() {
    listen(TestSettings.times(2, Duration.ofSeconds(9), Duration.ofMinutes(1)));
    try (HttpPeer used = peer()) {
      assertEquals(200, used.post(PATH, PROTOBUF, "identity", TRACES).status());
      try (HttpPeer silent = peer();
          HttpPeer second = peer()) {
        assertTrue(silent.ended());
        assertEquals(200, second.post(PATH, PROTOBUF, "identity", TRACES).status());
        try (HttpPeer third = peer()) {
          assertTrue(third.ended());
        }
      }
      assertEquals(200, used.post(PATH, PROTOBUF, "identity", TRACES).status());
    }
    PortStatus status = receiver.status();
    assertEquals(1, status.refused().get("made_room"));
    assertEquals(1, status.refused().get("table_full"));
    Eventually.await("all have gone", () -> receiver.status().open() == 0);
    assertEquals(4, receiver.status().accepted());
    assertEquals(3, receiver.status().closed());
  }

  @Test
  void connectionOfItsAgeIsToldToCloseWithItsNextAnswer() {
    listen(TestSettings.age(Duration.ofMillis(300), Duration.ofSeconds(20)));
    try (HttpPeer peer = peer()) {
      Reply reply = peer.post(PATH, PROTOBUF, "identity", TRACES);
      while (!"close".equals(reply.headers().get("connection"))) {
        reply = peer.post(PATH, PROTOBUF, "identity", TRACES);
        assertEquals(200, reply.status());
      }
      assertTrue(peer.ended());
    }
    assertEquals(0, intake.refusals());
  }

  @Test
  void connectionOfItsAgeThatIsNotUsedIsCutAfterTheGrace() {
    listen(TestSettings.age(Duration.ofMillis(100), Duration.ofMillis(100)));
    try (HttpPeer peer = peer()) {
      assertEquals(200, peer.post(PATH, PROTOBUF, "identity", TRACES).status());
      assertTrue(peer.ended());
    }
  }

  private Reply preflight(HttpPeer peer, String origin, String method, String headers) {
    String asked =
        "Origin: "
            + origin
            + "\r\nAccess-Control-Request-Method: "
            + method
            + "\r\n"
            + (headers.isEmpty() ? "" : "Access-Control-Request-Headers: " + headers + "\r\n");
    peer.send(HttpPeer.request("OPTIONS", PATH, asked, new byte[0]));
    return peer.read();
  }

  private static CorsSettings cors(List<String> origins, List<String> headers) {
    return new CorsSettings(origins, headers, Duration.ofHours(2));
  }

  @Test
  void pagesOfAllowedOriginsMaySend() {
    listen(TestSettings.cors(cors(List.of("https://*.shop.example"), List.of("X-Tenant"))));
    try (HttpPeer peer = peer()) {
      String origin = "https://www.shop.example";
      Reply asked = preflight(peer, origin, "POST", "content-type, x-tenant");
      assertEquals(204, asked.status());
      assertEquals(origin, asked.headers().get("access-control-allow-origin"));
      assertEquals("POST", asked.headers().get("access-control-allow-methods"));
      assertEquals("content-type, x-tenant", asked.headers().get("access-control-allow-headers"));
      assertEquals("7200", asked.headers().get("access-control-max-age"));
      assertTrue(asked.headers().get("vary").contains("origin"));
      for (String path : List.of(PATH, "/nowhere")) {
        Reply sent = peer.post(path, TYPE + "Origin: " + origin + "\r\n", TRACES);
        assertEquals(origin, sent.headers().get("access-control-allow-origin"));
      }
    }
    assertEquals(1, stray("preflight"));
    assertEquals(1, intake.offers.get());
  }

  @ParameterizedTest
  @CsvSource({
    "https://shop.example, POST, '', https://shop.example may not",
    "https://evil.example, POST, '', https://evil.example may not",
    "https://www.shop.example.evil, POST, '', may not send",
    "https://www.shop.example, DELETE, '', only POST",
    "https://www.shop.example, POST, x-secret, x-secret",
    "null, POST, '', may not send",
  })
  void otherPagesLearnWhyTheyMayNot(String origin, String method, String headers, String why) {
    listen(TestSettings.cors(cors(List.of("https://*.shop.example"), List.of())));
    try (HttpPeer peer = peer()) {
      Reply reply = preflight(peer, origin, method, headers);
      assertEquals(403, reply.status());
      assertFalse(reply.headers().containsKey("access-control-allow-methods"));
      assertTrue(reply.text().contains(why), reply::text);
    }
    assertEquals(1, stray("preflight_refused"));
  }

  @Test
  void withoutTheSettingNoPageMaySend() {
    try (HttpPeer peer = peer()) {
      Reply reply = preflight(peer, "https://shop.example", "POST", "");
      assertEquals(403, reply.status());
      assertFalse(reply.headers().containsKey("access-control-allow-origin"));
      assertTrue(reply.text().contains("listen.http.cors.allowedOrigins"), reply::text);
      Reply sent = peer.post(PATH, TYPE + "Origin: https://shop.example\r\n", TRACES);
      assertEquals(200, sent.status());
      assertFalse(sent.headers().containsKey("access-control-allow-origin"));
    }
  }

  @Test
  void anyOriginAndAnyHeaderCanBeAllowed() {
    listen(TestSettings.cors(cors(List.of("*"), List.of("*"))));
    try (HttpPeer peer = peer()) {
      Reply asked = preflight(peer, "http://localhost:3000", "POST", "a,B , c");
      assertEquals(204, asked.status());
      assertEquals("a, b, c", asked.headers().get("access-control-allow-headers"));
    }
  }

  @Test
  void curlsOfferOfHttp2IsIgnoredAndItsRequestArrives() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        new java.io.File("/usr/bin/curl").canExecute(), "no curl here");
    java.nio.file.Path body = java.nio.file.Files.createTempFile("body", ".bin");
    java.nio.file.Files.write(body, new byte[200_000]);
    Process curl =
        new ProcessBuilder(
                "/usr/bin/curl",
                "--silent",
                "--http2",
                "--max-time",
                "20",
                "--write-out",
                "%{http_code}",
                "--header",
                "Content-Type: " + PROTOBUF,
                "--data-binary",
                "@" + body,
                "http://127.0.0.1:" + receiver.address().getPort() + PATH)
            .redirectErrorStream(true)
            .start();
    String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(curl.waitFor(30, TimeUnit.SECONDS));
    assertEquals("200", said);
    java.nio.file.Files.delete(body);
    assertEquals(200_000, intake.offeredBytes.get());
  }
}
