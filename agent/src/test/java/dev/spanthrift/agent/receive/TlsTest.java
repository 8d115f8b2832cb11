package dev.spanthrift.agent.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.grpc.GrpcReceiver;
import dev.spanthrift.agent.receive.http.HttpReceiver;
import dev.spanthrift.agent.receive.loop.Loops;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.Status.Code;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;

class TlsTest {
  private static final byte[] TRACES = Samples.traces(21).toByteArray();

  @TempDir static Path folder;
  private static TestKeys server;
  private static TestKeys friend;
  private static TestKeys stranger;
  private static Loops loops;

  private final FakeIntake intake = new FakeIntake();

  @BeforeAll
  static void keys() throws Exception {
    server = TestKeys.create(folder, "server");
    friend = TestKeys.create(folder, "friend");
    stranger = TestKeys.create(folder, "stranger");
    loops = Loops.create();
  }

  @AfterAll
  static void close() {
    loops.close(Duration.ofSeconds(5));
  }

  @Test
  void grpcOverTlsIsAnswered() throws Exception {
    Tls tls = new Tls(null, server.certificate(), server.key(), false);
    GrpcReceiver receiver = GrpcReceiver.start(TestSettings.secured(tls), loops, intake);
    try (GrpcClient client = grpc(receiver, null)) {
      assertEquals(0, client.call(Signal.TRACES, TRACES).length);
    }
    try (GrpcClient plain = new GrpcClient(receiver.address())) {
      assertEquals(
          Code.UNAVAILABLE,
          GrpcClient.failure(() -> plain.call(Signal.TRACES, TRACES)).getStatus().getCode());
    }
    receiver.stop(Duration.ofSeconds(5));
    assertEquals(1, intake.offers.get());
  }

  @Test
  void grpcOverMutualTlsTakesKnownClientsOnly() throws Exception {
    Tls tls = new Tls(friend.certificate(), server.certificate(), server.key(), false);
    GrpcReceiver receiver = GrpcReceiver.start(TestSettings.secured(tls), loops, intake);
    try (GrpcClient known = grpc(receiver, friend);
        GrpcClient unknown = grpc(receiver, stranger);
        GrpcClient nameless = grpc(receiver, null)) {
      assertEquals(0, known.call(Signal.TRACES, TRACES).length);
      for (GrpcClient refused : new GrpcClient[] {unknown, nameless}) {
        assertEquals(
            Code.UNAVAILABLE,
            GrpcClient.failure(() -> refused.call(Signal.TRACES, TRACES)).getStatus().getCode());
      }
    }
    receiver.stop(Duration.ofSeconds(5));
    assertEquals(1, intake.offers.get());
  }

  @Test
  void httpOverTlsIsAnsweredInBothVersions() throws Exception {
    Tls tls = new Tls(null, server.certificate(), server.key(), false);
    HttpReceiver receiver =
        HttpReceiver.start(TestSettings.secured(tls), loops, intake, FakeJson::decode);
    StepVerifier.create(post(receiver, null, HttpProtocol.HTTP11))
        .expectNext("200 OK HTTP/1.1")
        .expectComplete()
        .verify(Duration.ofSeconds(20));
    StepVerifier.create(post(receiver, null, HttpProtocol.H2))
        .expectNext("200 OK HTTP/2.0")
        .expectComplete()
        .verify(Duration.ofSeconds(20));
    receiver.stop(Duration.ofSeconds(5));
    assertEquals(2, intake.offers.get());
  }

  @Test
  void httpOverMutualTlsTakesKnownClientsOnly() throws Exception {
    Tls tls = new Tls(friend.certificate(), server.certificate(), server.key(), false);
    HttpReceiver receiver =
        HttpReceiver.start(TestSettings.secured(tls), loops, intake, FakeJson::decode);
    StepVerifier.create(post(receiver, friend, HttpProtocol.HTTP11))
        .expectNext("200 OK HTTP/1.1")
        .expectComplete()
        .verify(Duration.ofSeconds(20));
    StepVerifier.create(post(receiver, stranger, HttpProtocol.HTTP11))
        .expectError()
        .verify(Duration.ofSeconds(20));
    receiver.stop(Duration.ofSeconds(5));
    assertEquals(1, intake.offers.get());
  }

  @Test
  void unusableKeyIsSaidWithItsFile() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad.key"), "no key");
    Tls tls = new Tls(null, server.certificate(), bad, false);
    Exception failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> GrpcReceiver.start(TestSettings.secured(tls), loops, intake));
    assertTrue(failure.getMessage().contains("bad.key"), failure.getMessage());
  }

  private static GrpcClient grpc(GrpcReceiver receiver, TestKeys keys) throws Exception {
    SslContextBuilder ssl =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(server.certificate().toFile());
    if (keys != null) {
      ssl.keyManager(keys.certificate().toFile(), keys.key().toFile());
    }
    return new GrpcClient(
        NettyChannelBuilder.forAddress(receiver.address()).sslContext(ssl.build()));
  }

  private static Mono<String> post(HttpReceiver receiver, TestKeys keys, HttpProtocol protocol)
      throws Exception {
    SslContextBuilder ssl =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(server.certificate().toFile());
    if (protocol == HttpProtocol.H2) {
      ssl.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              "h2"));
    }
    if (keys != null) {
      ssl.keyManager(keys.certificate().toFile(), keys.key().toFile());
    }
    io.netty.handler.ssl.SslContext context = ssl.build();
    return HttpClient.newConnection()
        .protocol(protocol)
        .remoteAddress(receiver::address)
        .secure(spec -> spec.sslContext(context))
        .headers(h -> h.set("Content-Type", "application/x-protobuf"))
        .post()
        .uri("https://127.0.0.1:" + receiver.address().getPort() + "/v1/traces")
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(TRACES)))
        .responseSingle(
            (response, body) -> Mono.just(response.status() + " " + response.version()));
  }
}
