package dev.spanthrift.kubernetes.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.spanthrift.kubernetes.audit.SkipEvents;
import dev.spanthrift.kubernetes.injection.PodCorpus;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import dev.spanthrift.kubernetes.injection.SkipReason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Each reason for which a pod stays without a sidecar is a metric, a line of the log, an Event. */
@EnableKubernetesMockClient(crud = true)
@Isolated // listens to a log of the whole process
class SkipReasonsTest {
  private static final Map<String, String> ENABLED = Map.of("spanthrift.dev/injection", "enabled");
  private static final SidecarDefaults DEFAULTS =
      SidecarDefaults.of("spanthrift:1", "http://backend:4318");
  KubernetesClient client;

  /** A pod that is left alone for a reason, and what it meets. */
  private record Case(ObjectNode pod, PodNamespace namespace, SidecarDefaults defaults) {}

  private static Case in(String pod, Map<String, String> labels) {
    return new Case(PodCorpus.pod(pod), new PodNamespace("shop", labels, Map.of()), DEFAULTS);
  }

  private static Case of(String pod) {
    return in(pod, ENABLED);
  }

  /** Without a default: a new reason wants a pod. */
  private static Case of(SkipReason reason) {
    return switch (reason) {
      case NOT_ENABLED -> in("deployment", Map.of());
      case OPTED_OUT -> of("skip-opt-out");
      case OTHER_REVISION ->
          in(
              "deployment",
              Map.of("spanthrift.dev/injection", "enabled", "spanthrift.dev/rev", "blue"));
      case SYSTEM_NAMESPACE ->
          new Case(
              PodCorpus.pod("deployment"),
              new PodNamespace("kube-system", ENABLED, Map.of()),
              DEFAULTS);
      case ALREADY_INJECTED -> of("skip-chart");
      case HOST_NETWORK -> of("skip-host-network");
      case STATIC_POD -> of("skip-static");
      case WINDOWS -> of("skip-windows");
      case VIRTUAL_NODE -> of("skip-virtual");
      case NO_NATIVE_SIDECARS ->
          new Case(
              PodCorpus.pod("deployment"),
              new PodNamespace("shop", ENABLED, Map.of()),
              DEFAULTS.withNativeSidecars(false));
      case PORT_TAKEN -> of("skip-port");
      case NAME_TAKEN -> of("skip-volume");
      case NO_CONTAINER -> {
        Case meshAlone = of("istio-plain");
        meshAlone.pod().withArray("/spec/containers").remove(1);
        yield meshAlone;
      }
      case NO_UPSTREAM ->
          new Case(
              PodCorpus.pod("deployment"),
              new PodNamespace("shop", ENABLED, Map.of()),
              SidecarDefaults.of("spanthrift:1", null));
      case ENDPOINT_NOT_TAKEABLE -> {
        Case twice = of("otel-endpoint");
        twice
            .pod()
            .withObject("/metadata/annotations")
            .put("spanthrift.dev/endpoint-takeover", "true");
        twice
            .pod()
            .withArray("/spec/containers/0/env")
            .addObject()
            .put("name", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .put("value", "http://elsewhere:4318");
        yield twice;
      }
      case INVALID_OPTION -> of("skip-option");
      case UNREADABLE -> {
        Case empty = of("deployment");
        empty.pod().remove("spec");
        yield empty;
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void isAMetricALineOfTheLogAndAnEvent(SkipReason reason) throws Exception {
    Case one = of(reason);
    ObjectNode pod = one.pod();
    // An owner of its own, so that it is told of whatever was told of others.
    pod.withObject("/metadata").remove("ownerReferences");
    pod.withObject("/metadata").put("name", reason.word());
    InjectorMetrics metrics = new InjectorMetrics();
    Logger logger = (Logger) LoggerFactory.getLogger(AdmissionReviews.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    JsonNode response;
    try (SkipEvents events = new SkipEvents(client, metrics, Clock.systemUTC())) {
      AdmissionReviews reviews =
          new AdmissionReviews(
              new PodInjector(one.defaults()),
              name -> one.namespace(),
              name -> Mono.empty(),
              metrics,
              (p, space, why, words) ->
                  events.tell(p, space, why.eventWord(), why.isLack(), words));
      response =
          JsonMapper.shared()
              .readTree(reviews.answer(review(one), System.nanoTime()).block())
              .path("response");
      assertTrue(response.path("patch").isMissingNode(), response::toString);
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (reason.isWithout() && !scraped(metrics, "events", "{fate=\"sent\"} 1.0")) {
        assertTrue(System.nanoTime() < end, metrics.program()::scrape);
        LockSupport.parkNanos(1_000_000);
      }
    } finally {
      logger.detachAppender(lines);
    }
    assertTrue(response.path("allowed").asBoolean(false));
    assertEquals(
        reason.isLack(),
        response.path("warnings").toString().contains("(" + reason.word() + ")"),
        response::toString);
    assertTrue(
        scraped(metrics, "reviews", "{outcome=\"skipped\",reason=\"" + reason.word() + "\"} 1.0"));
    assertTrue(
        lines.list.stream()
            .anyMatch(l -> l.getFormattedMessage().contains("no sidecar (" + reason.word() + ")")),
        lines.list::toString);
    List<Event> events =
        client.v1().events().inNamespace(one.namespace().name()).list().getItems().stream()
            .filter(e -> e.getInvolvedObject().getName().equals(reason.word()))
            .toList();
    assertEquals(reason.isWithout() ? 1 : 0, events.size());
    for (Event event : events) {
      assertEquals("NoSidecar" + reason.eventWord(), event.getReason());
      assertEquals(reason.isLack() ? "Warning" : "Normal", event.getType());
    }
  }

  private static boolean scraped(InjectorMetrics metrics, String name, String rest) {
    return metrics.program().scrape().contains("\nspanthrift_injector_" + name + "_total" + rest);
  }

  private static byte[] review(Case one) {
    ObjectNode review = JsonMapper.shared().createObjectNode();
    review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
    review
        .putObject("request")
        .put("uid", "u-1")
        .put("namespace", one.namespace().name())
        .set("object", one.pod());
    return JsonMapper.shared().writeValueAsBytes(review);
  }
}
