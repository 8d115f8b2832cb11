package dev.spanthrift.kubernetes.certificate;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one replica's certificate good: the leader makes and rotates the authority and writes what
 * is to be believed into the webhook's configuration; every replica signs its own certificate with
 * what the Secret holds.
 */
public final class CertificateKeeper {
  private static final Logger log = LoggerFactory.getLogger(CertificateKeeper.class);

  /** A server's certificate lasts a day and is renewed after two thirds of it. */
  static final Duration SERVING = Duration.ofDays(1);

  private final KubernetesClient client;
  private final KeyringSecret secret;
  private final String configuration;
  private final List<String> names;
  private final Keyring.Times times;
  private final ServingKeys keys;
  private String signedBy = "";

  /**
   * @param secret name of the Secret with the authority
   * @param configuration name of the MutatingWebhookConfiguration
   * @param names under which the API server calls, the Service's above all
   */
  public CertificateKeeper(
      KubernetesClient client,
      String namespace,
      String secret,
      String configuration,
      List<String> names,
      Keyring.Times times,
      ServingKeys keys) {
    this.client = client;
    this.secret = new KeyringSecret(client, namespace, secret);
    this.configuration = configuration;
    this.names = List.copyOf(names);
    this.times = times;
    this.keys = keys;
  }

  /**
   * Does what is due; called every few seconds by one thread.
   *
   * @param leads whether this replica may change the authority
   * @return the keyring; null while there is none and another one is to make it
   */
  public @Nullable Keyring tick(Instant now, boolean leads) {
    KeyringSecret.Stored stored = secret.read();
    Keyring keyring = stored == null ? null : stored.keyring();
    if (leads) {
      Keyring due = keyring == null ? Keyring.first(now, times) : keyring.at(now, times);
      if (!due.equals(keyring)) {
        if (!secret.write(due, stored)) {
          return keyring;
        }
        log.info("the injector's authority: {}", due);
        keyring = due;
      }
      believe(due.bundle());
    }
    if (keyring != null) {
      serve(keyring, now);
    }
    return keyring;
  }

  private void serve(Keyring keyring, Instant now) {
    boolean another = !signedBy.equals(keyring.current().certificate());
    Instant renewal = keys.expiry().minus(SERVING.dividedBy(3));
    if (!another && now.isBefore(renewal)) {
      return;
    }
    try {
      keys.show(keyring.current().issue(names, now, SERVING));
      signedBy = keyring.current().certificate();
      log.info("the webhook shows a certificate until {}", keys.expiry());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the authority in the Secret cannot sign", e);
    }
  }

  /** Writes the bundle where it differs: nothing in a manifest has to carry it. */
  private void believe(String bundle) {
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
