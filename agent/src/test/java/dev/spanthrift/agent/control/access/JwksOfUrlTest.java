package dev.spanthrift.agent.control.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys of a provider that is really asked, and that does not always answer as it should. */
@Timeout(180)
class JwksOfUrlTest {
  private static final String ISSUER = "https://id.example";

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer provider;
  private volatile int status = 200;
  private volatile byte[] answer = {};
  private JwtTokens tokens;

  @BeforeEach
  void start() throws Exception {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.setExecutor(Executors.newCachedThreadPool());
    provider.createContext(
        "/keys",
        exchange -> {
          asked.incrementAndGet();
          byte[] body = answer;
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          try (exchange) {
            exchange.getResponseBody().write(body);
          }
        });
    provider.start();
    tokens = tokens(keys("/keys"));
  }

  @AfterEach
  void stop() {
    provider.stop(0);
    ((java.util.concurrent.ExecutorService) provider.getExecutor()).shutdownNow();
  }

  private URI keys(String path) {
    return URI.create("http://127.0.0.1:" + provider.getAddress().getPort() + path);
  }

  private static JwtTokens tokens(URI keys) {
    return new JwtTokens(
        new AccessSettings.Jwt(ISSUER, "spanthrift", keys, "roles", Map.of("sre", Role.OPERATOR)));
  }

  private static ECKey key(String id) throws Exception {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
  }

  private void publish(ECKey... keys) {
    List<com.nimbusds.jose.jwk.JWK> all = List.of(keys);
    answer = new JWKSet(all).toPublicJWKSet().toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String token(ECKey by) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(by.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("spanthrift")
                .subject("ann")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .claim("roles", List.of("sre"))
                .build());
    jwt.sign(new ECDSASigner(by));
    return jwt.serialize();
  }

  private ProblemException refused(String token) {
    return assertThrows(ProblemException.class, () -> tokens.caller(token));
  }

  private void assertTaken(ECKey key) throws Exception {
    assertEquals("jwt:ann", Objects.requireNonNull(tokens.caller(token(key))).who());
  }

  @Test
  void isAskedOnceForManyTokensAndAgainForAKeyThatIsNew() throws Exception {
    ECKey first = key("first");
    publish(first);
    for (int i = 0; i < 20; i++) {
      assertTaken(first);
    }
    assertEquals(1, asked.get());
    ECKey second = key("second");
    publish(first, second);
    assertTaken(second);
    assertEquals(2, asked.get());
    assertTaken(first);
    assertEquals(2, asked.get());
  }

  @Test
  void madeUpKeysDoNotMakeItAskForEach() throws Exception {
    ECKey good = key("good");
    publish(good);
    assertTaken(good);
    for (int i = 0; i < 30; i++) {
      ProblemException refusal = refused(token(key("made up " + i)));
      assertTrue(
          refusal.type() == ProblemType.TOKEN_REQUIRED || refusal.type() == ProblemType.OVERLOADED,
          refusal.toString());
    }
    assertTrue(asked.get() <= 4, "asked " + asked);
    assertTaken(good);
  }

  @Test
  void theLastKeysHoldWhileItIsAwayAndWithoutAnyItIsSaid() throws Exception {
    ECKey key = key("one");
    publish(key);
    status = 503;
    assertEquals(ProblemType.OVERLOADED, refused(token(key)).type());
    status = 200;
    tokens = tokens(keys("/keys")); // what failed is not asked for again at once
    assertTaken(key);
    provider.stop(0);
    assertTaken(key);
    assertEquals(ProblemType.TOKEN_REQUIRED, refused(token(key("unknown"))).type());
    assertTaken(key);
  }

  @Test
  void whatIsNoSetOfKeysIsRefusedWithoutItsText() throws Exception {
    ECKey key = key("one");
    String token = token(key);
    for (String wrong :
        List.of(
            "", "<html>secret words</html>", "{\"keys\": 7}", "[]", "{}", "x".repeat(300_000))) {
      answer = wrong.getBytes(StandardCharsets.UTF_8);
      tokens = tokens(keys("/keys"));
      ProblemException refusal = refused(token);
      assertTrue(
          refusal.type() == ProblemType.OVERLOADED || refusal.type() == ProblemType.TOKEN_REQUIRED,
          wrong.length() + ": " + refusal);
      assertTrue(!String.valueOf(refusal.getMessage()).contains("secret words"));
    }
    // A set of the right form that is larger than any provider's.
    publish(key);
    String right = new String(answer, StandardCharsets.UTF_8);
    answer = (right + " ".repeat(300_000)).getBytes(StandardCharsets.UTF_8);
    tokens = tokens(keys("/keys"));
    assertEquals(ProblemType.OVERLOADED, refused(token).type());
    answer = right.getBytes(StandardCharsets.UTF_8);
    tokens = tokens(keys("/keys"));
    assertNotNull(tokens.caller(token));
  }

  @Test
  void aProviderThatNeverAnswersHoldsNobodyForLong() throws Exception {
    provider.createContext(
        "/silent",
        exchange -> {
          try {
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            exchange.close();
          }
        });
    tokens = tokens(keys("/silent"));
    assertEquals(ProblemType.OVERLOADED, refused(token(key("one"))).type());
  }
}
