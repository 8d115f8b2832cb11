package dev.spanthrift.kubernetes.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.certificate.KeyPairPem;
import dev.spanthrift.kubernetes.certificate.ServingKeys;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

@Timeout(120)
class WebhookServerTest {
  private static SSLContext trusting(KeyPairPem authority) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("authority", authority.chain().getFirst());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** The API server keeps its connection and sends reviews over it, far more than the bound. */
  @Test
  void aConnectionIsOneHoweverManyReviewsComeOverIt() throws Exception {
    KeyPairPem authority = KeyPairPem.authority("test", Instant.now(), Duration.ofDays(1));
    ServingKeys keys = new ServingKeys();
    keys.show(authority.issue(List.of("localhost"), Instant.now(), Duration.ofHours(1)));
    InjectorMetrics metrics = new InjectorMetrics();
    AdmissionReviews reviews =
        new AdmissionReviews(
            new PodInjector(SidecarDefaults.of("spanthrift:1", "http://backend:4318")),
            name -> null,
            name -> Mono.empty(),
            metrics,
            (pod, namespace, reason, words) -> {});
    WebhookServer.Limits limits =
        new WebhookServer.Limits(1 << 20, Duration.ofSeconds(30), 8, Duration.ofMinutes(1));
    String body =
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
            + "\"request\":{\"uid\":\"u\",\"namespace\":\"shop\",\"object\":null}}";
    byte[] request =
        ("POST /inject HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII);
    try (WebhookServer server =
            WebhookServer.start("127.0.0.1", 0, keys, reviews, metrics, limits);
        SSLSocket socket =
            (SSLSocket)
                trusting(authority).getSocketFactory().createSocket("localhost", server.port())) {
      for (int i = 0; i < 60; i++) {
        socket.getOutputStream().write(request);
        answer(socket, i);
        assertEquals(1, server.connections(), "after review " + i);
      }
      double before = reviewSeconds(metrics);
      socket.getOutputStream().write(request, 0, request.length - 1);
      socket.getOutputStream().flush();
      Thread.sleep(SLOW_BODY_MILLIS); // no shorter, which is all that matters
      socket.getOutputStream().write(request, request.length - 1, 1);
      answer(socket, 60);
      assertTrue(
          reviewSeconds(metrics) - before > SLOW_BODY_MILLIS / 2_000.0,
          "the API server waits for a slow body, too");
      String scraped = metrics.program().scrape();
      assertTrue(scraped.contains("reason=\"too_many_connections\"} 0"), scraped);
    }
  }

  private static final int SLOW_BODY_MILLIS = 1_000;

  private static double reviewSeconds(InjectorMetrics metrics) {
    String series = "spanthrift_injector_review_time_seconds_sum ";
    return metrics
        .program()
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .sum();
  }

  private static void answer(SSLSocket socket, int number) throws Exception {
    StringBuilder text = new StringBuilder();
    while (!text.toString().endsWith("}}")) {
      int next = socket.getInputStream().read();
      assertTrue(next >= 0, "closed at review " + number + " after: " + text);
      text.append((char) next);
    }
    assertTrue(text.toString().startsWith("HTTP/1.1 200"), text.toString());
  }
}
