package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.ControllerSettings;
import dev.spanthrift.agent.control.source.ControllerCheck;
import dev.spanthrift.helm.Queries;
import dev.spanthrift.kubernetes.admin.AdminPort;
import dev.spanthrift.kubernetes.certificate.Keyring;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
      Eventually.holds(
          () -> cluster.client.configMaps().inAnyNamespace().list(),
          () -> first.isReady() && second.isReady());
      Eventually.holds(
          () -> cluster.client.configMaps().inAnyNamespace().list(), () -> bundle("shop") != null);
      assertNull(lack(first, "shop.cart-1"));
      assertNull(lack(second, "shop.cart-1"));
      String stranger = String.valueOf(lack(first, "bad"));
      assertTrue(stranger.startsWith("HTTP 401"), stranger);
      assertNull(bundle("kube-system"));
      assertNull(bundle("closed"));

      cluster.namespace("later", Map.of());
      Eventually.holds(
          () -> cluster.client.configMaps().inAnyNamespace().list(),
          () -> bundle("shop").equals(bundle("later")));
      cluster.client.configMaps().inNamespace("shop").withName(MAP).delete();
      Eventually.holds(
          () -> cluster.client.configMaps().inAnyNamespace().list(), () -> bundle("shop") != null);
      assertFalse(bundle("shop").contains("PRIVATE"));
    }
  }

  @Test
  void alertsAndPanelsAskForMetricsThatAControllerHas() throws Exception {
    CertificateOptions own =
        new CertificateOptions.Own("secret", MAP, List.of("127.0.0.1"), Keyring.Times.DEFAULT);
    try (Controller controller = controller("a", own);
        AdminPort admin = AdminSite.open(new InetSocketAddress("127.0.0.1", 0), controller);
        HttpClient client = HttpClient.newHttpClient()) {
      String metrics =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + admin.port() + "/actuator/prometheus"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertEquals(Map.of(), Queries.missing("controller", metrics));
      assertEquals(List.of(), Queries.late("controller", metrics));
    }
  }

  private String bundle(String namespace) {
    ConfigMap map = cluster.client.configMaps().inNamespace(namespace).withName(MAP).get();
    return map == null ? null : map.getData().get(AuthorityConfigMaps.KEY);
  }

  private String lack(Controller controller, String token) throws Exception {
    return ControllerCheck.lack(
        new ControllerSettings(
            URI.create("https://127.0.0.1:" + controller.port()),
            Files.writeString(folder.resolve("token"), token),
            Files.writeString(folder.resolve("ca.crt"), bundle("shop")),
            null,
            null,
            Duration.ofSeconds(10)));
  }
}
