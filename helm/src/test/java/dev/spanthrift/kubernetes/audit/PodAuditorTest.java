package dev.spanthrift.kubernetes.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.kubernetes.injection.Names;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import dev.spanthrift.kubernetes.webhook.InjectorMetrics;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Looks at pods over an API server that keeps objects. */
@EnableKubernetesMockClient(crud = true)
class PodAuditorTest {
  KubernetesClient client;

  private void pod(String namespace) {
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("cart")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("cart")
                .withImage("cart:1")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  /** Labelled, and excluded by the chart's values: a restart of its pods would not help. */
  @Test
  void aNamespaceThatTheWebhookIsNotAskedForLacksNothing() {
    client
        .resource(
            new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("spanthrift")
                .endMetadata()
                .addNewWebhook()
                .withName("namespace.injection.spanthrift.dev")
                .withNewNamespaceSelector()
                .addNewMatchExpression()
                .withKey("kubernetes.io/metadata.name")
                .withOperator("NotIn")
                .withValues("bank")
                .endMatchExpression()
                .addNewMatchExpression()
                .withKey(Names.NAMESPACE_LABEL)
                .withOperator("In")
                .withValues("enabled")
                .endMatchExpression()
                .endNamespaceSelector()
                .endWebhook()
                .build())
        .create();
    pod("shop");
    pod("bank");
    InjectorMetrics metrics = new InjectorMetrics();
    try (SkipEvents events = new SkipEvents(client, metrics, Clock.systemUTC())) {
      PodAuditor auditor =
          new PodAuditor(
              client,
              new PodInjector(SidecarDefaults.of("spanthrift:1", "http://backend:4318")),
              name -> new PodNamespace(name, Map.of(Names.NAMESPACE_LABEL, "enabled"), Map.of()),
              new WebhookReach(client, "spanthrift"),
              events);
      PodAuditor.Report report = auditor.look(Instant.now());
      assertEquals(2, report.looked());
      assertEquals(1, report.lacking(PodAuditor.RESTART_NEEDED));
      assertEquals(List.of("shop"), List.copyOf(report.lacking().keySet()));
    }
  }
}
