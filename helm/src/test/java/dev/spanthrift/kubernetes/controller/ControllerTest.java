package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.source.StreamMessage;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.kubernetes.admin.AdminPort;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import io.fabric8.kubernetes.api.model.Condition;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Controllers over an API server that keeps objects, and streams over real sockets. */
class ControllerTest {
  private static final String ERRORS =
      "{mode: enforce, policies: [{name: errors, match: {hasError: true}, keep: true}],"
          + " default: {probability: 0.1}}";

  private final MockCluster cluster = new MockCluster();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void namespaces() {
    cluster.namespace("shop", Map.of("team", "web"));
    cluster.namespace("bank", Map.of());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    client.shutdownNow();
    cluster.close();
  }

  private Controller controller(String identity) {
    return controller(identity, Clock.systemUTC(), System::nanoTime);
  }

  /** Looks often: what is waited for here would else wait for the next look. */
  private Controller controller(String identity, Clock clock, LongSupplier nanos) {
    Controller controller =
        Controller.start(
            cluster.client,
            new ControllerOptions(
                "spanthrift",
                ControllerOptions.LEASE,
                identity,
                MockCluster.AUDIENCE,
                new InetSocketAddress("127.0.0.1", 0),
                null,
                1000),
            clock,
            nanos,
            Duration.ofMillis(500));
    open.add(controller);
    return controller;
  }

  private FakeSidecar sidecar(Controller controller, String namespace, String pod) {
    FakeSidecar sidecar =
        FakeSidecar.connect(
            client, controller.port(), namespace, pod, Map.of("app", pod.replaceAll("-.*", "")));
    open.add(sidecar);
    return sidecar;
  }

  private Condition condition(String type) {
    SamplingPolicy policy = cluster.policy("shop", "rules");
    if (policy.getStatus() == null || policy.getStatus().conditions() == null) {
      return null;
    }
    return policy.getStatus().conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElse(null);
  }

  private PolicyStatus status() {
    return Objects.requireNonNullElse(
        cluster.policy("shop", "rules").getStatus(), PolicyStatus.NONE);
  }

  @Test
  void aPolicyReachesTheSidecarsThatItIsForAndTheStatusCountsThem() {
    Controller controller = controller("a");
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    FakeSidecar other = sidecar(controller, "bank", "teller-1");
    Eventually.holds(() -> "answers", () -> cart.changes() == 1 && other.changes() == 1);
    assertTrue(cart.bundle().policyObjects().isEmpty());

    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(
        cart::bundle,
        () -> cart.bundle().policyObjects().equals(List.of("SamplingPolicy shop/rules")));
    cart.report(1000, 0, 0);
    Eventually.holds(
        this::status, () -> Objects.equals(status().sidecars(), 1) && condition("InForce") != null);
    assertEquals("True", condition("Accepted").getStatus());
    Eventually.holds(this::status, () -> condition("InForce").getStatus().equals("True"));
    assertNotNull(status().hash());
    assertEquals(1, status().matched());
    assertEquals(1, other.changes());

    cluster.client.resource(cluster.policy("shop", "rules")).delete();
    Eventually.holds(cart::bundle, () -> cart.bundle().policy() == null);
  }

  @Test
  void aBrokenObjectNeverReachesASidecarAndItsConditionSaysWhereAndWhy() {
    Controller controller = controller("a");
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(cart::bundle, () -> cart.bundle().policy() != null);
    Eventually.holds(this::status, () -> status().applied() != null);
    String good = cart.hash();
    int before = cart.changes();

    cluster.apply(
        MockCluster.policy(
            "shop",
            "rules",
            "{mode: enforce, policies: [{name: errors, match: {all: [{hasErrors: true}]}, keep:"
                + " true}]}"));
    Eventually.holds(
        this::status,
        () -> condition("Accepted") != null && condition("Accepted").getStatus().equals("False"));
    assertTrue(
        condition("Accepted").getMessage().startsWith("/spec/policies/0/match/all/0/hasErrors: "),
        condition("Accepted").getMessage());
    assertTrue(condition("Accepted").getMessage().endsWith("what was in force before goes on"));
    // A replica that begins now knows the last good one from the status.
    FakeSidecar fresh = sidecar(controller("b"), "shop", "cart-2");
    Eventually.holds(fresh::bundle, () -> fresh.bundle().policy() != null);
    assertEquals(good, fresh.hash());
    assertEquals(good, cart.hash());
    assertEquals(before, cart.changes());

    cluster.apply(MockCluster.policy("shop", "never", "{mode: enforce, policies: [{name: a}]}"));
    Eventually.holds(
        () -> cluster.policy("shop", "never"),
        () ->
            cluster.policy("shop", "never").getStatus() != null
                && cluster
                    .policy("shop", "never")
                    .getStatus()
                    .conditions()
                    .getFirst()
                    .getMessage()
                    .endsWith("no sidecar gets any of it"));
    assertEquals(good, cart.hash());
  }

  @Test
  void oneReplicaWritesStatusAndBothServe() {
    Controller first = controller("a");
    Eventually.holds(() -> "a leads", first::isLeader);
    Controller second = controller("b");
    FakeSidecar one = sidecar(first, "shop", "cart-1");
    FakeSidecar two = sidecar(second, "shop", "cart-2");
    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(
        () -> "both", () -> one.bundle().policy() != null && two.bundle().policy() != null);
    assertEquals(one.hash(), two.hash());
    one.report(100, 0, 0);
    two.report(100, 0, 0);
    Eventually.holds(this::status, () -> Objects.equals(status().sidecars(), 2));
    assertFalse(second.isLeader());
    assertEquals(0, second.counts().statusWrites());

    open.remove(first);
    first.close();
    Eventually.holds(() -> one.end(), () -> one.end() != null);
    Eventually.holds(() -> "b leads", second::isLeader);
    FakeSidecar again = sidecar(second, "shop", "cart-1");
    Eventually.holds(again::bundle, () -> again.bundle().policy() != null);
    again.report(100, 0, 0);
    cluster.apply(
        MockCluster.policy("shop", "rules", "{mode: enforce, default: {probability: 0.2}}"));
    Eventually.holds(
        again::bundle,
        () -> again.bundle().policy().path("default").path("probability").asDouble() == 0.2);
    Eventually.holds(() -> "status by b", () -> second.counts().statusWrites() > 0);
  }

  @Test
  void whoIsNobodysPodGetsNothing() {
    Controller controller = controller("a");
    assertEquals(401, FakeSidecar.refusal(client, controller.port(), "bad.token"));
    assertEquals(401, FakeSidecar.refusal(client, controller.port(), "bad.token"));
    assertEquals(1, cluster.reviews.get());
    assertEquals(2, controller.counts().tokensRefused());
    assertEquals(0, controller.counts().sidecars().connected());
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    cart.sendRaw("{\"type\": \"nonsense\"}");
    Eventually.holds(() -> "ended", () -> cart.end() != null);
    assertEquals(1, controller.counts().sidecars().unread());
  }

  @Test
  void aPodThatIsLabelledAnewGetsWhatItsLabelsSay() {
    Controller controller = controller("a");
    cluster.apply(
        MockCluster.policy(
            "shop",
            "rules",
            "{mode: enforce, selector: {matchLabels: {app: till}}, default: {keep: true}}"));
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    Eventually.holds(cart::bundle, () -> cart.changes() == 1);
    assertNull(cart.bundle().policy());
    cart.send(new StreamMessage.Hello("test", cart.hash(), Map.of("app", "till")));
    Eventually.holds(cart::bundle, () -> cart.bundle().policy() != null);
  }

  @Test
  void aLeaseThatCannotBeWrittenKeepsNoStatusBack() {
    Controller controller = controller("a");
    Eventually.holds(() -> "leads", controller::isLeader);
    cluster.refused = path -> path.contains("/leases") && !path.endsWith("/spanthrift-controller");
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(this::status, () -> status().applied() != null);
    Eventually.holds(Guarded::failures, () -> Guarded.failures().containsKey(Controller.PUBLISH));
    cart.report(1000, 0, 0); // of which only the next tick tells
    Eventually.holds(this::status, () -> Objects.equals(status().sidecars(), 1));
  }

  @Test
  void anApiServerThatHangsKeepsNoBeatBack() throws Exception {
    Controller controller = controller("a");
    Eventually.holds(() -> "leads", controller::isLeader);
    CountDownLatch answers = new CountDownLatch(1);
    AtomicBoolean hangs = new AtomicBoolean();
    cluster.refused =
        path -> {
          if (path.contains("/leases")) {
            hangs.set(true);
            try {
              answers.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return false;
        };
    try {
      Eventually.holds(() -> "hangs", hangs::get);
      long beats = Guarded.runs().getOrDefault(Controller.BEAT, 0L);
      Eventually.holds(
          Guarded::runs, () -> Guarded.runs().getOrDefault(Controller.BEAT, 0L) >= beats + 2);
    } finally {
      answers.countDown();
    }
  }

  @Test
  void aRefusalIsBookedToTheObjectsWhoseFaultItIs() {
    Controller controller = controller("a");
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    cluster.apply(MockCluster.budget("shop", "all", "{mode: enforce, amount: 90}"));
    Eventually.holds(cart::bundle, () -> cart.bundle().budgets() != null);
    cart.report("", "no", List.of("SamplingBudget shop/all"), 0, 0, 0);
    Eventually.holds(
        controller::fleet, () -> refusals(controller, "SamplingBudget shop/all@") == 1);
    assertEquals(0, refusals(controller, "SamplingPolicy shop/rules@"));
  }

  private static int refusals(Controller controller, String object) {
    return controller.fleet().parts().entrySet().stream()
        .filter(e -> e.getKey().startsWith(object))
        .mapToInt(e -> e.getValue().refused())
        .sum();
  }

  /** Any author of a pod can say such things. */
  @Test
  void aReportThatLacksOrInventsFiguresConcernsItsSidecarAlone() {
    Controller controller = controller("a");
    FakeSidecar older = sidecar(controller, "shop", "cart-1");
    FakeSidecar liar = sidecar(controller, "shop", "cart-2");
    older.sendRaw("{\"type\": \"report\", \"report\": {\"hash\": \"x\", \"currency\": null}}");
    liar.sendRaw("{\"type\": \"report\", \"report\": {\"hash\": \"x\", \"spent\": \"NaN\"}}");
    Eventually.holds(() -> "ended", () -> liar.end() != null);
    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(older::bundle, () -> older.bundle().policy() != null);
    Eventually.holds(this::status, () -> Objects.equals(status().matched(), 1));
    assertEquals(1, controller.fleet().namespaces().get("shop").sidecars());
    assertNull(older.end());
    assertEquals(1, controller.counts().sidecars().unread());
  }

  /** The port is open to every pod: who has shown no token must not hold anything for long. */
  @Test
  void whoConnectsAndSaysNothingIsSentAway() throws Exception {
    Controller controller = controller("a");
    try (Socket mute = new Socket("127.0.0.1", controller.port());
        Socket slow = new Socket("127.0.0.1", controller.port())) {
      slow.getOutputStream().write("GET /v1/si".getBytes(StandardCharsets.US_ASCII));
      FakeSidecar cart = sidecar(controller, "shop", "cart-1");
      mute.setSoTimeout(60_000);
      slow.setSoTimeout(60_000);
      assertEquals(-1, mute.getInputStream().read());
      assertEquals(-1, slow.getInputStream().read());
      Eventually.holds(controller::counts, () -> controller.counts().connectionsMute() == 2);
      Eventually.holds(controller::counts, () -> controller.counts().connections() == 1);
      assertNull(cart.end(), "a stream goes on");
    }
  }

  @Test
  void fiveHundredSidecarsHaveAChangeAndAreCounted() {
    Controller controller = controller("a");
    List<FakeSidecar> fleet = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      fleet.add(sidecar(controller, i % 2 == 0 ? "shop" : "bank", "cart-" + i));
    }
    Eventually.holds(
        controller::counts, () -> fleet.stream().allMatch(sidecar -> sidecar.changes() == 1));
    assertEquals(500, controller.counts().sidecars().connected());

    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(
        controller::counts,
        () -> fleet.stream().filter(s -> s.bundle().policy() != null).count() == 250);
    fleet.forEach(sidecar -> sidecar.report(10, 0, 0));
    Eventually.holds(this::status, () -> Objects.equals(status().sidecars(), 250));
    assertEquals(250, status().matched());
    assertEquals(500, controller.fleet().sidecars());
    assertEquals(250, controller.fleet().namespaces().get("bank").sidecars());
    assertEquals(2500, controller.fleet().namespaces().get("shop").traffic().receivedSpans());
    assertEquals(1250, controller.fleet().namespaces().get("shop").traffic().wouldDropSpans());

    fleet.subList(0, 100).forEach(FakeSidecar::close);
    Eventually.holds(controller::counts, () -> controller.counts().sidecars().connected() == 400);
  }

  @Test
  void theReportOfTheFirstDaySaysByNamespaceWhatWouldBeSavedKeptAndLost() throws Exception {
    Controller controller = controller("a");
    FakeSidecar cart = sidecar(controller, "shop", "cart-1");
    FakeSidecar teller = sidecar(controller, "bank", "teller-1");
    Eventually.holds(() -> "answers", () -> cart.changes() == 1 && teller.changes() == 1);
    cart.report(1000, 7, 3);
    teller.report(10, 0, 0);
    Eventually.holds(
        controller::fleet,
        () ->
            controller.isLeader()
                && controller.fleet().namespaces().values().stream()
                        .filter(n -> n.traffic().receivedSpans() > 0)
                        .count()
                    == 2);
    try (AdminPort admin = AdminSite.open(new InetSocketAddress("127.0.0.1", 0), controller)) {
      String url = "http://127.0.0.1:" + admin.port() + "/api/v1/report";
      JsonNode report =
          JsonMapper.shared()
              .readTree(
                  client
                      .send(
                          HttpRequest.newBuilder(URI.create(url)).build(),
                          HttpResponse.BodyHandlers.ofString())
                      .body());
      assertEquals("all replicas", report.path("scope").asString());
      assertEquals(2, report.path("sidecars").asInt());
      JsonNode shop = report.path("namespaces").path("shop");
      assertEquals(1, shop.path("sidecars").asInt());
      assertEquals(1000, shop.path("traffic").path("receivedSpans").asInt(), report::toString);
      assertEquals(500, shop.path("traffic").path("wouldDropSpans").asInt(), report::toString);
      assertEquals(7, shop.path("traffic").path("failedSpans").asInt(), report::toString);
      assertTrue(shop.path("traffic").has("wouldSave"), report::toString);
      assertEquals(
          10, report.at("/namespaces/bank/traffic/receivedSpans").asInt(), report::toString);
    }
  }

  @Test
  void aBudgetIsDividedAmongTheSidecarsThatSpendIt() {
    Controller controller = controller("a");
    cluster.apply(MockCluster.budget("shop", "all", "{mode: enforce, amount: 90}"));
    List<FakeSidecar> three =
        List.of(
            sidecar(controller, "shop", "cart-1"),
            sidecar(controller, "shop", "cart-2"),
            sidecar(controller, "shop", "cart-3"));
    Eventually.holds(
        () -> three.getFirst().bundle(),
        () ->
            three.stream()
                .allMatch(
                    s ->
                        s.bundle().budgets() != null
                            && s.bundle().budgets().get(0).path("amount").asString().equals("30")));
    three.forEach(sidecar -> sidecar.report(10, 0, 2));
    Eventually.holds(
        this::budget,
        () -> budget().getStatus() != null && Objects.equals(budget().getStatus().sidecars(), 3));
    assertEquals(3, budget().getStatus().parts());
    Eventually.holds(this::budget, () -> budget().getStatus().spentByRunning() == 6);
  }

  private SamplingBudget budget() {
    return cluster.client.resources(SamplingBudget.class).inNamespace("shop").withName("all").get();
  }

  @Test
  void aRolloutBeginsWithAStepAndASidecarThatCannotUseItStopsIt() {
    Controller controller = controller("a", new FastClock(), () -> System.nanoTime() * 8);
    List<FakeSidecar> fleet = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      fleet.add(sidecar(controller, "shop", "cart-" + i));
    }
    String rollout = "rollout: {steps: [50], bake: 1h}";
    cluster.apply(MockCluster.policy("shop", "rules", ERRORS));
    Eventually.holds(
        controller::counts, () -> fleet.stream().allMatch(s -> s.bundle().policy() != null));
    Eventually.holds(this::status, () -> status().applied() != null);
    String old = fleet.getFirst().hash();

    cluster.apply(
        MockCluster.policy(
            "shop", "rules", "{mode: enforce, default: {probability: 0.5}, " + rollout + "}"));
    Eventually.holds(
        this::status, () -> status().rollout() != null && status().rollout().percent() == 50);
    Eventually.holds(controller::counts, () -> fleet.stream().anyMatch(s -> !s.hash().equals(old)));
    Eventually.holds(this::status, () -> condition("InForce").getReason().equals("RollingOut"));
    List<FakeSidecar> changed = fleet.stream().filter(s -> !s.hash().equals(old)).toList();
    assertTrue(changed.size() >= 8 && changed.size() <= 32, "half of 40: " + changed.size());

    changed.forEach(s -> s.report(old, "it says so", 10, 0, 0));
    Eventually.holds(this::status, () -> status().rollout().phase().equals("Stopped"));
    assertTrue(
        status().rollout().reason().contains("sidecars cannot use it"),
        status().rollout().reason());
    Eventually.holds(controller::counts, () -> fleet.stream().allMatch(s -> s.hash().equals(old)));
    assertEquals("RolloutStopped", condition("InForce").getReason());
  }

  /** Eight seconds in one: the guard of a rollout looks every ten, and twice. */
  private static final class FastClock extends Clock {
    private final Instant start = Instant.now();

    @Override
    public Instant instant() {
      return start.plus(Duration.between(start, Instant.now()).multipliedBy(8));
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
