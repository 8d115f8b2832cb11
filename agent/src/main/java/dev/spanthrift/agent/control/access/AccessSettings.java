package dev.spanthrift.agent.control.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * By what somebody is known, and what may be done by whom nobody knows.
 *
 * @param tokens files by role, each with a bearer token a line, read at each use
 * @param anonymous who may read without showing anything
 * @param jwt tokens of an identity provider; null: none are taken
 * @param clients roles by the subject of a client certificate, or one of its alternative names
 */
public record AccessSettings(
    Map<Role, Path> tokens, Anonymous anonymous, @Nullable Jwt jwt, Map<String, Role> clients) {
  public AccessSettings {
    tokens = Map.copyOf(tokens);
    clients = Map.copyOf(clients);
  }

  /** Nobody is known; this machine reads. */
  public static final AccessSettings READ_ONLY =
      new AccessSettings(Map.of(), Anonymous.LOOPBACK, null, Map.of());

  /** Who may read without showing anything. */
  public enum Anonymous {
    /** This machine, which includes all containers of a pod. */
    LOOPBACK,

    /** Whoever reaches the port. */
    EVERYBODY,

    NOBODY
  }

  /**
   * Signed tokens (RFC 7519), as an OpenID provider gives them.
   *
   * @param issuer what {@code iss} must be
   * @param audience what {@code aud} must hold
   * @param keys where the provider's public keys are (JWK set): a file, or an https URL
   * @param claim where the names stand that {@code roles} knows; a dot leads into an object
   * @param roles our role by the provider's name
   */
  public record Jwt(
      String issuer, String audience, URI keys, String claim, Map<String, Role> roles) {
    public Jwt {
      roles = Map.copyOf(roles);
    }
  }

  /** Whether anybody at all can be known. */
  boolean isReadOnly() {
    return tokens.isEmpty() && jwt == null && clients.isEmpty();
  }

  /** The same with the tokens of another role. */
  public AccessSettings with(Role role, Path file) {
    Map<Role, Path> all = new java.util.EnumMap<>(Role.class);
    all.putAll(tokens);
    all.put(role, file);
    return new AccessSettings(all, anonymous, jwt, clients);
  }
}
