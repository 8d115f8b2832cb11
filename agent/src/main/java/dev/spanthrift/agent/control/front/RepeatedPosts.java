package dev.spanthrift.agent.control.front;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  static final int KEYS_MAX = 256; // of each role
  static final long BYTES_MAX = 1 << 20; // likewise, of their answers
  private static final long KEPT_NANOS = Duration.ofHours(1).toNanos();
  private static final List<CharSequence> MEANT = // what it does depends on them, too
      List.of(HttpHeaderNames.IF_MATCH, HttpHeaderNames.CONTENT_TYPE, "Prefer");
  private static final Runnable NOTHING = () -> {};
  private static final Pattern GOOD = Pattern.compile("[!-~]{1,128}");

  private final Site site;
  private final LongSupplier nanos;
  private final Map<Role, Table> tables = new EnumMap<>(Role.class);

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
    for (Role role : Role.values()) {
      tables.put(role, new Table());
    }
  }

  @Override
  public void answer(AdminRequest request, Consumer<AdminAnswer> done) {
    var unused = begin(request, done);
  }

  @Override
  public Runnable begin(AdminRequest request, Consumer<AdminAnswer> done) {
    String key = request.headers().get(KEY);
    if (key == null || !request.method().equals("POST")) {
      return site.begin(request, done);
    }
    FirstPost mine;
    FirstPost first;
    String name = request.caller().who() + ' ' + key;
    Table table = Objects.requireNonNull(tables.get(request.caller().role()));
    try {
      if (!GOOD.matcher(key).matches()) {
        throw ProblemException.invalid(
            "/" + KEY, "is not 1 to 128 visible characters of ASCII", "a UUID");
      }
      mine = new FirstPost(fingerprint(request), nanos.getAsLong(), null);
      first = table.begin(name, mine);
    } catch (ProblemException e) {
      done.accept(ProblemAnswers.of(e, request.path(), request.id()));
      return NOTHING;
    }
    if (first.answer != null) {
      done.accept(again(first.answer));
      return NOTHING;
    }
    try {
      Runnable giveUp =
          site.begin(
              request,
              answer -> {
                table.end(name, mine, answer);
                done.accept(answer);
              });
      return () -> {
        giveUp.run();
        table.forget(name, mine); // it may be tried again
      };
    } catch (RuntimeException | Error e) {
      table.forget(name, mine);
      throw e;
    }
  }

  private static AdminAnswer again(AdminAnswer answer) {
    DefaultHttpHeaders headers = new DefaultHttpHeaders();
    headers.set(answer.headers());
    headers.set("Idempotency-Replayed", "true");
    return new AdminAnswer(answer.status(), headers, answer.body(), answer.shared());
  }

  /** Of one role, so that keys of who may do little push out none of who may do more. */
  private static final class Table {
    private final Map<String, FirstPost> known = new LinkedHashMap<>(); // the oldest first
    private long bytes;

    /** What was asked first with this key: itself, or one with its answer. */
    synchronized FirstPost begin(String name, FirstPost asked) {
      trim(asked.sinceNanos);
      FirstPost before = known.putIfAbsent(name, asked);
      if (before == null) {
        return asked;
      }
      if (!before.fingerprint.equals(asked.fingerprint)) {
        throw ProblemException.invalid(
            "/" + KEY, "was sent with another request before", "a new key for a new request");
      }
      if (before.answer == null) {
        throw new ProblemException(
            ProblemType.IN_PROGRESS, "the first request with this key is not answered yet");
      }
      return before;
    }

    synchronized void end(String name, FirstPost asked, AdminAnswer answer) {
      if (known.get(name) != asked) {
        return; // its hour was over
      }
      if (answer.status() >= 500
          || answer.status() == 429
          || answer.body().length > BYTES_MAX / 4) {
        known.remove(name);
        return;
      }
      DefaultHttpHeaders headers = new DefaultHttpHeaders(); // the connection adds its own to these
      headers.set(answer.headers());
      AdminAnswer kept = new AdminAnswer(answer.status(), headers, answer.body(), answer.shared());
      known.put(name, new FirstPost(asked.fingerprint, asked.sinceNanos, kept));
      bytes += kept.body().length;
      trim(asked.sinceNanos);
    }

    synchronized void forget(String name, FirstPost asked) {
      if (known.get(name) == asked) {
        known.remove(name);
      }
    }

    /** One that is at work stays, or its repetition would do it twice; they are few. */
    private void trim(long now) {
      Iterator<FirstPost> oldest = known.values().iterator();
      boolean full = true;
      while (full && oldest.hasNext()) {
        FirstPost next = oldest.next();
        boolean isOld = now - next.sinceNanos >= KEPT_NANOS;
        full = isOld || known.size() >= KEYS_MAX || bytes > BYTES_MAX;
        if (isOld || (full && next.answer != null)) {
          oldest.remove();
          bytes -= next.bytes();
        }
      }
    }
  }

  private static String fingerprint(AdminRequest request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (request.uri().getRawPath() + '?' + request.uri().getRawQuery()).getBytes(UTF_8));
      digest.update((byte) 0);
      for (CharSequence header : MEANT) {
        digest.update((request.headers().get(header, "") + '\n').getBytes(UTF_8));
      }
      digest.update(request.body());
      return java.util.HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
