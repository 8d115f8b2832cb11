package dev.spanthrift.agent.control.front;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.control.access.Caller;
import dev.spanthrift.agent.control.access.Role;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A POST that is sent again, and those that it must not be taken for. */
class RepeatedPostsTest {
  private static final Caller ADMIN = new Caller("token:admin", Role.ADMIN);

  private final AtomicInteger done = new AtomicInteger();
  private final List<Consumer<AdminAnswer>> waiting = new ArrayList<>();
  private boolean slow;
  private int status = 200;
  private final RepeatedPosts posts =
      new RepeatedPosts(
          (request, answer) -> {
            if (slow) {
              waiting.add(answer);
            } else {
              answer.accept(
                  AdminAnswer.of(
                      status, "text/plain", ("" + done.incrementAndGet()).getBytes(UTF_8)));
            }
          });

  /** What was answered; null while it is not. */
  private @Nullable AdminAnswer send(Caller caller, String key, String... headers) {
    DefaultHttpHeaders all = new DefaultHttpHeaders();
    all.set(RepeatedPosts.KEY, key);
    for (int i = 0; i < headers.length; i += 2) {
      all.set(headers[i], headers[i + 1]);
    }
    AdminAnswer[] answered = {null};
    posts.answer(
        new AdminRequest(
            "POST",
            URI.create("http://localhost/x"),
            all,
            new byte[3],
            new InetSocketAddress(1),
            caller,
            "r"),
        answer -> answered[0] = answer);
    return answered[0];
  }

  private static String text(@Nullable AdminAnswer answer) {
    return answer == null ? "nothing" : answer.status() + " " + new String(answer.body(), UTF_8);
  }

  @Test
  void aFreshETagIsAnotherRequest() {
    status = 412;
    assertEquals("412 1", text(send(ADMIN, "k", "If-Match", "old")));
    assertEquals("412 1", text(send(ADMIN, "k", "If-Match", "old")));
    AdminAnswer fresh = send(ADMIN, "k", "If-Match", "fresh");
    assertEquals(422, fresh == null ? 0 : fresh.status());
  }

  @Test
  void theKeysOfReadersPushOutNoneOfAnOperator() {
    assertEquals("200 1", text(send(ADMIN, "k")));
    for (int i = 0; i < 2 * RepeatedPosts.KEYS_MAX; i++) {
      send(Caller.ANYBODY, "k" + i);
    }
    assertEquals("200 1", text(send(ADMIN, "k")));
  }

  @Test
  void whatIsAtWorkIsNotForgottenForOthers() {
    slow = true;
    assertEquals("nothing", text(send(ADMIN, "mine")));
    slow = false;
    for (int i = 0; i < 2 * RepeatedPosts.KEYS_MAX; i++) {
      send(ADMIN, "k" + i);
    }
    AdminAnswer again = send(ADMIN, "mine");
    assertEquals(409, again == null ? 0 : again.status(), "not done twice");
    waiting.getFirst().accept(AdminAnswer.of(201, "text/plain", "made".getBytes(UTF_8)));
    assertEquals("201 made", text(send(ADMIN, "mine")));
  }
}
