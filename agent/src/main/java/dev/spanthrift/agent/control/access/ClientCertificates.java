package dev.spanthrift.agent.control.access;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Roles of client certificates: by the subject as a whole ({@code CN=ann,O=shop}), or by one
 * alternative name ({@code spiffe://shop/ns/ops/sa/ann}, {@code ann.shop.example}).
 */
final class ClientCertificates {
  private final Map<String, Role> roles;

  ClientCertificates(Map<String, Role> roles) {
    this.roles = roles;
  }

  /** Whose it is; null when it has no role. That it is genuine was TLS's to find out. */
  @Nullable Caller caller(X509Certificate certificate) {
    X500Principal subject = certificate.getSubjectX500Principal();
    Role found = null;
    for (Map.Entry<String, Role> known : roles.entrySet()) {
      if (isSubject(known.getKey(), subject) || names(certificate).contains(known.getKey())) {
        found = found == null ? known.getValue() : found.orHigher(known.getValue());
      }
    }
    return found == null ? null : new Caller("cert:" + subject.getName(), found);
  }

  private static boolean isSubject(String key, X500Principal subject) {
    try {
      return key.indexOf('=') > 0 && new X500Principal(key).equals(subject);
    } catch (IllegalArgumentException e) {
      return false; // an alternative name with an equals sign
    }
  }

  private static List<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .map(List::getLast)
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .filter(Objects::nonNull)
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }
}
