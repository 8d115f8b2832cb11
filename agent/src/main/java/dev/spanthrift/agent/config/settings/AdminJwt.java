package dev.spanthrift.agent.config.settings;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signed tokens of an identity provider (OpenID Connect); off while no issuer is given. */
public record AdminJwt(
    @Setting("The provider, as its tokens name it (iss). Without it no such token is taken.")
        @Nullable String issuer,
    @Setting("Whom its tokens must be for (aud), such as spanthrift.") @Nullable String audience,
    @Setting(
            "Its public keys (JWK set): a file, or the https URL that its discovery document calls"
                + " jwks_uri. A file is read again when it has changed, a URL when a key is not"
                + " known.")
        @Nullable URI keys,
    @Setting(
            value = "Claim with the names that roles knows; a dot leads into an object.",
            byDefault = "roles")
        String claim,
    @Setting("viewer, operator or admin by the provider's name, such as {sre: operator}.")
        Map<String, String> roles) {
  public AdminJwt {
    roles = Map.copyOf(roles);
    Checks checks =
        new Checks()
            .together("issuer", issuer, "audience", audience)
            .together("issuer", issuer, "keys", keys)
            .that(
                keys == null || isFile(keys) || "https".equals(keys.getScheme()),
                "keys",
                keys,
                "a file, or an https:// URL: whoever changes keys on the way is everybody")
            .that(!claim.isBlank(), "claim", claim, "the name of a claim, such as roles");
    AdminTls.checkRoles(checks, "roles", roles);
    checks.done();
  }

  private static boolean isFile(URI keys) {
    return keys.getScheme() == null || "file".equals(keys.getScheme());
  }
}
