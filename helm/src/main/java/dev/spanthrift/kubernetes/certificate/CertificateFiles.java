package dev.spanthrift.kubernetes.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Certificate and key from files that somebody else rotates, such as cert-manager. */
public final class CertificateFiles {
  private final Path certificate;
  private final Path key;
  private final ServingKeys keys;

  public CertificateFiles(Path certificate, Path key, ServingKeys keys) {
    this.certificate = certificate;
    this.key = key;
    this.keys = keys;
  }

  /**
   * Shows what is there now; a pair that does not belong together, as between two writes, is left
   * for the next time.
   *
   * @return whether it is another one
   * @throws IOException when one cannot be read, or both mean nothing together
   */
  public boolean look() throws IOException {
    KeyPairPem found =
        new KeyPairPem(
            Files.readString(certificate, StandardCharsets.US_ASCII),
            Files.readString(key, StandardCharsets.US_ASCII));
    if (found.equals(keys.pem())) {
      return false;
    }
    try {
      requireOnePair(found);
      keys.show(found);
      return true;
    } catch (GeneralSecurityException e) {
      throw new IOException(certificate + " and " + key + ": " + e.getMessage(), e);
    }
  }

  private static void requireOnePair(KeyPairPem found) throws GeneralSecurityException {
    String algorithm = found.privateKey().getAlgorithm().equals("EC") ? "ECDSA" : "RSA";
    java.security.Signature signature =
        java.security.Signature.getInstance("SHA256with" + algorithm);
    byte[] words = "one pair".getBytes(StandardCharsets.US_ASCII);
    signature.initSign(found.privateKey());
    signature.update(words);
    byte[] signed = signature.sign();
    signature.initVerify(found.chain().getFirst());
    signature.update(words);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
  }
}
