package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.spanthrift.kubernetes.certificate.KeyPairPem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The cluster's image, unpacked and started as its configuration says. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "images are built on Linux")
@Timeout(300)
class ClusterImageIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: cart, labels: {app: cart}}
      spec: {containers: [{name: cart, image: "example/cart:1"}]}
      """;

  @TempDir static Path temp;
  private static UnpackedImage image;

  @BeforeAll
  static void unpack() throws IOException {
    Path tar = ImageProcess.requireImage().resolveSibling(Entry.CLUSTER.image() + ".tar");
    assumeTrue(Files.exists(tar), "the build made no image of the cluster");
    temp.toFile().setExecutable(true, false); // uid 65532 walks through it
    temp.toFile().setReadable(true, false);
    image = UnpackedImage.of(tar, temp.resolve("image"));
  }

  /** A file that a volume would bring; the path is the program's own. */
  private static String mounted(String name, String text, boolean contained) throws IOException {
    Path file = image.root().resolve("etc/spanthrift").resolve(name);
    Files.writeString(file, text);
    file.toFile().setReadable(true, false);
    return contained ? "/etc/spanthrift/" + name : file.toString();
  }

  private static ImageProcess start(boolean contained, String... words) throws IOException {
    Map<String, String> environment = new HashMap<>(image.environment());
    environment.put("POD_NAMESPACE", "spanthrift");
    Path folder = Files.createTempDirectory(temp, "run");
    List<String> all = image.words(List.of(words));
    return contained
        ? ImageProcess.contained(image, environment, all, folder)
        : ImageProcess.outside(image, environment, all, folder);
  }

  private static SSLContext trusting(KeyPairPem authority) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    byte[] pem = authority.certificate().getBytes(StandardCharsets.US_ASCII);
    store.setCertificateEntry(
        "authority",
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static byte[] review() {
    ObjectNode review = JSON.createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    ObjectNode request = review.putObject("request");
    request.put("uid", "u-1").put("namespace", "shop").put("operation", "CREATE");
    ObjectNode pod = request.putObject("object").put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").putObject("labels").put("spanthrift.dev/inject", "true");
    ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
    container.put("name", "cart").put("image", "example/cart:1");
    return JSON.writeValueAsBytes(review);
  }

  @Test
  void theInjectorServesItsWebhookOverTls() throws Exception {
    boolean contained = ImageProcess.canContain();
    KeyPairPem authority = KeyPairPem.authority("a test", Instant.now(), Duration.ofDays(2));
    KeyPairPem server =
        authority.issue(List.of("localhost", "127.0.0.1"), Instant.now(), Duration.ofDays(1));
    try (ImageProcess injector =
        start(
            contained,
            "injector",
            "--no-cluster",
            "--port",
            "0",
            "--admin-port",
            "0",
            "--upstream",
            "https://backend.example:4318",
            "--tls-cert",
            mounted("tls.crt", server.certificate(), contained),
            "--tls-key",
            mounted("tls.key", server.key(), contained))) {
      Matcher ready =
          injector.await(
              Pattern.compile("spanthrift: webhook on [^ ]*:(\\d+), health and metrics on "));
      try (HttpClient http = HttpClient.newBuilder().sslContext(trusting(authority)).build()) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("https://localhost:" + ready.group(1) + "/inject"))
                .POST(BodyPublishers.ofByteArray(review()))
                .build();
        HttpResponse<String> answer = patiently(http, request);
        assertEquals(200, answer.statusCode(), answer.body() + injector.err());
        JsonNode response = JSON.readTree(answer.body()).path("response");
        assertTrue(response.path("allowed").asBoolean(false), answer.body());
        assertEquals("JSONPatch", response.path("patchType").asString(""), answer.body());
      }
      assertEquals(0, injector.terminate(), injector.err());
    }
  }

  /** The webhook gives up on a review that takes long, as the first one does on a busy machine. */
  private static HttpResponse<String> patiently(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    for (long end = System.nanoTime() + 60_000_000_000L; ; ) {
      try {
        return http.send(request, BodyHandlers.ofString());
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  @Test
  void injectPrintsAPodWithItsSidecar() throws Exception {
    boolean contained = ImageProcess.canContain();
    String file = mounted("pod.yaml", POD, contained);
    try (ImageProcess inject =
        start(contained, "inject", "-f", file, "--upstream", "https://backend.example:4318")) {
      assertEquals(0, inject.exit(), inject.err());
      assertTrue(inject.out().contains("restartPolicy: Always"), inject.out());
    }
  }

  /**
   * What the sidecar's process never sees: the API's client lies in a layer of this image alone.
   */
  @Test
  void sharesAllLayersWithTheSidecarsImageAndAddsOne() throws Exception {
    UnpackedImage sidecar = UnpackedImage.of(ImageProcess.requireImage(), temp.resolve("sidecar"));
    List<String> shared = digests(sidecar);
    List<String> all = digests(image);
    assertEquals(shared.size() + 1, all.size());
    assertTrue(all.containsAll(shared), all + " and " + shared);
    long bytes = 0;
    for (JsonNode layer : image.manifest().path("layers")) {
      bytes += layer.path("size").asLong();
    }
    assertTrue(bytes <= 100_000_000, "compressed: " + bytes);
  }

  private static List<String> digests(UnpackedImage of) {
    return of.manifest()
        .path("layers")
        .valueStream()
        .map(l -> l.path("digest").asString())
        .toList();
  }
}
