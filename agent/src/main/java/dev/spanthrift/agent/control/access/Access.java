package dev.spanthrift.agent.control.access;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import org.jspecify.annotations.Nullable;

/** Decides who may do what. */
public final class Access {
  private static final String SCHEME = "bearer ";

  private final AccessSettings settings;
  private final TokenFiles tokens;
  private final ClientCertificates clients;
  private final @Nullable SignedTokens signed;

  public Access(AccessSettings settings) {
    this.settings = settings;
    tokens = new TokenFiles(settings.tokens());
    clients = new ClientCertificates(settings.clients());
    // The one place that names the library's classes is loaded with the first of them.
    signed = settings.jwt() == null ? null : new JwtTokens(settings.jwt());
  }

  /** Tokens that another party signed. Blocks: keys may have to be fetched. */
  interface SignedTokens {
    /** Who it is; null when it is no such token. Throws what the caller is to be told. */
    @Nullable Caller caller(String token);
  }

  /** Whether nothing has to be shown for this, so that nothing has to be looked up. */
  public boolean isFree(@Nullable Role needed, Shown shown) {
    return needed == null
        || (needed == Role.VIEWER
            && switch (settings.anonymous()) {
              case EVERYBODY -> true;
              case LOOPBACK -> shown.peer().isLoopbackAddress();
              case NOBODY -> false;
            });
  }

  /** Blocks for small files, and at times for an identity provider. Throws what is to be told. */
  public Caller check(@Nullable Role needed, Shown shown) {
    if (needed == null || isFree(needed, shown)) {
      return Caller.ANYBODY;
    }
    Caller caller = caller(shown);
    if (!caller.role().covers(needed)) {
      throw new ProblemException(
          ProblemType.ROLE_REQUIRED,
          "this needs the role " + needed.word() + ", and yours is " + caller.role().word());
    }
    return caller;
  }

  private Caller caller(Shown shown) {
    if (settings.isReadOnly()) {
      throw new ProblemException(
          ProblemType.WRITES_DISABLED, "no token file is configured, so everything is read only");
    }
    String bearer = bearer(shown.authorization());
    Caller byCertificate = shown.certificate() == null ? null : clients.caller(shown.certificate());
    if (bearer == null) {
      if (byCertificate != null) {
        return byCertificate;
      }
      throw new ProblemException(
          ProblemType.TOKEN_REQUIRED,
          shown.certificate() == null
              ? "the request has no bearer token"
              : "the client certificate has no role here, and the request has no bearer token");
    }
    Caller known = signed == null ? null : signed.caller(bearer);
    if (known == null) {
      known = tokens.caller(bearer);
    }
    if (known == null) {
      throw new ProblemException(
          ProblemType.TOKEN_REQUIRED, "the bearer token is not the right one");
    }
    return known;
  }

  private static @Nullable String bearer(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length()).strip()
        : null;
  }
}
