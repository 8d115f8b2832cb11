package dev.spanthrift.agent.control.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens of an identity provider (RFC 7519), checked with its public keys: signature, issuer,
 * audience, times.
 *
 * <p>Asymmetric signatures only: with a shared secret whoever can check could also sign. Keys of a
 * URL are cached and fetched again for a key that is not known, at most twice in half a minute, so
 * that made-up tokens cannot make us a client that floods the provider; while it is away its last
 * keys hold for an hour.
 */
final class JwtTokens implements Access.SignedTokens {
  private static final Logger log = LoggerFactory.getLogger(JwtTokens.class);
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 2_000;
  private static final int KEYS_BYTES_MAX = 256 << 10;
  private static final long OUTAGE_MILLIS = 3_600_000;
  private static final int SUBJECT_MAX = 100;
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AccessSettings.Jwt settings;
  private final @Nullable Path file;
  private @Nullable FileTime fileAt;
  private long quietUntil = System.nanoTime();
  private DefaultJWTProcessor<SecurityContext> processor;

  JwtTokens(AccessSettings.Jwt settings) {
    this.settings = settings;
    file = file(settings.keys());
    processor = processor(file == null ? fetched(settings.keys()) : none());
  }

  private static @Nullable Path file(URI keys) {
    return keys.getScheme() == null
        ? Path.of(keys.getPath())
        : keys.getScheme().equals("file") ? Path.of(keys) : null;
  }

  private static JWKSource<SecurityContext> none() {
    return new ImmutableJWKSet<>(new JWKSet());
  }

  private static JWKSource<SecurityContext> fetched(URI keys) {
    try {
      return JWKSourceBuilder.create(
              keys.toURL(),
              new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, KEYS_BYTES_MAX))
          .refreshAheadCache(false) // it would have a thread
          .retrying(false)
          .outageTolerant(OUTAGE_MILLIS)
          .build();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("admin.jwt.keys = " + keys + ": no URL", e);
    }
  }

  private DefaultJWTProcessor<SecurityContext> processor(JWKSource<SecurityContext> keys) {
    DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
    made.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    made.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            settings.audience(),
            new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
            Set.of("exp", "sub")));
    return made;
  }

  @Override
  public @Nullable Caller caller(String token) {
    SignedJWT jwt;
    try {
      jwt = SignedJWT.parse(token);
    } catch (ParseException e) {
      return null; // another kind of token
    }
    try {
      return caller(processor().process(jwt, null));
    } catch (KeySourceException e) {
      complain(e);
      throw new ProblemException(
          ProblemType.OVERLOADED, "the identity provider's keys cannot be had at the moment");
    } catch (BadJOSEException | JOSEException e) {
      // Its words name a claim or a key, never the token.
      throw new ProblemException(
          ProblemType.TOKEN_REQUIRED, "the signed token is not valid: " + e.getMessage());
    }
  }

  /** Once a minute: each request with such a token comes here. */
  private synchronized void complain(KeySourceException e) {
    long now = System.nanoTime();
    if (now - quietUntil >= 0) {
      quietUntil = now + QUIET_NANOS;
      log.warn("keys of {} cannot be had: {}", settings.issuer(), e.getMessage());
    }
  }

  private Caller caller(JWTClaimsSet claims) {
    Role found = null;
    for (String name : names(claims)) {
      Role role = settings.roles().get(name);
      if (role != null) {
        found = found == null ? role : found.orHigher(role);
      }
    }
    if (found == null) {
      throw new ProblemException(
          ProblemType.ROLE_REQUIRED,
          "the token's claim " + settings.claim() + " names nothing that admin.jwt.roles knows");
    }
    return new Caller("jwt:" + printable(claims.getSubject()), found);
  }

  /** What stands in the claim: a text, with or without spaces between names, or a list. */
  private List<String> names(JWTClaimsSet claims) {
    Object value = claims.getClaim(settings.claim());
    if (value == null) {
      value = claims.getClaims();
      for (String step : settings.claim().split("\\.")) {
        value = value instanceof Map<?, ?> inside ? inside.get(step) : null;
      }
    }
    return switch (value) {
      case String text -> List.of(text.split(" "));
      case List<?> list ->
          list.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      case null, default -> List.of();
    };
  }

  /** A subject goes into the audit and the log, each a line. */
  private static String printable(String subject) {
    String line = subject.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= SUBJECT_MAX ? line : line.substring(0, SUBJECT_MAX);
  }

  /** With the keys that are in the file now. */
  private synchronized DefaultJWTProcessor<SecurityContext> processor() throws KeySourceException {
    if (file != null) {
      try {
        FileTime at = Files.getLastModifiedTime(file);
        if (!at.equals(fileAt)) {
          processor = processor(new ImmutableJWKSet<>(JWKSet.load(file.toFile())));
          fileAt = at;
        }
      } catch (IOException e) {
        throw new KeySourceException(InputFile.reason(e));
      } catch (ParseException e) {
        throw new KeySourceException(file + " is no JWK set");
      }
    }
    return processor;
  }
}
