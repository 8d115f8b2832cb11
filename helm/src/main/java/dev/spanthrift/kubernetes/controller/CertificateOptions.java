package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.certificate.Keyring;
import java.nio.file.Path;
import java.util.List;

/** Where the certificate of the port for sidecars comes from. */
public sealed interface CertificateOptions {
  /**
   * Made and rotated here, by one authority for all replicas.
   *
   * @param secret that the replicas share
   * @param configMap of each namespace, by which sidecars know it
   * @param names by which sidecars call, the Service's first
   */
  record Own(String secret, String configMap, List<String> names, Keyring.Times times)
      implements CertificateOptions {
    public Own {
      names = List.copyOf(names);
    }
  }

  /**
   * Rotated by somebody else, such as cert-manager.
   *
   * @param chain certificates, PEM
   * @param key private key, PEM
   */
  record Files(Path chain, Path key) implements CertificateOptions {}
}
