package dev.spanthrift.exporter.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.destination.Backend.Reply;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Retry;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.Tls;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.sampler.wire.Signal;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.http.HttpProtocol;
import reactor.netty.resources.LoopResources;

/** TLS and mTLS with certificates made for the test: who is let in, and who is not. */
class TlsTest {
  private static final LoopResources RESOURCES = LoopResources.create("test-out", 1, true);
  private static final Retry SOON =
      new Retry(Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMinutes(1));

  @TempDir static Path folder;
  private static X509Bundle ca;
  private static X509Bundle stranger;
  private static X509Bundle server;
  private static Path caFile;
  private static Path strangerFile;

  @BeforeAll
  static void makeCertificates() throws Exception {
    ca = authority("CN=ca");
    stranger = authority("CN=stranger");
    server = leaf("CN=server", "127.0.0.1").buildIssuedBy(ca);
    caFile = write("ca.pem", ca.getRootCertificatePEM());
    strangerFile = write("stranger.pem", stranger.getRootCertificatePEM());
  }

  @AfterAll
  static void stopLoops() {
    RESOURCES.dispose();
  }

  private static X509Bundle authority(String subject) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject(subject)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static CertificateBuilder leaf(String subject, String address) {
    return new CertificateBuilder().ecp256().subject(subject).addSanIpAddress(address);
  }

  private static Path write(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Tls tls(Path trusted) {
    return new Tls(trusted, null, null, false);
  }

  private static Tls mtls(String name, X509Bundle client) throws Exception {
    return new Tls(
        caFile,
        write(name + ".pem", client.getCertificatePathPEM()),
        write(name + ".key", client.getPrivateKeyPEM()),
        false);
  }

  private static Backend backend(Protocol protocol, X509Bundle identity, ClientAuth clients)
      throws Exception {
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                identity.getKeyPair().getPrivate(), identity.getCertificatePath())
            .trustManager(ca.getCertificate())
            .clientAuth(clients);
    SslContext context = GrpcSslContexts.configure(builder).build();
    return switch (protocol) {
      case GRPC -> new GrpcBackend("https", (n, r) -> Reply.SUCCESS, s -> s.sslContext(context));
      case HTTP_PROTOBUF ->
          new HttpBackend(
              "https",
              (n, r) -> Reply.SUCCESS,
              s ->
                  s.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                      .secure(spec -> spec.sslContext(context)));
    };
  }

  private static Destination open(Protocol protocol, Backend backend, Tls tls) {
    return Destinations.open(
        ExportSettings.of("test", protocol, backend.uri()).withRetry(SOON).withTls(tls),
        ClientLoops.of(RESOURCES));
  }

  private static void accepted(Destination destination) {
    destination.offer(Requests.of(Signal.TRACES, 10, 1));
    Await.until(
        () -> "shipped: " + destination.status(), () -> destination.status().queuedBytes() == 0);
    assertTrue(Requests.counts(destination, Signal.TRACES).shipped() > 0);
  }

  private static void refused(Destination destination, Backend backend) {
    destination.offer(Requests.of(Signal.TRACES, 10, 1));
    Await.until(
        () -> "retries: " + destination.status(), () -> destination.status().retries() >= 3);
    assertEquals(0, backend.received.size());
    assertEquals(1, Requests.counts(destination, Signal.TRACES).queued());
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void serverOfATrustedAuthorityIsAccepted(Protocol protocol) throws Exception {
    try (Backend backend = backend(protocol, server, ClientAuth.NONE);
        Destination destination = open(protocol, backend, tls(caFile))) {
      accepted(destination);
      assertTrue(destination.status().connected());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void serverOfAStrangerIsRefusedAndTheReasonIsTold(Protocol protocol) throws Exception {
    try (Backend backend = backend(protocol, server, ClientAuth.NONE);
        Destination destination = open(protocol, backend, tls(strangerFile))) {
      refused(destination, backend);
      assertTrue(
          destination.status().lastError().contains("certification path"),
          destination.status().lastError());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void serverOfAnotherNameIsRefused(Protocol protocol) throws Exception {
    X509Bundle other = leaf("CN=other", "192.0.2.1").buildIssuedBy(ca);
    try (Backend backend = backend(protocol, other, ClientAuth.NONE);
        Destination destination = open(protocol, backend, tls(caFile))) {
      refused(destination, backend);
      assertTrue(
          destination.status().lastError().contains("127.0.0.1"), destination.status().lastError());
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void anyServerIsAcceptedOnlyWhenAskedTo(Protocol protocol) throws Exception {
    X509Bundle other = leaf("CN=other", "192.0.2.1").buildIssuedBy(stranger);
    try (Backend backend = backend(protocol, other, ClientAuth.NONE);
        Destination destination = open(protocol, backend, new Tls(null, null, null, true))) {
      accepted(destination);
    }
    try (Backend backend = backend(protocol, other, ClientAuth.NONE);
        Destination destination = open(protocol, backend, Tls.DEFAULT)) {
      refused(destination, backend);
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void mtlsLetsInOurCertificateAndNoOther(Protocol protocol) throws Exception {
    X509Bundle good = leaf("CN=good", "127.0.0.1").buildIssuedBy(ca);
    X509Bundle bad = leaf("CN=bad", "127.0.0.1").buildIssuedBy(stranger);
    try (Backend backend = backend(protocol, server, ClientAuth.REQUIRE)) {
      try (Destination destination = open(protocol, backend, tls(caFile))) {
        refused(destination, backend);
      }
      try (Destination destination = open(protocol, backend, mtls("bad" + protocol.name(), bad))) {
        refused(destination, backend);
      }
      try (Destination destination =
          open(protocol, backend, mtls("good" + protocol.name(), good))) {
        accepted(destination);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void renewedFilesAreReadWithoutARestart(Protocol protocol) throws Exception {
    X509Bundle bad = leaf("CN=bad", "127.0.0.1").buildIssuedBy(stranger);
    X509Bundle good = new CertificateBuilder().rsa2048().subject("CN=good").buildIssuedBy(ca);
    Tls files = mtls("renewed" + protocol.name(), bad);
    try (Backend backend = backend(protocol, server, ClientAuth.REQUIRE);
        Destination destination = open(protocol, backend, files)) {
      refused(destination, backend);
      Files.writeString(files.key(), "half written");
      touch(files.key(), 1);
      Files.writeString(files.certificate(), good.getCertificatePathPEM());
      touch(files.certificate(), 2);
      Files.writeString(files.key(), good.getPrivateKeyPEM());
      touch(files.key(), 3);
      accepted(destination);
    }
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void renewedAuthorityIsReadWithoutARestart(Protocol protocol) throws Exception {
    Path trusted = write("trusted" + protocol.name() + ".pem", stranger.getRootCertificatePEM());
    try (Backend backend = backend(protocol, server, ClientAuth.NONE);
        Destination destination = open(protocol, backend, tls(trusted))) {
      refused(destination, backend);
      Files.writeString(trusted, ca.getRootCertificatePEM());
      touch(trusted, 1);
      accepted(destination);
    }
  }

  private static void touch(Path file, int seconds) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }

  @Test
  void c16_httpPrefersHttp2() throws Exception {
    try (Backend backend = backend(Protocol.HTTP_PROTOBUF, server, ClientAuth.NONE);
        Destination destination = open(Protocol.HTTP_PROTOBUF, backend, tls(caFile))) {
      accepted(destination);
      assertEquals("HTTP/2.0", backend.received.getFirst().headers().get(":version"));
    }
  }

  @Test
  void c16_httpFallsBackToHttp11() throws Exception {
    SslContext h1 =
        SslContextBuilder.forServer(server.getKeyPair().getPrivate(), server.getCertificatePath())
            .build();
    try (Backend backend =
            new HttpBackend(
                "https",
                (n, r) -> Reply.SUCCESS,
                s -> s.protocol(HttpProtocol.HTTP11).secure(spec -> spec.sslContext(h1)));
        Destination destination = open(Protocol.HTTP_PROTOBUF, backend, tls(caFile))) {
      accepted(destination);
      assertEquals("HTTP/1.1", backend.received.getFirst().headers().get(":version"));
    }
  }
}
