package dev.spanthrift.kubernetes.audit;

import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.objects.Selectors;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which namespaces' pods the API server shows to the injector: what the webhook's own selectors
 * say, whoever wrote them. A restart of others' pods would change nothing.
 */
public final class WebhookReach implements Supplier<Predicate<PodNamespace>> {
  private static final String NAME = "kubernetes.io/metadata.name";

  private final KubernetesClient client;
  private final String configuration;

  /** By the MutatingWebhookConfiguration of this name. */
  public WebhookReach(KubernetesClient client, String configuration) {
    this.client = client;
    this.configuration = configuration;
  }

  /** As they are now; all namespaces where there is no configuration. */
  @Override
  public Predicate<PodNamespace> get() {
    MutatingWebhookConfiguration found =
        client
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName(configuration)
            .get();
    if (found == null) {
      return namespace -> true;
    }
    List<MutatingWebhook> webhooks = List.copyOf(found.getWebhooks());
    return namespace -> {
      Map<String, String> labels = new HashMap<>(namespace.labels());
      labels.putIfAbsent(NAME, namespace.name()); // the API server sets it on each
      return webhooks.stream()
          .anyMatch(webhook -> Selectors.matches(webhook.getNamespaceSelector(), labels));
    };
  }
}
