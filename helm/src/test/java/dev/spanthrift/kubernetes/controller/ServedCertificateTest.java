package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.spanthrift.agent.control.source.StreamMessage;
import dev.spanthrift.kubernetes.certificate.Keyring;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller without anybody's certificate, and clients that believe its ConfigMaps alone. */
class ServedCertificateTest {
  private static final String MAP = "spanthrift-controller-ca";
  @TempDir Path folder;
  private final MockCluster cluster = new MockCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  private Controller controller(String identity, CertificateOptions certificate) {
    return Controller.start(
        cluster.client,
        new ControllerOptions(
            "spanthrift",
            ControllerOptions.LEASE,
            identity,
            MockCluster.AUDIENCE,
            new InetSocketAddress("127.0.0.1", 0),
            certificate,
            100));
  }

  @Test
  void twoReplicasMakeOneAuthorityAndTellEveryNamespaceThatMayHaveSidecars() throws Exception {
    cluster.namespace("shop", Map.of());
    cluster.namespace("kube-system", Map.of());
    cluster.namespace("closed", Map.of("spanthrift.dev/injection", "disabled"));
    CertificateOptions own =
        new CertificateOptions.Own("secret", MAP, List.of("127.0.0.1"), Keyring.Times.DEFAULT);
    try (Controller first = controller("a", own);
        Controller second = controller("b", own)) {
      Eventually.holds(() -> cluster.client.configMaps().inAnyNamespace().list(), () -> first.isReady() && second.isReady());
      Eventually.holds(() -> cluster.client.configMaps().inAnyNamespace().list(), () -> bundle("shop") != null);
      assertEquals(401, status(first, bundle("shop")), "TLS was fine, and there is no token");
      assertEquals(401, status(second, bundle("shop")));
      assertNull(bundle("kube-system"));
      assertNull(bundle("closed"));

      cluster.namespace("later", Map.of());
      Eventually.holds(() -> cluster.client.configMaps().inAnyNamespace().list(), () -> bundle("shop").equals(bundle("later")));
      cluster.client.configMaps().inNamespace("shop").withName(MAP).delete();
      Eventually.holds(() -> cluster.client.configMaps().inAnyNamespace().list(), () -> bundle("shop") != null);
      assertNotNull(first.counts());
      assertFalse(bundle("shop").contains("PRIVATE"));
    }
  }

  private String bundle(String namespace) {
    ConfigMap map = cluster.client.configMaps().inNamespace(namespace).withName(MAP).get();
    return map == null ? null : map.getData().get(AuthorityConfigMaps.KEY);
  }

  private static int status(Controller controller, String bundle) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    byte[] bytes = bundle.getBytes(StandardCharsets.US_ASCII);
    for (var authority :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      store.setCertificateEntry("a" + store.size(), authority);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create("https://127.0.0.1:" + controller.port() + StreamMessage.PATH))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
