package dev.spanthrift.agent.control.front;

import static dev.spanthrift.agent.control.front.RawClient.head;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.access.Access;
import dev.spanthrift.agent.control.access.AccessSettings;
import dev.spanthrift.agent.control.access.AdminRoute;
import dev.spanthrift.agent.control.access.Role;
import dev.spanthrift.agent.control.access.Routes;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who reads keeps nobody from changing something, and what never answers keeps no place. */
@Timeout(120)
class WorkbenchTest {
  private static final String TOKEN = "sesame";
  private static final String HOST = "Host: localhost";

  @TempDir Path folder;
  private final ConcurrentLinkedQueue<Consumer<AdminAnswer>> unanswered =
      new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Thread> hanging = new ConcurrentLinkedQueue<>();
  private final AtomicInteger interrupted = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private final FrontCounts counts = new FrontCounts();
  private final List<RawClient> clients = new ArrayList<>();
  private Front front;

  private void open(Duration answer) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), TOKEN);
    AdminRoute change = new AdminRoute("PUT", "/thing", Role.OPERATOR, false);
    AdminRoute hangs = new AdminRoute("PUT", "/hang", Role.OPERATOR, false);
    front =
        Front.open(
            FrontSettings.of(InetAddress.getLoopbackAddress(), 0, Set.of(), 1 << 10, null),
            new Access(AccessSettings.READ_ONLY.with(Role.ADMIN, token)),
            new Sites(Map.of(), Map.of(), new Routes(List.of(change, hangs)), this::think),
            counts,
            answer);
  }

  private void think(AdminRequest request, Consumer<AdminAnswer> done) {
    if (request.path().equals("/slow")) {
      unanswered.add(done);
    } else if (request.path().startsWith("/hang")) {
      hang();
    } else {
      done.accept(AdminAnswer.of(200, "text/plain", "done".getBytes(UTF_8)));
    }
  }

  private void hang() {
    hanging.add(Thread.currentThread());
    try {
      released.await();
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
      throw new IllegalStateException(e);
    }
  }

  private RawClient ask(String... lines) throws Exception {
    RawClient client = new RawClient(front.port()).send(head(lines));
    clients.add(client);
    return client;
  }

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    released.countDown();
    front.close();
  }

  @Test
  void aChangeIsMadeWhileReadersHoldAllTheirPlaces() throws Exception {
    open(Duration.ofMinutes(10));
    for (int i = 0; i < 8; i++) {
      ask("GET /slow HTTP/1.1", HOST);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> unanswered.size() >= 3);
    for (int i = 0; i < 3; i++) {
      RawClient writer = ask("PUT /thing HTTP/1.1", HOST, "Authorization: Bearer " + TOKEN);
      assertEquals("done", writer.read().body());
    }
    assertEquals(3, unanswered.size());
    unanswered.forEach(
        done -> done.accept(AdminAnswer.of(200, "text/plain", "slow".getBytes(UTF_8))));
    await().atMost(Duration.ofSeconds(60)).until(() -> unanswered.size() >= 6);
    assertEquals("slow", clients.getFirst().read().body());
  }

  @Test
  void whatHangsIsInterruptedSoThatItsThreadIsThereForOthers() throws Exception {
    open(Duration.ofMillis(200));
    for (int i = 0; i < 6; i++) { // three times the threads there are
      assertEquals(503, ask("GET /hang/" + i + " HTTP/1.1", HOST).read().status());
    }
    assertEquals("done", ask("GET /quick HTTP/1.1", HOST).read().body());
    assertEquals(6, counts.read().late());
    await().atMost(Duration.ofSeconds(60)).until(() -> interrupted.get() == 6);
    assertTrue(hanging.stream().noneMatch(Thread::isInterrupted), "who comes next is not meant");
  }

  @Test
  void whatChangesSomethingIsNotInterruptedHalfWay() throws Exception {
    open(Duration.ofMillis(200));
    RawClient writer = ask("PUT /hang HTTP/1.1", HOST, "Authorization: Bearer " + TOKEN);
    assertEquals(503, writer.read().status());
    assertEquals(1, counts.read().late());
    assertEquals("done", ask("GET /quick HTTP/1.1", HOST).read().body(), "there is another thread");
    assertEquals(0, interrupted.get());
  }

  @Test
  void changesThatHangTakeNobodysThread() throws Exception {
    open(Duration.ofMillis(200));
    for (int i = 0; i < 3; i++) { // one more than there are threads
      RawClient writer = ask("PUT /hang HTTP/1.1", HOST, "Authorization: Bearer " + TOKEN);
      String said = writer.read().body();
      assertTrue(said.contains("look before you repeat it"), said);
    }
    assertEquals(3, hanging.size());
    assertEquals("done", ask("GET /quick HTTP/1.1", HOST).read().body());
    released.countDown();
    assertEquals("done", ask("GET /quick HTTP/1.1", HOST).read().body());
  }

  @Test
  void whatHasNoAnswerInTimeLeavesItsPlaceToOthers() throws Exception {
    open(Duration.ofMillis(200));
    for (int i = 0; i < 8; i++) {
      ask("GET /slow HTTP/1.1", HOST);
    }
    for (RawClient client : clients) {
      assertEquals(503, client.read().status());
    }
    assertEquals(8, unanswered.size());
    unanswered.forEach(
        done -> done.accept(AdminAnswer.of(200, "text/plain", "late".getBytes(UTF_8))));
    RawClient again = clients.getFirst().send(head("GET /quick HTTP/1.1", HOST));
    assertEquals("done", again.read().body(), "what came late is nobody's answer");
  }
}
