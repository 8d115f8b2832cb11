package dev.spanthrift.agent.control.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.command.Console;
import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.access.AccessSettings.Anonymous;
import dev.spanthrift.agent.receive.TestKeys;
import dev.spanthrift.agent.receive.loop.ServerTls;
import dev.spanthrift.exporter.settings.Tls;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin port over TLS: a role by the certificate that a client shows. */
class ClientCertificateTest {
  @TempDir static Path folder;
  private static TestKeys server;
  private static AdminPort port;

  @BeforeAll
  static void start() throws Exception {
    server = TestKeys.create(folder, "server");
    TestKeys ann = TestKeys.create(folder, "ann");
    TestKeys bob = TestKeys.create(folder, "bob", "uri:spiffe://shop/sre,ip:127.0.0.1");
    TestKeys guest = TestKeys.create(folder, "guest");
    Path authorities = folder.resolve("authorities.pem");
    Files.writeString(
        authorities,
        Files.readString(ann.certificate())
            + Files.readString(bob.certificate())
            + Files.readString(guest.certificate()));
    AccessSettings access =
        new AccessSettings(
            Map.of(),
            Anonymous.NOBODY,
            null,
            Map.of("CN=ann", Role.ADMIN, "spiffe://shop/sre", Role.OPERATOR));
    SslContext tls =
        Objects.requireNonNull(
            ServerTls.withOptionalClients(
                new Tls(authorities, server.certificate(), server.key(), false)));
    port =
        AdminPort.start(
            Files.createDirectory(folder.resolve("port")),
            settings -> settings.withAccess(access).withTls(tls));
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  private static HttpResponse<String> ask(@Nullable String who, String method, String path)
      throws Exception {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(server.certificate().toFile());
    if (who != null) {
      builder.keyManager(
          folder.resolve(who + ".crt").toFile(), folder.resolve(who + ".key").toFile());
    }
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(((JdkSslContext) builder.build()).context())
            .version(HttpClient.Version.HTTP_1_1)
            .build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(port.url().replace("http:", "https:") + path))
              .timeout(Duration.ofSeconds(60))
              .header("Content-Type", "application/json")
              .header("If-Match", "*")
              .method(
                  method,
                  method.equals("GET")
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString("{\"mode\":\"off\"}"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void whoShowsNoneIsNobody() throws Exception {
    assertEquals(200, ask(null, "GET", "/healthz").statusCode());
    assertEquals(401, ask(null, "GET", "/api/v1/status").statusCode());
  }

  @Test
  void theSubjectOrAnotherNameGivesTheRole() throws Exception {
    assertEquals(200, ask("ann", "GET", "/api/v1/status").statusCode());
    assertEquals(200, ask("ann", "PUT", "/api/v1/kill-switch").statusCode());
    assertEquals(422, ask("ann", "PUT", "/api/v1/policy").statusCode());
    assertEquals(200, ask("bob", "PUT", "/api/v1/kill-switch").statusCode());
    assertEquals(403, ask("bob", "PUT", "/api/v1/policy").statusCode());
    String audit = ask("bob", "GET", "/api/v1/audit").body();
    assertEquals(true, audit.contains("cert:CN=ann") && audit.contains("cert:CN=bob"), audit);
  }

  @Test
  void verbsShowACertificateToo() {
    String[] show = {
      "--ca-file", server.certificate().toString(),
      "--cert-file", folder.resolve("ann.crt").toString(),
      "--key-file", folder.resolve("ann.key").toString()
    };
    String at = port.url().replace("http:", "https:");
    Console known =
        Console.run(
            Map.of(), "status", "--at", at, show[0], show[1], show[2], show[3], show[4], show[5]);
    assertEquals(0, known.code(), known.err());
    Console nobody = Console.run(Map.of(), "status", "--at", at, show[0], show[1]);
    assertEquals(1, nobody.code(), nobody.err());
    Console distrusts = Console.run(Map.of(), "status", "--at", at);
    assertEquals(3, distrusts.code(), distrusts.err());
    assertEquals(2, Console.run(Map.of(), "status", show[2], show[3]).code());
  }

  @Test
  void aCertificateWithoutARoleOrOfAnotherAuthorityIsNobodys() throws Exception {
    assertEquals(401, ask("guest", "GET", "/api/v1/status").statusCode());
    TestKeys.create(folder, "stranger");
    assertEquals(401, ask("stranger", "GET", "/api/v1/status").statusCode());
  }
}
