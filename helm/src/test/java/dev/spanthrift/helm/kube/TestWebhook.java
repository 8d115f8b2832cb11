package dev.spanthrift.helm.kube;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A webhook of this test's own, with a certificate for 127.0.0.1: the injector's function, or any
 * other, behind the API server's protocol.
 */
final class TestWebhook implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpsServer server;
  private final String authority;
  private final AtomicInteger calls = new AtomicInteger();

  private TestWebhook(Function<JsonNode, ArrayNode> patches) throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
    X509Certificate certificate = certificate(pair);
    authority =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(pair, certificate)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/inject", exchange -> answer(exchange, patches));
    server.start();
  }

  /** The injector's function; of the namespace it knows what the labels say. */
  static TestWebhook of(PodInjector injector, Function<String, PodNamespace> namespaces)
      throws Exception {
    return new TestWebhook(
        request -> {
          PodNamespace namespace = namespaces.apply(request.path("namespace").asString());
          return injector.inject(request.path("object"), namespace)
                  instanceof Injection.Injected injected
              ? injected.patch()
              : JSON.createArrayNode();
        });
  }

  static TestWebhook of(Function<JsonNode, ArrayNode> patches) throws Exception {
    return new TestWebhook(patches);
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort() + "/inject";
  }

  /** What the API server must trust, as a caBundle has it. */
  String bundle() {
    return Base64.getEncoder().encodeToString(authority.getBytes());
  }

  int calls() {
    return calls.get();
  }

  private void answer(HttpExchange exchange, Function<JsonNode, ArrayNode> patches)
      throws IOException {
    try (exchange) {
      calls.incrementAndGet();
      JsonNode review = JSON.readTree(exchange.getRequestBody().readAllBytes());
      ObjectNode response = JSON.createObjectNode();
      response.put("uid", review.at("/request/uid").asString()).put("allowed", true);
      ArrayNode patch = patches.apply(review.path("request"));
      if (!patch.isEmpty()) {
        response.put("patchType", "JSONPatch");
        response.put("patch", Base64.getEncoder().encodeToString(patch.toString().getBytes()));
      }
      ObjectNode answer = JSON.createObjectNode();
      answer.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
      answer.set("response", response);
      byte[] body = answer.toString().getBytes();
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static X509Certificate certificate(KeyPair pair) throws Exception {
    X500Name name = new X500Name("CN=webhook-for-tests");
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(now.toEpochMilli()),
            Date.from(now.minus(Duration.ofMinutes(5))),
            Date.from(now.plus(Duration.ofHours(6))),
            name,
            pair.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
  }

  private static SSLContext tls(KeyPair pair, X509Certificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("k", pair.getPrivate(), new char[0], new X509Certificate[] {certificate});
    KeyManagerFactory keys =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
