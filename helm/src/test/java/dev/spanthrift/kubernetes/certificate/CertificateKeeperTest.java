package dev.spanthrift.kubernetes.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.ByteArrayInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas and two weeks, in virtual time, against an API server's stand-in. */
@EnableKubernetesMockClient(crud = true)
class CertificateKeeperTest {
  private static final Keyring.Times TIMES =
      new Keyring.Times(Duration.ofDays(6), Duration.ofHours(2));
  private static final List<String> NAMES = List.of("spanthrift-injector.spanthrift.svc");
  KubernetesClient client;
  private Instant now = Instant.parse("2026-11-30T00:00:00Z");
  private final ServingKeys firstKeys = new ServingKeys();
  private final ServingKeys secondKeys = new ServingKeys();

  @BeforeEach
  void configuration() {
    client
        .resource(
            new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("spanthrift")
                .endMetadata()
                .addNewWebhook()
                .withName("namespace.injection.spanthrift.dev")
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:8443/inject")
                .endClientConfig()
                .endWebhook()
                .addNewWebhook()
                .withName("pod.injection.spanthrift.dev")
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:8443/inject")
                .endClientConfig()
                .endWebhook()
                .build())
        .create();
  }

  private CertificateKeeper keeper(ServingKeys keys) {
    return new CertificateKeeper(
        client,
        "spanthrift",
        "spanthrift-injector-ca",
        new WebhookAuthorities(client, "spanthrift"),
        NAMES,
        TIMES,
        keys);
  }

  @Test
  void atEveryMomentEveryReplicaShowsWhatTheConfigurationBelieves() throws Exception {
    CertificateKeeper first = keeper(firstKeys);
    CertificateKeeper second = keeper(secondKeys);
    assertNull(second.tick(now, false), "who does not lead makes nothing");
    Set<String> authorities = new HashSet<>();
    for (int hour = 0; hour < 24 * 14; hour += 2) {
      now = now.plus(Duration.ofHours(2));
      boolean firstLeads = hour / 60 % 2 == 0; // the lead changes hands
      first.tick(now, firstLeads);
      // In between, one is a tick behind the other.
      requireBelieved(hour > 0 ? List.of(firstKeys, secondKeys) : List.of(firstKeys));
      Keyring keyring = second.tick(now, !firstLeads);
      requireBelieved(List.of(firstKeys, secondKeys));
      authorities.add(Objects.requireNonNull(keyring).current().certificate());
      assertTrue(now.plus(Duration.ofHours(6)).isBefore(firstKeys.expiry()));
    }
    assertEquals(4, authorities.size(), "a new one about every four days, one for both");
  }

  private void requireBelieved(List<ServingKeys> keys) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    Set<TrustAnchor> anchors = new HashSet<>();
    for (var webhook : configured().getWebhooks()) {
      byte[] bundle = Base64.getDecoder().decode(webhook.getClientConfig().getCaBundle());
      anchors.clear();
      for (var authority : factory.generateCertificates(new ByteArrayInputStream(bundle))) {
        anchors.add(new TrustAnchor((X509Certificate) authority, null));
      }
    }
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    for (ServingKeys each : keys) {
      KeyPairPem shown = Objects.requireNonNull(each.pem());
      CertPathValidator.getInstance("PKIX")
          .validate(factory.generateCertPath(shown.chain().subList(0, 1)), parameters);
    }
  }

  private MutatingWebhookConfiguration configured() {
    return client
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName("spanthrift")
        .get();
  }

  /** A replica is not ready before it has one; then it asks the API server no more than it must. */
  @Test
  void looksWithEveryBeatUntilThereIsACertificateAndThenEveryTenSeconds() {
    CertificateKeeper leader = keeper(firstKeys);
    CertificateKeeper other = keeper(secondKeys);
    other.beat(now, false);
    assertNull(secondKeys.pem());
    leader.beat(now, true);
    now = now.plusSeconds(1);
    other.beat(now, false);
    assertNotNull(secondKeys.pem());
    client.secrets().inNamespace("spanthrift").withName("spanthrift-injector-ca").delete();
    leader.beat(now, true);
    now = now.plusSeconds(8);
    leader.beat(now, true);
    assertNull(secret());
    now = now.plusSeconds(1);
    leader.beat(now, true);
    assertNotNull(secret(), "it looked again");
    client.secrets().inNamespace("spanthrift").withName("spanthrift-injector-ca").delete();
    now = now.minusSeconds(3_600);
    leader.beat(now, true);
    assertNotNull(secret(), "a clock that was set back stops no looks");
  }

  private Secret secret() {
    return client.secrets().inNamespace("spanthrift").withName("spanthrift-injector-ca").get();
  }

  @Test
  void whoLosesARaceTakesTheOthersAuthority() {
    CertificateKeeper first = keeper(firstKeys);
    CertificateKeeper second = keeper(secondKeys);
    Keyring made = first.tick(now, true);
    Keyring taken = second.tick(now, true); // both believe that they lead
    assertEquals(made, taken);
    KeyringSecret secret = new KeyringSecret(client, "spanthrift", "spanthrift-injector-ca");
    assertFalse(secret.write(Keyring.first(now, TIMES), null), "it is there already");
  }

  @Test
  void anAuthorityThatExpiredWhileNobodyWasThereIsReplacedAtOnce() {
    Keyring before = keeper(firstKeys).tick(now, true);
    now = now.plus(Duration.ofDays(400));
    Keyring after = keeper(secondKeys).tick(now, true);
    assertNotNull(before);
    assertNotNull(after);
    assertNotEquals(before.current(), after.current());
    assertNull(after.previous());
    assertTrue(now.isBefore(after.current().expiry()));
  }

  @Test
  void aBundleThatSomebodyOverwroteIsWrittenAgain() throws Exception {
    CertificateKeeper keeper = keeper(firstKeys);
    keeper.tick(now, true);
    MutatingWebhookConfiguration changed = configured();
    changed.getWebhooks().forEach(webhook -> webhook.getClientConfig().setCaBundle(null));
    client.resource(changed).update();
    keeper.tick(now.plusSeconds(30), true);
    requireBelieved(List.of(firstKeys));
  }

  @Test
  void noKeyIsEverInWords() {
    Keyring keyring = Keyring.first(now, TIMES);
    assertFalse((keyring + " " + keyring.current()).contains("PRIVATE"));
  }
}
