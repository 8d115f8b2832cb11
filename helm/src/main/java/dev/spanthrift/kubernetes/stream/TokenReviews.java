package dev.spanthrift.kubernetes.stream;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the API server by TokenReview whether a token was made for us and for which pod.
 *
 * <p>Answers are remembered by the token's hash: good ones for a minute, so that a sidecar that
 * reconnects costs nothing, bad ones for ten seconds. Sixteen questions at a time; a thousand may
 * wait, the rest is sent away.
 */
public final class TokenReviews implements TokenCheck, AutoCloseable {
  static final int REMEMBERED_MAX = 50_000;
  private static final int AT_A_TIME = 16;
  private static final int WAITING_MAX = 1_000;
  private static final long GOOD_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long BAD_NANOS = Duration.ofSeconds(10).toNanos();
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
  private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

  private final String audience;
  private final UnaryOperator<TokenReview> api;
  private final LongSupplier nanoTime;
  private final Scheduler scheduler =
      // The bound is each thread's own.
      Schedulers.newBoundedElastic(AT_A_TIME, WAITING_MAX / AT_A_TIME, "token-review", 60, true);
  private final AtomicLong asked = new AtomicLong();

  // Guarded by itself; the oldest leaves when there are too many.
  private final Map<String, Known> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /** An answer, and until when it counts. */
  private record Known(@Nullable Identity identity, String why, long untilNanos) {}

  /**
   * Reviews by an API server.
   *
   * @param audience what the token must be made for
   * @param api creates a review and returns it with its status
   */
  public TokenReviews(String audience, UnaryOperator<TokenReview> api, LongSupplier nanoTime) {
    this.audience = audience;
    this.api = api;
    this.nanoTime = nanoTime;
  }

  /** How often the API server was asked. */
  public long asked() {
    return asked.get();
  }

  @Override
  public Mono<Identity> identify(String token) {
    String hash = hash(token);
    Known remembered = remembered(hash);
    return remembered != null
        ? answer(remembered)
        : Mono.fromCallable(() -> ask(token, hash))
            .subscribeOn(scheduler)
            .flatMap(TokenReviews::answer);
  }

  private static Mono<Identity> answer(Known known) {
    return known.identity() == null
        ? Mono.error(new RefusedException(known.why()))
        : Mono.just(known.identity());
  }

  private @Nullable Known remembered(String hash) {
    synchronized (known) {
      Known found = known.get(hash);
      if (found != null && found.untilNanos() - nanoTime.getAsLong() <= 0) {
        known.remove(hash);
        return null;
      }
      return found;
    }
  }

  private Known ask(String token, String hash) {
    asked.incrementAndGet();
    TokenReview review =
        api.apply(
            new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audience)
                .endSpec()
                .build());
    Known answer = judge(review.getStatus());
    synchronized (known) {
      known.put(hash, answer);
    }
    return answer;
  }

  private Known judge(@Nullable TokenReviewStatus status) {
    if (status == null) {
      throw new IllegalStateException("the API server answered a TokenReview without a status");
    }
    if (!Boolean.TRUE.equals(status.getAuthenticated())) {
      return bad("the API server does not know the token");
    }
    // A server that knows no audiences names none: it has not looked (TokenReview, API reference).
    List<String> audiences = status.getAudiences();
    if (audiences == null || !audiences.contains(audience)) {
      return bad("the token is not for audience " + audience);
    }
    UserInfo user = status.getUser();
    String name = user == null || user.getUsername() == null ? "" : user.getUsername();
    String[] parts = name.split(":", -1);
    if (!name.startsWith(SERVICE_ACCOUNT) || parts.length != 4) {
      return bad("the token is no service account's");
    }
    Map<String, List<String>> extra =
        user == null || user.getExtra() == null ? Map.of() : user.getExtra();
    String pod = first(extra.get(POD_NAME));
    String uid = first(extra.get(POD_UID));
    return pod.isEmpty() || uid.isEmpty()
        ? bad("the token is bound to no pod; use a projected volume")
        : new Known(new Identity(parts[2], pod, uid), "", nanoTime.getAsLong() + GOOD_NANOS);
  }

  private Known bad(String why) {
    return new Known(null, why, nanoTime.getAsLong() + BAD_NANOS);
  }

  private static String first(@Nullable List<String> values) {
    return values == null || values.isEmpty() ? "" : values.getFirst();
  }

  /** Tokens themselves are not kept. */
  private static String hash(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    scheduler.dispose();
  }
}
