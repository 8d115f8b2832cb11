package dev.spanthrift.kubernetes.certificate;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one Secret that all replicas share; whoever writes second finds out and reads again. */
final class KeyringSecret {
  private static final Logger log = LoggerFactory.getLogger(KeyringSecret.class);
  private static final String CURRENT = "ca.crt";
  private static final String CURRENT_KEY = "ca.key";
  private static final String NEXT = "next.crt";
  private static final String NEXT_KEY = "next.key";
  private static final String PREVIOUS = "previous.crt";
  private static final String SINCE = "since";

  private final KubernetesClient client;
  private final String namespace;
  private final String name;

  /** The keyring, with the version that a change must be based on. */
  record Stored(Keyring keyring, @Nullable String version) {}

  KeyringSecret(KubernetesClient client, String namespace, String name) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
  }

  /** Null where there is none, or one that means nothing, which is replaced. */
  @Nullable Stored read() {
    Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
    if (secret == null) {
      return null;
    }
    Map<String, String> data = decoded(secret);
    String certificate = data.get(CURRENT);
    String key = data.get(CURRENT_KEY);
    if (certificate == null || key == null) {
      return null;
    }
    String next = data.get(NEXT);
    String nextKey = data.get(NEXT_KEY);
    return new Stored(
        new Keyring(
            new KeyPairPem(certificate, key),
            next == null || nextKey == null ? null : new KeyPairPem(next, nextKey),
            data.get(PREVIOUS),
            instant(data.getOrDefault(SINCE, ""))),
        secret.getMetadata().getResourceVersion());
  }

  private static Map<String, String> decoded(Secret secret) {
    Map<String, String> decoded = new LinkedHashMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach(
              (key, value) ->
                  decoded.put(
                      key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    return decoded;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH; // long settled
    }
  }

  /** Writes it; false where somebody else did in between. */
  boolean write(Keyring keyring, @Nullable Stored base) {
    Map<String, String> data = new LinkedHashMap<>();
    put(data, CURRENT, keyring.current().certificate());
    put(data, CURRENT_KEY, keyring.current().key());
    KeyPairPem next = keyring.next();
    if (next != null) {
      put(data, NEXT, next.certificate());
      put(data, NEXT_KEY, next.key());
    }
    String previous = keyring.previous();
    if (previous != null) {
      put(data, PREVIOUS, previous);
    }
    put(data, SINCE, keyring.since().toString());
    SecretBuilder builder =
        new SecretBuilder()
            .withType("Opaque")
            .withData(data)
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels("app.kubernetes.io/managed-by", "spanthrift")
            .endMetadata();
    try {
      if (base == null) {
        client.secrets().inNamespace(namespace).resource(builder.build()).create();
      } else {
        builder.editMetadata().withResourceVersion(base.version()).endMetadata();
        client.secrets().inNamespace(namespace).resource(builder.build()).update();
      }
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        log.info("another replica wrote the authority first; its one counts");
        return false;
      }
      throw e;
    }
  }

  private static void put(Map<String, String> data, String key, String value) {
    data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
  }
}
