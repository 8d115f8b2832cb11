package dev.spanthrift.agent.config.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** TLS of the OTLP ports; off while no certificate is given. Files in PEM. */
public record TlsSettings(
    @Setting("Certificate chain that the OTLP ports show; TLS is off without it.")
        @Nullable Path certificate,
    @Setting("Private key of that certificate, PKCS#8.") @Nullable Path key,
    @Setting("Certificates of the authorities that client certificates must come from (mTLS).")
        @Nullable Path clientAuthority) {
  public TlsSettings {
    new Checks()
        .together("certificate", certificate, "key", key)
        .that(
            clientAuthority == null || certificate != null,
            "clientAuthority",
            clientAuthority,
            "needs certificate and key too")
        .done();
  }

  public boolean enabled() {
    return certificate != null;
  }
}
