package dev.spanthrift.agent.control.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtTokensTest {
  private static final String ISSUER = "https://id.example";

  @TempDir Path folder;
  private Path keys;
  private ECKey key;
  private JwtTokens tokens;

  @BeforeEach
  void make() throws Exception {
    keys = folder.resolve("keys.json");
    key = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
    write(key, 1);
    tokens = tokens("roles");
  }

  private JwtTokens tokens(String claim) {
    return new JwtTokens(
        new AccessSettings.Jwt(
            ISSUER,
            "spanthrift",
            keys.toUri(),
            claim,
            Map.of("sre", Role.OPERATOR, "boss", Role.ADMIN, "dev", Role.VIEWER)));
  }

  private void write(ECKey of, int second) throws Exception {
    Files.writeString(keys, new JWKSet(of.toPublicJWK()).toString());
    Files.setLastModifiedTime(keys, FileTime.from(Instant.ofEpochSecond(second)));
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience("spanthrift")
        .subject("ann")
        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
        .claim("roles", List.of("dev", "sre"));
  }

  private static String signed(JWTClaimsSet claims, ECKey by) throws Exception {
    return signed(claims, JWSAlgorithm.ES256, by.getKeyID(), new ECDSASigner(by));
  }

  private static String signed(
      JWTClaimsSet claims, JWSAlgorithm algorithm, String id, JWSSigner signer) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).keyID(id).type(JOSEObjectType.JWT).build(), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private ProblemException refused(String token) {
    return assertThrows(ProblemException.class, () -> tokens.caller(token));
  }

  @Test
  void theHighestRoleOfTheClaimCounts() throws Exception {
    assertEquals(
        new Caller("jwt:ann", Role.OPERATOR), tokens.caller(signed(claims().build(), key)));
    assertEquals(
        Role.ADMIN,
        Objects.requireNonNull(
                tokens.caller(signed(claims().claim("roles", "dev boss").build(), key)))
            .role());
  }

  @Test
  void aClaimMayLieDeeper() throws Exception {
    JWTClaimsSet claims = claims().claim("realm_access", Map.of("roles", List.of("boss"))).build();
    assertEquals(
        Role.ADMIN,
        Objects.requireNonNull(tokens("realm_access.roles").caller(signed(claims, key))).role());
  }

  @Test
  void whatIsNotForUsOrNotGoodIsRefusedWithoutSayingTheToken() throws Exception {
    ECKey other = new ECKeyGenerator(Curve.P_256).keyID("first").generate();
    for (String token :
        List.of(
            signed(claims().issuer("https://evil.example").build(), key),
            signed(claims().audience("others").build(), key),
            signed(claims().expirationTime(null).build(), key),
            signed(claims().subject(null).build(), key),
            signed(
                claims().expirationTime(Date.from(Instant.now().minusSeconds(3600))).build(), key),
            signed(claims().notBeforeTime(Date.from(Instant.now().plusSeconds(3600))).build(), key),
            signed(claims().build(), other),
            // Signed with the public key as if it were a shared secret.
            signed(
                claims().build(),
                JWSAlgorithm.HS256,
                "first",
                new MACSigner(
                    key.toPublicJWK()
                        .toString()
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8))),
            signed(claims().build(), key) + "A")) {
      ProblemException refusal = refused(token);
      assertEquals(ProblemType.TOKEN_REQUIRED, refusal.type(), token);
      assertFalse(refusal.getMessage().contains(token.substring(0, 20)), refusal.getMessage());
    }
    assertNull(tokens.caller(new PlainJWT(claims().build()).serialize()), "unsigned");
    assertNull(tokens.caller("a plain token"));
  }

  @Test
  void aTokenWithoutAKnownNameHasNoRole() throws Exception {
    assertEquals(
        ProblemType.ROLE_REQUIRED,
        refused(signed(claims().claim("roles", List.of("guest")).build(), key)).type());
    assertEquals(
        ProblemType.ROLE_REQUIRED,
        refused(signed(claims().claim("roles", null).build(), key)).type());
  }

  @Test
  void rotatedKeysCountAtOnce() throws Exception {
    assertEquals(
        Role.OPERATOR, Objects.requireNonNull(tokens.caller(signed(claims().build(), key))).role());
    ECKey next = new ECKeyGenerator(Curve.P_256).keyID("second").generate();
    write(next, 2);
    assertEquals(
        Role.OPERATOR,
        Objects.requireNonNull(tokens.caller(signed(claims().build(), next))).role());
    assertEquals(ProblemType.TOKEN_REQUIRED, refused(signed(claims().build(), key)).type());
    Files.delete(keys);
    assertEquals(ProblemType.OVERLOADED, refused(signed(claims().build(), next)).type());
  }

  @Test
  void tokensOfFilesHoldBesideThem() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "plain");
    Access access =
        new Access(
            new AccessSettings(
                Map.of(Role.ADMIN, file),
                AccessSettings.Anonymous.NOBODY,
                new AccessSettings.Jwt(
                    ISSUER, "spanthrift", keys.toUri(), "roles", Map.of("sre", Role.OPERATOR)),
                Map.of()));
    InetAddress peer = InetAddress.getLoopbackAddress();
    assertEquals(
        "token:admin", access.check(Role.ADMIN, new Shown(peer, "Bearer plain", null)).who());
    String jwt = signed(claims().build(), key);
    assertEquals(
        "jwt:ann", access.check(Role.OPERATOR, new Shown(peer, "Bearer " + jwt, null)).who());
    assertEquals(
        ProblemType.ROLE_REQUIRED,
        assertThrows(
                ProblemException.class,
                () -> access.check(Role.ADMIN, new Shown(peer, "Bearer " + jwt, null)))
            .type());
  }
}
