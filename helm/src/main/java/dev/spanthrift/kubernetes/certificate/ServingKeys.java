package dev.spanthrift.kubernetes.certificate;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What the server shows; each handshake takes what is there at that moment, so that a new
 * certificate needs neither a restart nor a new port.
 */
public final class ServingKeys extends X509ExtendedKeyManager {
  private static final String ALIAS = "spanthrift";
  private volatile @Nullable Shown shown;

  private record Shown(KeyPairPem pem, PrivateKey key, List<X509Certificate> chain) {}

  /**
   * Shows this from the next handshake on.
   *
   * @throws GeneralSecurityException when key and certificate are none
   */
  public void show(KeyPairPem pem) throws GeneralSecurityException {
    shown = new Shown(pem, pem.privateKey(), pem.chain());
  }

  /** What is shown; null before there is anything. */
  public @Nullable KeyPairPem pem() {
    Shown now = shown;
    return now == null ? null : now.pem();
  }

  /** Until when it holds; {@link Instant#EPOCH} before there is anything. */
  public Instant expiry() {
    KeyPairPem pem = pem();
    return pem == null ? Instant.EPOCH : pem.expiry();
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return shown == null ? null : new String[] {ALIAS};
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(type);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(type);
  }

  private @Nullable String alias(String type) {
    Shown now = shown;
    return now != null && now.key().getAlgorithm().equals(type) ? ALIAS : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Shown now = shown;
    return now == null ? null : now.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Shown now = shown;
    return now == null ? null : now.key();
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    return null; // it is a server
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
