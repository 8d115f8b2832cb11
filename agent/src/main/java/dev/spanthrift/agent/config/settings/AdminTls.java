package dev.spanthrift.agent.config.settings;

import dev.spanthrift.exporter.settings.Tls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** TLS of the admin port; off while no certificate is given. Files in PEM. */
public record AdminTls(
    @Setting("Certificate chain that the admin port shows; TLS is off without it.")
        @Nullable Path certificate,
    @Setting("Private key of that certificate, PKCS#8.") @Nullable Path key,
    @Setting(
            "Authorities of client certificates. Clients may show one, and need none for what"
                + " anybody may.")
        @Nullable Path clientAuthority,
    @Setting(
            "viewer, operator or admin by a certificate's subject or one of its alternative names,"
                + " such as {'CN=ann,O=shop': admin, 'spiffe://shop/sre': operator}.")
        Map<String, String> clients) {
  static final List<String> ROLES = List.of("viewer", "operator", "admin");

  public AdminTls {
    clients = Map.copyOf(clients);
    Checks checks =
        new Checks()
            .together("certificate", certificate, "key", key)
            .that(
                clientAuthority == null || certificate != null,
                "clientAuthority",
                clientAuthority,
                "needs certificate and key too")
            .that(
                clients.isEmpty() || clientAuthority != null,
                "clients",
                clients,
                "needs clientAuthority too");
    checkRoles(checks, "clients", clients);
    checks.done();
  }

  static void checkRoles(Checks checks, String component, Map<String, String> roles) {
    roles.forEach(
        (name, role) ->
            checks.that(
                ROLES.contains(role), component, name + ": " + role, "viewer, operator or admin"));
  }

  /** Null while TLS is off. */
  public @Nullable Tls tls() {
    return certificate == null ? null : new Tls(clientAuthority, certificate, key, false);
  }
}
