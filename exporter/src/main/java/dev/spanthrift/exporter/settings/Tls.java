package dev.spanthrift.exporter.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whom one side of a TLS connection trusts and who it is, as PEM files: of a destination and of a
 * port alike.
 *
 * @param authority certificates that the other side's must come from; a client without them trusts
 *     the JVM's roots, a server lets in everybody
 * @param certificate our certificate chain, our own first
 * @param key its key, PKCS#8 without password
 * @param skipVerify trust any server: for trials only
 */
public record Tls(
    @Nullable Path authority, @Nullable Path certificate, @Nullable Path key, boolean skipVerify) {
  public static final Tls DEFAULT = new Tls(null, null, null, false);

  public Tls {
    if ((certificate == null) != (key == null)) {
      throw ExportSettings.bad(
          "tls", "certificate " + certificate + ", key " + key, "both a certificate and its key");
    }
    if (skipVerify && authority != null) {
      throw ExportSettings.bad("tls.skipVerify", "true", "false beside an authority");
    }
  }
}
