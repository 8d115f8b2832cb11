package dev.spanthrift.kubernetes.certificate;

import dev.spanthrift.kubernetes.task.Pause;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one replica's certificate good: the leader makes and rotates the authority and announces
 * what is to be believed; every replica signs its own certificate with what the Secret holds.
 */
public final class CertificateKeeper {
  private static final Logger log = LoggerFactory.getLogger(CertificateKeeper.class);

  /** A server's certificate lasts a day and is renewed after two thirds of it. */
  static final Duration SERVING = Duration.ofDays(1);

  /** How long nothing has to be looked at once there is a certificate to show. */
  static final Duration LOOK = Duration.ofSeconds(10);

  /** How often {@link #beat} is to be called. */
  public static final Duration BEAT = Duration.ofSeconds(1);

  private final KeyringSecret secret;
  private final Consumer<String> announce;
  private final List<String> names;
  private final Keyring.Times times;
  private final ServingKeys keys;
  private String signedBy = "";
  private Instant looked = Instant.EPOCH;

  /**
   * @param secret name of the Secret with the authority
   * @param announce is told by the leader, with every look, the certificates (PEM) that callers are
   *     to believe; writes them to where callers find them
   * @param names under which callers call, the Service's above all
   */
  public CertificateKeeper(
      KubernetesClient client,
      String namespace,
      String secret,
      Consumer<String> announce,
      List<String> names,
      Keyring.Times times,
      ServingKeys keys) {
    this.secret = new KeyringSecret(client, namespace, secret);
    this.announce = announce;
    this.names = List.copyOf(names);
    this.times = times;
    this.keys = keys;
  }

  /**
   * Looks with every beat until there is a certificate, since the program is not ready before; then
   * every ten seconds. Called by the thread that calls {@link #tick}.
   */
  public void beat(Instant now, boolean leads) {
    if (signedBy.isEmpty() || !Pause.lasts(looked, LOOK, now)) {
      var _ = tick(now, leads);
    }
  }

  /**
   * Does what is due; called every few seconds by one thread.
   *
   * @param leads whether this replica may change the authority
   * @return the keyring; null while there is none and another one is to make it
   */
  public @Nullable Keyring tick(Instant now, boolean leads) {
    looked = now;
    KeyringSecret.Stored stored = secret.read();
    Keyring keyring = stored == null ? null : stored.keyring();
    if (leads) {
      Keyring due = keyring == null ? Keyring.first(now, times) : keyring.at(now, times);
      if (!due.equals(keyring)) {
        if (!secret.write(due, stored)) {
          return keyring;
        }
        log.info("the authority is another one: {}", due);
        keyring = due;
      }
      announce.accept(due.bundle());
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
      log.info("a certificate until {} is shown", keys.expiry());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the authority in the Secret cannot sign", e);
    }
  }
}
