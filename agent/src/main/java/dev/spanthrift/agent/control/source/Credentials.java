package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.settings.ControllerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** What proves either end to the other; both files are rotated while the program runs. */
final class Credentials {
  private static final int TOKEN_BYTES_MAX = 16 * 1024;

  private Credentials() {}

  /** The token as it now stands in its file. */
  static String token(ControllerSettings settings) throws IOException {
    Path file = Objects.requireNonNull(settings.tokenFile());
    if (Files.size(file) > TOKEN_BYTES_MAX) {
      throw new IOException("token file " + file + " is larger than " + TOKEN_BYTES_MAX + " bytes");
    }
    String token = Files.readString(file, StandardCharsets.UTF_8).strip();
    if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IOException("token file " + file + " holds no token");
    }
    return token;
  }

  /** Trusts the authorities of the file, or the JVM's own. */
  static SSLContext trust(ControllerSettings settings) throws IOException {
    Path file = settings.caFile();
    try {
      if (file == null) {
        return SSLContext.getDefault();
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      try (InputStream pem = Files.newInputStream(file)) {
        int number = 0;
        for (Certificate authority :
            CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          store.setCertificateEntry("authority-" + number++, authority);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("controller.caFile " + file + ": " + e.getMessage(), e);
    }
  }
}
