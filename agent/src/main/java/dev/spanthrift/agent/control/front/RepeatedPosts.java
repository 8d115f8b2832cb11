package dev.spanthrift.agent.control.front;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers a POST that is sent again with the same Idempotency-Key as it was answered first: who did
 * not see the answer may ask again without doing it twice.
 *
 * <p>Keys are those of whoever sends them. They are kept for an hour; the oldest go when there are
 * too many or their answers too large. What failed on our side is not remembered: it may be tried
 * again.
 */
public final class RepeatedPosts implements Site {
  /** The header. */
  static final String KEY = "Idempotency-Key";

  static final int KEYS_MAX = 256;
  static final long BYTES_MAX = 1 << 20;
  private static final long KEPT_NANOS = Duration.ofHours(1).toNanos();
  private static final Pattern GOOD = Pattern.compile("[!-~]{1,128}");

  private final Site site;
  private final LongSupplier nanos;
  private final Map<String, FirstPost> known = new LinkedHashMap<>(); // the oldest first
  private long bytes;

  /** A request that was sent with a key; the answer is missing while it is thought about. */
  private record FirstPost(String fingerprint, long sinceNanos, @Nullable AdminAnswer answer) {
    int bytes() {
      return answer == null ? 0 : answer.body().length;
    }
  }

  public RepeatedPosts(Site site) {
    this(site, System::nanoTime);
  }

  RepeatedPosts(Site site, LongSupplier nanos) {
    this.site = site;
    this.nanos = nanos;
  }

  @Override
  public void answer(AdminRequest request, Consumer<AdminAnswer> done) {
    String key = request.headers().get(KEY);
    if (key == null || !request.method().equals("POST")) {
      site.answer(request, done);
      return;
    }
    AdminAnswer before;
    String name = request.caller().who() + ' ' + key;
    try {
      if (!GOOD.matcher(key).matches()) {
        throw ProblemException.invalid(
            "/" + KEY, "is not 1 to 128 visible characters of ASCII", "a UUID");
      }
      before = begin(name, fingerprint(request));
    } catch (ProblemException e) {
      done.accept(ProblemAnswers.of(e, request.path(), request.id()));
      return;
    }
    if (before != null) {
      done.accept(again(before));
      return;
    }
    try {
      site.answer(
          request,
          answer -> {
            end(name, answer);
            done.accept(answer);
          });
    } catch (RuntimeException | Error e) {
      forget(name);
      throw e;
    }
  }

  private static AdminAnswer again(AdminAnswer answer) {
    DefaultHttpHeaders headers = new DefaultHttpHeaders();
    headers.set(answer.headers());
    headers.set("Idempotency-Replayed", "true");
    return new AdminAnswer(answer.status(), headers, answer.body(), answer.shared());
  }

  private synchronized @Nullable AdminAnswer begin(String name, String fingerprint) {
    long now = nanos.getAsLong();
    trim(now);
    FirstPost before = known.get(name);
    if (before == null) {
      known.put(name, new FirstPost(fingerprint, now, null));
      return null;
    }
    if (!before.fingerprint.equals(fingerprint)) {
      throw ProblemException.invalid(
          "/" + KEY, "was sent with another request before", "a new key for a new request");
    }
    if (before.answer == null) {
      throw new ProblemException(
          ProblemType.IN_PROGRESS, "the first request with this key is not answered yet");
    }
    return before.answer;
  }

  private synchronized void end(String name, AdminAnswer answer) {
    FirstPost before = known.get(name);
    if (before == null) {
      return; // the table was full of younger ones
    }
    if (answer.status() >= 500 || answer.status() == 429 || answer.body().length > BYTES_MAX / 4) {
      known.remove(name);
      return;
    }
    DefaultHttpHeaders headers = new DefaultHttpHeaders(); // the connection adds its own to these
    headers.set(answer.headers());
    AdminAnswer kept = new AdminAnswer(answer.status(), headers, answer.body(), answer.shared());
    known.put(name, new FirstPost(before.fingerprint, before.sinceNanos, kept));
    bytes += kept.body().length;
    trim(nanos.getAsLong());
  }

  private synchronized void forget(String name) {
    FirstPost gone = known.remove(name);
    bytes -= gone == null ? 0 : gone.bytes();
  }

  private void trim(long now) {
    Iterator<FirstPost> oldest = known.values().iterator();
    while (oldest.hasNext()) {
      FirstPost next = oldest.next();
      boolean stays =
          now - next.sinceNanos < KEPT_NANOS && known.size() < KEYS_MAX && bytes <= BYTES_MAX;
      if (stays) {
        return;
      }
      oldest.remove();
      bytes -= next.bytes();
    }
  }

  private static String fingerprint(AdminRequest request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (request.uri().getRawPath() + '?' + request.uri().getRawQuery()).getBytes(UTF_8));
      digest.update((byte) 0);
      digest.update(request.body());
      return java.util.HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
