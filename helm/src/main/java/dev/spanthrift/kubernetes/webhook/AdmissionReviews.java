package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SkipReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * AdmissionReview in, AdmissionReview out (admission.k8s.io/v1). Every pod is allowed, whatever
 * happens here: telemetry must not keep an application from starting.
 */
public final class AdmissionReviews {
  private static final Logger log = LoggerFactory.getLogger(AdmissionReviews.class);
  private static final String VERSION = "admission.k8s.io/v1";
  private static final String KIND = "AdmissionReview";

  /** As kubectl shows them; the API server cuts what is longer. */
  private static final int WARNING_LETTERS_MAX = 256;

  private static final int WARNINGS_MAX = 8;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PodInjector injector;
  private final Function<String, @Nullable PodNamespace> namespaces;
  private final InjectorMetrics metrics;
  private final SkipListener listener;

  /** Who wants to know of pods that stay without a sidecar. */
  @FunctionalInterface
  public interface SkipListener {
    void skipped(JsonNode pod, String namespace, SkipReason reason, String words);
  }

  /** The request is no review. */
  static final class MalformedReviewException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedReviewException(String words) {
      super(words);
    }
  }

  /**
   * @param namespaces labels and annotations from memory; null for one that is not known, whose
   *     pods are taken at the word of the API server's selectors
   */
  public AdmissionReviews(
      PodInjector injector,
      Function<String, @Nullable PodNamespace> namespaces,
      InjectorMetrics metrics,
      SkipListener listener) {
    this.injector = injector;
    this.namespaces = namespaces;
    this.metrics = metrics;
    this.listener = listener;
  }

  byte[] answer(byte[] body) throws MalformedReviewException {
    JsonNode request = request(body);
    ObjectNode review =
        JsonNodeFactory.instance.objectNode().put("apiVersion", VERSION).put("kind", KIND);
    ObjectNode response = review.putObject("response");
    response.put("uid", request.path("uid").asString("")).put("allowed", true);
    long begin = System.nanoTime();
    try {
      decide(request, response, begin);
    } catch (RuntimeException e) {
      metrics.failed();
      log.error(
          "a pod goes on without a sidecar, because the injector failed; please report it", e);
    }
    return JSON.writeValueAsBytes(review);
  }

  private static JsonNode request(byte[] body) throws MalformedReviewException {
    JsonNode review;
    try {
      review = JSON.readTree(body);
    } catch (JacksonException e) {
      throw new MalformedReviewException("no JSON: " + e.getOriginalMessage());
    }
    if (!review.path("kind").asString("").equals(KIND)
        || !review.path("apiVersion").asString("").equals(VERSION)) {
      throw new MalformedReviewException("no " + KIND + " of " + VERSION);
    }
    JsonNode request = review.path("request");
    if (request.path("uid").asString("").isEmpty()) {
      throw new MalformedReviewException("request.uid is missing");
    }
    return request;
  }

  private void decide(JsonNode request, ObjectNode response, long begin) {
    String name = request.path("namespace").asString("");
    JsonNode pod = request.path("object");
    PodNamespace namespace = namespaces.apply(name);
    Injection injection =
        namespace == null
            ? injector.injectAsked(pod, PodNamespace.named(name), null)
            : injector.inject(pod, namespace);
    switch (injection) {
      case Injection.Injected done -> {
        String patch = done.patch().toString();
        response
            .put("patchType", "JSONPatch")
            .put(
                "patch",
                Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8)));
        warn(response, done.warnings());
        metrics.injected(Duration.ofNanos(System.nanoTime() - begin));
      }
      case Injection.Skipped(SkipReason reason, String words) -> {
        metrics.skipped(reason, Duration.ofNanos(System.nanoTime() - begin));
        log.info("{} {}: no sidecar ({}): {}", name, who(pod), reason.word(), words);
        if (reason.isLack()) {
          warn(response, List.of("no sidecar (" + reason.word() + "): " + words));
        }
        if (reason.isWithout() && !request.path("dryRun").asBoolean(false)) {
          listener.skipped(pod, name, reason, words);
        }
      }
    }
  }

  private static String who(JsonNode pod) {
    JsonNode metadata = pod.path("metadata");
    String name = metadata.path("name").asString("");
    return name.isEmpty() ? metadata.path("generateName").asString("") + "…" : name;
  }

  private static void warn(ObjectNode response, List<String> warnings) {
    List<String> shown = new ArrayList<>();
    for (String warning : warnings.subList(0, Math.min(warnings.size(), WARNINGS_MAX))) {
      String whole = "spanthrift: " + warning;
      shown.add(whole.substring(0, Math.min(whole.length(), WARNING_LETTERS_MAX)));
    }
    if (!shown.isEmpty()) {
      ArrayNode list = response.putArray("warnings");
      shown.forEach(list::add);
    }
  }
}
