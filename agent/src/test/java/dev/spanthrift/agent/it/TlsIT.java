package dev.spanthrift.agent.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.TestKeys;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * TLS with certificates of both sides everywhere: at the OTLP ports, to a gRPC backend for traces
 * and to an HTTP backend for the rest. The keys are made by the test.
 */
@Timeout(300)
class TlsIT {
  private static final Random RANDOM = new Random();

  @TempDir static Path temp;
  private static TestKeys programKeys;
  private static TestKeys applicationKeys;
  private static TestKeys strangerKeys;
  private static OtlpBackend overGrpc;
  private static OtlpBackend overHttp;
  private static Launch launch;
  private static Program program;

  @BeforeAll
  static void start() throws Exception {
    programKeys = TestKeys.create(temp, "program");
    applicationKeys = TestKeys.create(temp, "application");
    strangerKeys = TestKeys.create(temp, "stranger");
    TestKeys backendKeys = TestKeys.create(temp, "backend");
    TestKeys exporterKeys = TestKeys.create(temp, "exporter");
    SslContextBuilder server =
        server(backendKeys).trustManager(exporterKeys.certificate().toFile());
    overGrpc = new GrpcBackend(GrpcSslContexts.configure(server, SslProvider.JDK).build());
    overHttp =
        new HttpBackend(jdk(server(backendKeys).trustManager(exporterKeys.certificate().toFile())));
    launch =
        new Launch(temp.resolve("run"))
            .to(overHttp)
            .env("OTEL_EXPORTER_OTLP_CERTIFICATE", backendKeys.certificate())
            .env("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", exporterKeys.certificate())
            .env("OTEL_EXPORTER_OTLP_CLIENT_KEY", exporterKeys.key())
            .env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", overGrpc.uri())
            .env("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc")
            .env("SPANTHRIFT_LISTEN_TLS_CERTIFICATE", programKeys.certificate())
            .env("SPANTHRIFT_LISTEN_TLS_KEY", programKeys.key())
            .env("SPANTHRIFT_LISTEN_TLS_CLIENT_AUTHORITY", applicationKeys.certificate())
            .env("SPANTHRIFT_HOLD_PAUSE", "50ms");
    program = launch.run();
  }

  @AfterAll
  static void end() {
    program.close();
    overGrpc.close();
    overHttp.close();
  }

  private static SslContextBuilder server(TestKeys keys) {
    return SslContextBuilder.forServer(keys.certificate().toFile(), keys.key().toFile())
        .clientAuth(ClientAuth.REQUIRE);
  }

  private static SSLContext jdk(SslContextBuilder builder) throws SSLException {
    return ((JdkSslContext) builder.sslProvider(SslProvider.JDK).build()).context();
  }

  /** Trusts the program; shows the given certificate. */
  private static Sender sender(@Nullable TestKeys keys) throws SSLException {
    SslContext grpc = GrpcSslContexts.configure(client(keys), SslProvider.JDK).build();
    return new Sender(
        NettyChannelBuilder.forAddress("127.0.0.1", program.ports().grpc()).sslContext(grpc),
        jdk(client(keys)),
        program.ports());
  }

  private static SslContextBuilder client(@Nullable TestKeys keys) {
    SslContextBuilder builder =
        SslContextBuilder.forClient().trustManager(programKeys.certificate().toFile());
    return keys == null
        ? builder
        : builder.keyManager(keys.certificate().toFile(), keys.key().toFile());
  }

  @Test
  void spansAndLogsPassEncryptedOnBothSides() throws SSLException {
    List<Span> one = RandomTraces.trace(RANDOM, "", false);
    List<Span> two = RandomTraces.trace(RANDOM, "", false);
    byte[] logs =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(ResourceLogs.newBuilder().setSchemaUrl("any"))
            .build()
            .toByteArray();
    try (Sender sender = sender(applicationKeys)) {
      assertEquals(
          Status.Code.OK, sender.grpc(Otlp.TRACES, RandomTraces.request(one).toByteArray()));
      assertEquals(
          200, sender.http(Otlp.TRACES, RandomTraces.request(two).toByteArray()).statusCode());
      assertEquals(200, sender.http(Otlp.LOGS, logs).statusCode());
    }
    Await.until(
        () -> "the spans arrive: " + program.status() + program.err(),
        () -> overGrpc.spans().size() == one.size() + two.size());
    Await.until("the logs arrive", () -> overHttp.received(Otlp.LOGS).size() == 1);
    assertEquals(0, overHttp.spans().size());
  }

  @Test
  void aClientWithoutACertificateThatWeKnowIsTurnedAway() throws SSLException {
    byte[] request = RandomTraces.request(RandomTraces.trace(RANDOM, "", false)).toByteArray();
    for (TestKeys keys : new TestKeys[] {null, strangerKeys}) {
      try (Sender sender = sender(keys)) {
        assertEquals(Status.Code.UNAVAILABLE, sender.grpc(Otlp.TRACES, request));
        assertThrows(UncheckedIOException.class, () -> sender.http(Otlp.TRACES, request));
      }
    }
  }

  @Test
  void plainTextIsTurnedAway() {
    byte[] request = RandomTraces.request(RandomTraces.trace(RANDOM, "", false)).toByteArray();
    try (Sender sender = new Sender(program.ports())) {
      assertEquals(Status.Code.UNAVAILABLE, sender.grpc(Otlp.TRACES, request));
      HttpResponse<byte[]> answer = sender.http(Otlp.TRACES, request);
      assertEquals(400, answer.statusCode());
      String words = new String(answer.body(), StandardCharsets.UTF_8);
      assertTrue(words.contains("TLS"), words);
    }
  }

  @Test
  void checkShakesHandsWithTheBackendsAndReadsTheCertificates() {
    Program check = launch.call("check");
    assertEquals(0, check.exit(), check::out);
    assertTrue(check.out().contains("gRPC traces takes it"), check.out());
    assertTrue(check.out().contains("/v1/metrics takes it"), check.out());
    assertTrue(check.out().contains("listen.tls.certificate"), check.out());
    Program untrusted =
        new Launch(temp.resolve("untrusted"))
            .to(overHttp)
            .env("OTEL_EXPORTER_OTLP_CERTIFICATE", strangerKeys.certificate())
            .call("check");
    assertEquals(1, untrusted.exit(), untrusted::out);
  }
}
