package dev.spanthrift.kubernetes.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.kubernetes.injection.PodCorpus;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A pod comes in the moment after its namespace was labelled: the watch has not told it yet. */
class StaleNamespaceTest {
  private static final PodNamespace REMEMBERED = PodNamespace.named("shop");
  private static final PodNamespace LABELLED =
      new PodNamespace(
          "shop",
          Map.of("spanthrift.dev/injection", "enabled"),
          Map.of("spanthrift.dev/mode", "enforce"));
  private final InjectorMetrics metrics = new InjectorMetrics();

  private JsonNode response(Function<String, @Nullable PodNamespace> ask, int reviews)
      throws Exception {
    JsonNode response = JsonMapper.shared().createObjectNode();
    try (NamespaceReader reader = new NamespaceReader(ask, metrics)) {
      AdmissionReviews answers =
          new AdmissionReviews(
              new PodInjector(SidecarDefaults.of("spanthrift:1", "http://backend:4318")),
              name -> REMEMBERED,
              reader::read,
              metrics,
              (pod, namespace, reason, words) -> {});
      for (int i = 0; i < reviews; i++) {
        byte[] answer = answers.answer(review(), System.nanoTime()).block();
        response = JsonMapper.shared().readTree(answer).path("response");
        assertTrue(response.path("allowed").asBoolean(false));
      }
    }
    return response;
  }

  private static byte[] review() {
    ObjectNode review = JsonMapper.shared().createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    review
        .putObject("request")
        .put("uid", "u-1")
        .put("namespace", "shop")
        .set("object", PodCorpus.pod("deployment"));
    return JsonMapper.shared().writeValueAsBytes(review);
  }

  private boolean scraped(String series) {
    return metrics.program().scrape().contains("\nspanthrift_injector_" + series);
  }

  @Test
  void theNamespaceIsAskedForAndItsAnnotationsCount() throws Exception {
    JsonNode response = response(name -> LABELLED, 1);
    String patch =
        new String(
            Base64.getDecoder().decode(response.path("patch").asString("")),
            StandardCharsets.UTF_8);
    assertTrue(patch.contains("enforce"), patch);
    assertTrue(scraped("namespace_reads_total{outcome=\"read\"} 1.0"));
    assertTrue(scraped("reviews_total{outcome=\"injected\",reason=\"none\"} 1.0"));
  }

  /** Somebody's selectors are wider than the chart's: each pod looks as if it were stale. */
  @Test
  void manyPodsAskForANamespaceOnceASecond() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    long begin = System.nanoTime();
    JsonNode response =
        response(
            name -> {
              asked.incrementAndGet();
              return REMEMBERED;
            },
            100);
    long seconds = (System.nanoTime() - begin) / 1_000_000_000L;
    assertTrue(response.path("patch").isMissingNode(), response::toString);
    assertTrue(asked.get() <= 2 + seconds, asked::toString);
    int others = 100 - asked.get();
    assertTrue(scraped("namespace_reads_total{outcome=\"spared\"} " + others + ".0"));
    assertTrue(scraped("reviews_total{outcome=\"skipped\",reason=\"not-enabled\"} 100.0"));
  }

  /** It answers as it would have without the question, and long before the API server gives up. */
  @Test
  void anApiServerThatHangsHoldsNoPod() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    JsonNode response =
        response(
            name -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return LABELLED;
            },
            1);
    assertTrue(response.path("patch").isMissingNode(), response::toString);
    assertTrue(scraped("namespace_reads_total{outcome=\"failed\"} 1.0"));
    assertEquals(1, never.getCount());
  }
}
