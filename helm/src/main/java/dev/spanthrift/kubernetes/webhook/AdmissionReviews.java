package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.injection.Injection;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SkipReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
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

  /** By these labels of namespaces the chart's webhooks do not ask us at all. */
  private static final Set<SkipReason> CONTRADICTIONS =
      EnumSet.of(SkipReason.NOT_ENABLED, SkipReason.OPTED_OUT, SkipReason.OTHER_REVISION);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PodInjector injector;
  private final Function<String, @Nullable PodNamespace> namespaces;
  private final Function<String, Mono<PodNamespace>> fresh;
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
   * @param fresh asked at the API server; empty when it is not to be had
   */
  public AdmissionReviews(
      PodInjector injector,
      Function<String, @Nullable PodNamespace> namespaces,
      Function<String, Mono<PodNamespace>> fresh,
      InjectorMetrics metrics,
      SkipListener listener) {
    this.injector = injector;
    this.namespaces = namespaces;
    this.fresh = fresh;
    this.metrics = metrics;
    this.listener = listener;
  }

  /**
   * @param begin {@link System#nanoTime} when the request came
   */
  Mono<byte[]> answer(byte[] body, long begin) throws MalformedReviewException {
    JsonNode request = request(body);
    return Mono.defer(() -> judge(request))
        .map(injection -> review(request, response -> tell(request, injection, response, begin)))
        .onErrorResume(
            RuntimeException.class,
            e -> {
              metrics.failed();
              log.error(
                  "a pod goes on without a sidecar, because the injector failed; please report it",
                  e);
              return Mono.just(review(request, response -> {}));
            });
  }

  private static byte[] review(JsonNode request, Consumer<ObjectNode> more) {
    ObjectNode review =
        JsonNodeFactory.instance.objectNode().put("apiVersion", VERSION).put("kind", KIND);
    ObjectNode response = review.putObject("response");
    response.put("uid", request.path("uid").asString("")).put("allowed", true);
    more.accept(response);
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

  /**
   * By memory; where that contradicts the selectors by which the API server has asked us, by the
   * namespace as it is now, if it can be had.
   */
  private Mono<Injection> judge(JsonNode request) {
    String name = request.path("namespace").asString("");
    JsonNode pod = request.path("object");
    PodNamespace namespace = namespaces.apply(name);
    if (namespace == null) {
      return Mono.just(injector.injectAsked(pod, PodNamespace.named(name), null));
    }
    Injection remembered = injector.inject(pod, namespace);
    if (remembered instanceof Injection.Skipped(SkipReason reason, String words)
        && CONTRADICTIONS.contains(reason)) {
      return fresh.apply(name).map(now -> injector.inject(pod, now)).defaultIfEmpty(remembered);
    }
    return Mono.just(remembered);
  }

  private void tell(JsonNode request, Injection injection, ObjectNode response, long begin) {
    String name = request.path("namespace").asString("");
    JsonNode pod = request.path("object");
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
