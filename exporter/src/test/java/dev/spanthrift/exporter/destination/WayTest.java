package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.exporter.destination.Backend.Reply;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.HttpProxy;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpProtocol;
import reactor.netty.resources.LoopResources;

/** What stands between us and a backend: proxies, virtual hosts, and others who answer. */
class WayTest {
  private static final LoopResources RESOURCES = LoopResources.create("test-out", 1, true);
  private static final Retry SOON =
      new Retry(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMinutes(1));

  @TempDir private static Path folder;

  @AfterAll
  static void stopLoops() {
    RESOURCES.dispose();
  }

  private static ExportSettings settings(Protocol protocol, URI uri) {
    return ExportSettings.of("test", protocol, uri).withRetry(SOON);
  }

  private static Destination open(ExportSettings settings) {
    return Destinations.open(settings, ClientLoops.of(RESOURCES));
  }

  private static Backend backend(Protocol protocol) {
    return protocol == Protocol.GRPC
        ? new GrpcBackend((n, r) -> Reply.SUCCESS)
        : new HttpBackend((n, r) -> Reply.SUCCESS);
  }

  private static void ship(Destination destination, Backend backend) {
    Shipment shipment = Requests.traces(new Random(1), 9);
    for (int i = 1; i <= 3; i++) {
      destination.offer(shipment);
      int requests = i;
      Await.until(
          () -> "shipped: " + destination.status(),
          () -> Requests.counts(destination, Signal.TRACES).shipped() == 9L * requests);
    }
    assertEquals(3, backend.received.size());
    backend.received.forEach(r -> assertArrayEquals(shipment.request(), r.body()));
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aProxyIsUsedAndResolvesTheNameItself(Protocol protocol) throws Exception {
    HttpProxy login = new HttpProxy("127.0.0.1", 1, "me", "s:cret");
    try (Backend backend = backend(protocol);
        HttpProxyServer proxy =
            new HttpProxyServer(backend.uri().getPort(), login.authorization())) {
      URI far = URI.create("http://backend.invalid:4318");
      HttpProxy by = new HttpProxy("localhost", proxy.uri().getPort(), "me", "s:cret");
      try (Destination destination = open(settings(protocol, far).withProxy(by))) {
        ship(destination, backend);
      }
      String asked = proxy.asked.getFirst();
      assertEquals(
          protocol == Protocol.GRPC
              ? "CONNECT backend.invalid:4318 HTTP/1.1"
              : "POST http://backend.invalid:4318/v1/traces HTTP/1.1",
          asked);
      if (protocol == Protocol.HTTP_PROTOBUF) {
        assertEquals("backend.invalid:4318", backend.received.getFirst().headers().get("host"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void tlsGoesThroughTheTunnelOfAProxy(Protocol protocol) throws Exception {
    X509Bundle ca =
        new CertificateBuilder()
            .rsa2048()
            .setIsCertificateAuthority(true)
            .subject("CN=ca")
            .buildSelfSigned();
    X509Bundle leaf =
        new CertificateBuilder()
            .rsa2048()
            .subject("CN=backend")
            .addSanDnsName("backend.invalid")
            .buildIssuedBy(ca);
    Path trusted = Files.writeString(folder.resolve(protocol.name()), ca.getRootCertificatePEM());
    try (Backend backend = secure(protocol, leaf);
        HttpProxyServer proxy = new HttpProxyServer(backend.uri().getPort(), "")) {
      ExportSettings settings =
          settings(protocol, URI.create("https://backend.invalid"))
              .withTls(new Tls(trusted, null, null, false))
              .withProxy(new HttpProxy("localhost", proxy.uri().getPort(), null, null));
      try (Destination destination = open(settings)) {
        ship(destination, backend);
      }
      assertEquals("CONNECT backend.invalid:443 HTTP/1.1", proxy.asked.getFirst());
    }
  }

  private static Backend secure(Protocol protocol, X509Bundle leaf) throws Exception {
    SslContextBuilder builder =
        SslContextBuilder.forServer(leaf.getKeyPair().getPrivate(), leaf.getCertificatePath());
    if (protocol == Protocol.GRPC) {
      SslContext context = GrpcSslContexts.configure(builder).build();
      return new GrpcBackend("https", (n, r) -> Reply.SUCCESS, s -> s.sslContext(context));
    }
    SslContext context = builder.build();
    return new HttpBackend(
        "https",
        (n, r) -> Reply.SUCCESS,
        s -> s.protocol(HttpProtocol.HTTP11).secure(spec -> spec.sslContext(context)));
  }

  @Test
  void aProxyThatWantsALoginKeepsTheDataAndIsNamed() throws Exception {
    try (Backend backend = backend(Protocol.GRPC);
        HttpProxyServer proxy = new HttpProxyServer(backend.uri().getPort(), "Basic abc")) {
      HttpProxy by = new HttpProxy("localhost", proxy.uri().getPort(), null, null);
      ExportSettings settings = settings(Protocol.GRPC, URI.create("http://backend.invalid:4317"));
      try (Destination destination = open(settings.withProxy(by))) {
        destination.offer(Requests.of(Signal.TRACES, 10, 1));
        Await.until("retries", () -> destination.status().retries() > 2);
        assertEquals(1, Requests.counts(destination, Signal.TRACES).queued());
        String words = destination.status().lastError();
        assertTrue(words.contains("407"), words);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aHostHeaderIsSentAsItIs(Protocol protocol) {
    try (Backend backend = backend(protocol);
        Destination destination =
            open(
                settings(protocol, backend.uri())
                    .withHeaders(Map.of("Host", "tenant.example", "X-Key", "1")))) {
      ship(destination, backend);
      Map<String, String> headers = backend.received.getFirst().headers();
      assertEquals(
          "tenant.example", headers.get(protocol == Protocol.GRPC ? ":authority" : "host"));
      assertEquals("1", headers.get("x-key"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
        "HTTP/1.1 199 Whatever\r\nX: y\r\n\r\n",
      })
  void whatComesBeforeTheFinalAnswerIsSteppedOver(String before) throws Exception {
    String ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    String no = "HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno";
    try (RawServer server = new RawServer(n -> before + (n == 0 ? no : ok));
        Destination destination = open(settings(Protocol.HTTP_PROTOBUF, server.uri()))) {
      for (int i = 1; i <= 3; i++) {
        destination.offer(Requests.of(Signal.LOGS, 10, 1));
        int requests = i;
        Await.until(
            () -> "shipped: " + destination.status(),
            () -> Requests.counts(destination, Signal.LOGS).shipped() == requests);
      }
      assertEquals(1, destination.status().retries());
      assertEquals(4, server.heads.size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.0 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello, this is no gRPC",
        "SSH-2.0-OpenSSH_9.6 Connection: close\r\n",
      })
  void whoAnswersAGrpcConnectionInAnotherLanguageGetsTheRequestAgain(String answer)
      throws Exception {
    try (RawServer server = new RawServer(n -> answer);
        Destination destination = open(settings(Protocol.GRPC, server.uri()))) {
      destination.offer(Requests.of(Signal.TRACES, 10, 1));
      Await.until("retries", () -> destination.status().retries() > 2);
      assertEquals(1, Requests.counts(destination, Signal.TRACES).queued());
      String words = destination.status().lastError();
      assertTrue(words.contains("answers") && words.contains("no HTTP/2"), words);
    }
  }
}
