package dev.spanthrift.kubernetes.certificate;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the API server which authorities to believe, in the webhook's configuration. */
public final class WebhookAuthorities implements Consumer<String> {
  private static final Logger log = LoggerFactory.getLogger(WebhookAuthorities.class);

  private final KubernetesClient client;
  private final String configuration;

  /**
   * @param configuration name of the MutatingWebhookConfiguration
   */
  public WebhookAuthorities(KubernetesClient client, String configuration) {
    this.client = client;
    this.configuration = configuration;
  }

  /** Writes the bundle where it differs: nothing in a manifest has to carry it. */
  @Override
  public void accept(String bundle) {
    String encoded = Base64.getEncoder().encodeToString(bundle.getBytes(StandardCharsets.US_ASCII));
    MutatingWebhookConfiguration found =
        client
            .admissionRegistration()
            .v1()
            .mutatingWebhookConfigurations()
            .withName(configuration)
            .get();
    if (found == null) {
      log.warn(
          "there is no MutatingWebhookConfiguration {}: nobody calls this injector", configuration);
      return;
    }
    boolean differs = false;
    for (MutatingWebhook webhook : found.getWebhooks()) {
      differs |= !encoded.equals(webhook.getClientConfig().getCaBundle());
      webhook.getClientConfig().setCaBundle(encoded);
    }
    if (differs) {
      // With its resource version: somebody else's change in between is read first, next time.
      client.admissionRegistration().v1().mutatingWebhookConfigurations().resource(found).update();
      log.info("wrote the authorities to believe into {}", configuration);
    }
  }
}
