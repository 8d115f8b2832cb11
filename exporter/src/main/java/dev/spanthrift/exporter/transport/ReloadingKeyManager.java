package dev.spanthrift.exporter.transport;

import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Our client certificate and its key, read again when the files change. */
final class ReloadingKeyManager extends X509ExtendedKeyManager {
  private static final String ALIAS = "client";

  private record Identity(X509Certificate[] chain, PrivateKey key) {}

  private final WatchedFiles<Identity> identity;

  /** What the handshake under way on this thread answers with: chain and key of one reading. */
  private volatile Identity chosen;

  ReloadingKeyManager(Path certFile, Path keyFile) {
    this.identity =
        new WatchedFiles<>(
            "tls.certFile and tls.keyFile",
            List.of(certFile, keyFile),
            () -> new Identity(Pem.certificates(certFile), Pem.key(keyFile)));
    this.chosen = identity.value();
  }

  @Override
  public String chooseEngineClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    chosen = identity.value();
    return ALIAS;
  }

  @Override
  public String chooseClientAlias(
      String @Nullable [] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineClientAlias(keyTypes, issuers, null);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chosen.chain();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return chosen.key();
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
