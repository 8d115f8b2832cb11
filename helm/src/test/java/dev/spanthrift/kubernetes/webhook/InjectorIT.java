package dev.spanthrift.kubernetes.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.helm.Queries;
import dev.spanthrift.kubernetes.certificate.KeyPairPem;
import dev.spanthrift.kubernetes.injection.PodCorpus;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
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
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The packaged program, started by its launcher, as the API server meets it. */
@EnableKubernetesMockClient(crud = true)
@Timeout(300)
class InjectorIT {
  private static final Path LAUNCHER =
      Path.of("").toAbsolutePath().getParent().resolve("spanthrift");
  private static final Pattern READY =
      Pattern.compile("spanthrift: webhook on [^ ]*:(\\d+), health and metrics on [^ ]*:(\\d+)");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  KubernetesClient client;
  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();
  private int webhook;
  private int admin;

  @AfterEach
  void stop() throws Exception {
    for (Process process : processes) {
      process.destroy();
      process.waitFor();
    }
  }

  private void start(String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "injector"));
    command.addAll(List.of("--host", "127.0.0.1", "--port", "0", "--admin-host", "127.0.0.1"));
    command.addAll(List.of("--admin-port", "0", "--upstream", "https://backend.example:4318"));
    command.addAll(List.of(more));
    Path err = folder.resolve("err" + processes.size());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(err.toFile()).redirectOutput(err.toFile());
    builder.environment().put("KUBECONFIG", folder.resolve("kubeconfig").toString());
    builder.environment().put("POD_NAMESPACE", "spanthrift");
    Process process = builder.start();
    processes.add(process);
    until(
        "the program is ready",
        () -> {
          assertTrue(process.isAlive(), () -> text(err));
          Matcher ready = READY.matcher(text(err));
          if (!ready.find()) {
            return false;
          }
          webhook = Integer.parseInt(ready.group(1));
          admin = Integer.parseInt(ready.group(2));
          return true;
        });
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static void until(String what, Callable<Boolean> holds) throws Exception {
    Instant end = Instant.now().plusSeconds(90);
    while (!holds.call()) {
      assertTrue(Instant.now().isBefore(end), "not within 90 s: " + what);
      Thread.sleep(100);
    }
  }

  /** An authority and a certificate in files, as cert-manager would leave them. */
  private KeyPairPem write(KeyPairPem authority) throws IOException {
    KeyPairPem server =
        authority.issue(List.of("localhost", "127.0.0.1"), Instant.now(), Duration.ofDays(1));
    Files.writeString(folder.resolve("tls.key"), server.key());
    Files.writeString(folder.resolve("tls.crt"), server.certificate());
    return server;
  }

  private void startAlone(KeyPairPem authority) throws Exception {
    write(authority);
    start(
        "--no-cluster",
        "--tls-cert",
        folder.resolve("tls.crt").toString(),
        "--tls-key",
        folder.resolve("tls.key").toString());
  }

  private static KeyPairPem authority() {
    return KeyPairPem.authority("a test", Instant.now(), Duration.ofDays(2));
  }

  private static SSLContext trusting(String pem) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      store.setCertificateEntry("a" + number++, one);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private HttpResponse<String> post(SSLContext trust, String path, byte[] body) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().sslContext(trust).build()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("https://localhost:" + webhook + path))
              .timeout(Duration.ofSeconds(60))
              .POST(BodyPublishers.ofByteArray(body))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static byte[] review(String namespace, ObjectNode pod) {
    ObjectNode review = JSON.createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    ObjectNode request = review.putObject("request");
    request.put("uid", "u-1").put("namespace", namespace).put("operation", "CREATE");
    request.set("object", pod);
    return JSON.writeValueAsBytes(review);
  }

  private JsonNode answered(SSLContext trust, String namespace, String pod) throws Exception {
    HttpResponse<String> answer = post(trust, "/inject", review(namespace, PodCorpus.pod(pod)));
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode response = JSON.readTree(answer.body()).path("response");
    assertEquals("u-1", response.path("uid").asString(""));
    assertTrue(response.path("allowed").asBoolean(false));
    return response;
  }

  private String get(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)).build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  private double metric(String series) throws Exception {
    return get("/actuator/prometheus")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  @Test
  void answersReviewsAndRefusesWhatIsNone() throws Exception {
    KeyPairPem authority = authority();
    startAlone(authority);
    SSLContext trust = trusting(authority.certificate());
    String patch = answered(trust, "shop", "deployment").path("patch").asString("");
    String plain = new String(Base64.getDecoder().decode(patch), StandardCharsets.UTF_8);
    assertTrue(plain.contains("\"/spec/initContainers\""), plain);
    JsonNode skipped = answered(trust, "shop", "skip-host-network");
    assertTrue(skipped.path("patch").isMissingNode());
    assertTrue(skipped.path("warnings").toString().contains("host-network"), skipped.toString());

    for (String bad : List.of("", "{", "[]", "{\"kind\":\"AdmissionReview\"}", "null")) {
      assertEquals(
          400, post(trust, "/inject", bad.getBytes(StandardCharsets.UTF_8)).statusCode(), bad);
    }
    byte[] noPod =
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"u-1\",\"object\":null}}"
            .getBytes(StandardCharsets.UTF_8);
    assertTrue(post(trust, "/inject", noPod).body().contains("\"allowed\":true"));
    assertEquals(404, post(trust, "/", new byte[0]).statusCode());

    String reviews = "spanthrift_injector_reviews_total";
    assertEquals(1, metric(reviews + "{outcome=\"injected\",reason=\"none\"}"));
    assertEquals(1, metric(reviews + "{outcome=\"skipped\",reason=\"host-network\"}"));
    assertEquals(1, metric(reviews + "{outcome=\"skipped\",reason=\"unreadable\"}"));
    String refused = "spanthrift_injector_requests_refused_total";
    assertEquals(5, metric(refused + "{reason=\"malformed\"}"));
    assertEquals("ready\n", get("/readyz"));
  }

  @Test
  void hugeAndSlowReviewsAreRefusedAndCountedAndOthersGoOn() throws Exception {
    KeyPairPem authority = authority();
    startAlone(authority);
    SSLContext trust = trusting(authority.certificate());
    String refused = "spanthrift_injector_requests_refused_total";
    try (Socket huge = trust.getSocketFactory().createSocket("localhost", webhook)) {
      send(huge, "POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n");
      assertTrue(firstLine(huge).contains(" 413 "));
    }
    try (Socket chunked = trust.getSocketFactory().createSocket("localhost", webhook)) {
      send(chunked, "POST /inject HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "100000\r\n" + "x".repeat(1 << 20) + "\r\n";
      try {
        for (int i = 0; i < 12; i++) {
          send(chunked, chunk);
        }
      } catch (IOException e) {
        // it was closed while we went on, which is what this is about
      }
      // With the connection open: its end would throw away what was not read yet.
      until("the chunks were refused", () -> metric(refused + "{reason=\"too_large\"}") == 2);
    }
    try (Socket slow = trust.getSocketFactory().createSocket("localhost", webhook)) {
      send(slow, "POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
      until("the slow one was refused", () -> metric(refused + "{reason=\"too_slow\"}") == 1);
      assertTrue(answered(trust, "shop", "job").has("patch"), "others go on");
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = socket.getInputStream().read(); c >= 0 && c != '\r'; ) {
      line.append((char) c);
      c = socket.getInputStream().read();
    }
    return line.toString();
  }

  @Test
  void showsTheFilesNewCertificateWithoutARestart() throws Exception {
    KeyPairPem first = authority();
    startAlone(first);
    String before = shown(trusting(first.certificate()));
    KeyPairPem second = authority();
    write(second);
    SSLContext trust = trusting(second.certificate());
    until(
        "the new certificate is shown",
        () -> {
          try {
            return !shown(trust).equals(before);
          } catch (IOException e) {
            return false; // the old one still, which this one does not trust
          }
        });
    assertTrue(answered(trust, "shop", "deployment").has("patch"));
  }

  private String shown(SSLContext trust) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) trust.getSocketFactory().createSocket("localhost", webhook)) {
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSerialNumber().toString();
    }
  }

  /** Two replicas with an API server's stand-in: one authority, written where it belongs. */
  @Test
  void makesItsOwnCertificateAndWritesTheAuthorityIntoItsConfiguration() throws Exception {
    writeKubeconfig();
    client
        .resource(
            new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("spanthrift")
                .endMetadata()
                .addNewWebhook()
                .withName("namespace.injection.spanthrift.dev")
                .withNewClientConfig()
                .endClientConfig()
                .endWebhook()
                .build())
        .create();
    namespace("shop", "spanthrift.dev/injection", "enabled");
    namespace("other", "team", "other");
    client.pods().inNamespace("shop").load(stream("deployment", "old")).create();
    start("--dns-name", "localhost", "--audit-every", "1s");
    int first = webhook;
    int firstAdmin = admin;
    assertEquals(List.of(), Queries.late("injector", get("/actuator/prometheus")), "from zero on");
    start("--dns-name", "localhost", "--audit-every", "1s");
    until("the second is ready", () -> get("/readyz").equals("ready\n"));
    SSLContext trust = trusting(believed());
    assertTrue(answered(trust, "shop", "deployment").has("patch"));
    assertFalse(answered(trust, "other", "deployment").has("patch"), "it asked for none");
    assertFalse(answered(trust, "spanthrift", "deployment").has("patch"), "its own namespace");
    answered(trust, "shop", "skip-port");
    String secondShows = shown(trust);
    webhook = first;
    assertNotEquals(secondShows, shown(trust), "each its own certificate, of one authority");
    until(
        "an Event about the port",
        () ->
            client.v1().events().inNamespace("shop").list().getItems().stream()
                .anyMatch(e -> e.getReason().equals("NoSidecarPortTaken")));
    admin = firstAdmin;
    until(
        "the audit saw the old pod",
        () -> get("/audit").contains("restart-needed") && get("/audit").contains("old"));
    assertEquals(1, metric("spanthrift_injector_pods_without_sidecar{reason=\"restart-needed\"}"));
    assertEquals(1, metric("spanthrift_injector_leader"));
    assertEquals(
        Map.of(),
        Queries.missing("injector", get("/actuator/prometheus")),
        "asked by alerts and panels");
  }

  private static ByteArrayInputStream stream(String pod, String name) {
    ObjectNode tree = PodCorpus.pod(pod);
    ((ObjectNode) tree.path("metadata")).put("name", name).put("namespace", "shop");
    return new ByteArrayInputStream(tree.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void namespace(String name, String label, String value) {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(label, value)
                .endMetadata()
                .build())
        .create();
  }

  private String believed() {
    String bundle =
        client
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName("spanthrift")
            .get()
            .getWebhooks()
            .getFirst()
            .getClientConfig()
            .getCaBundle();
    return new String(Base64.getDecoder().decode(bundle), StandardCharsets.US_ASCII);
  }

  private void writeKubeconfig() throws IOException {
    Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters:
          - name: mock
            cluster: {server: "%s", insecure-skip-tls-verify: true}
        users:
          - name: test
            user: {token: test}
        contexts:
          - name: mock
            context: {cluster: mock, user: test}
        current-context: mock
        """
            .formatted(client.getConfiguration().getMasterUrl()));
  }
}
