package dev.spanthrift.kubernetes.controller;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.StreamMessage;
import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.objects.Selectors;
import dev.spanthrift.kubernetes.objects.Traffic;
import dev.spanthrift.kubernetes.stream.Assignment;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import dev.spanthrift.kubernetes.stream.Identity;
import dev.spanthrift.kubernetes.stream.PodFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BookTest {
  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
  private static final PodFacts CART =
      new PodFacts(new Identity("shop", "cart-1", "uid-1"), Map.of("app", "cart"));

  private static Known.Policy cluster(String name, String spec) {
    return known(new ObjectKey("ClusterSamplingPolicy", "", name), spec);
  }

  private static Known.Policy namespaced(String name, String spec) {
    return known(new ObjectKey("SamplingPolicy", "shop", name), spec);
  }

  private static Known.Policy known(ObjectKey key, String spec) {
    return new Known.Policy(key, "uid", Variant.of(MockCluster.spec(spec), 1), null, 0);
  }

  private static Known.Money money(String name, int parts, String spec) {
    BudgetSpec budget = MockCluster.read(spec, BudgetSpec.class);
    return new Known.Money(
        new ObjectKey("SamplingBudget", "shop", name), Variant.of(budget, 1), parts);
  }

  private static Book book(List<Known.Policy> cluster, List<Known.Policy> shop) {
    return new Book(
        cluster,
        Map.of("shop", shop),
        Map.of(),
        Map.of("shop", Map.of("team", "web")),
        new BundleCheck());
  }

  private static Bundle bundle(Book book, PodFacts pod) {
    StreamMessage message = StreamMessage.read(book.assign(pod).text());
    return Bundle.of(((StreamMessage.Change) message).bundle());
  }

  private static List<String> names(Bundle bundle) {
    List<String> names = new ArrayList<>();
    bundle.policy().path("policies").forEach(p -> names.add(p.path("name").asString()));
    return names;
  }

  @Test
  void asksTheClusterFirstThenByPriorityThenByName() {
    Bundle bundle =
        bundle(
            book(
                List.of(
                    cluster("b", "{mode: enforce, policies: [{name: r, keep: true}]}"),
                    cluster(
                        "c", "{mode: enforce, priority: -1, policies: [{name: r, keep: true}]}"),
                    cluster("a", "{mode: enforce, policies: [{name: r, keep: true}]}")),
                List.of(
                    namespaced("low", "{mode: enforce, policies: [{name: r, keep: true}]}"),
                    namespaced(
                        "high",
                        "{mode: enforce, priority: 9, policies: [{name: r, keep: true}]}"))),
            CART);
    assertEquals(
        List.of("cluster:a/r", "cluster:b/r", "cluster:c/r", "high/r", "low/r"), names(bundle));
    assertEquals(
        List.of(
            "ClusterSamplingPolicy a",
            "ClusterSamplingPolicy b",
            "ClusterSamplingPolicy c",
            "SamplingPolicy shop/high",
            "SamplingPolicy shop/low"),
        bundle.policyObjects());
    assertFalse(bundle.beside());
  }

  @Test
  void theNamespacesDefaultGoesBeforeTheClusters() {
    Known.Policy everybody = cluster("all", "{mode: enforce, default: {probability: 0.5}}");
    Known.Policy shop = namespaced("shop", "{mode: enforce, default: {probability: 0.1}}");
    Known.Policy shadowed =
        namespaced("aaa", "{mode: shadow, priority: 100, default: {probability: 0.01}}");
    assertEquals(
        0.1,
        bundle(book(List.of(everybody), List.of(shadowed, shop)), CART)
            .policy()
            .path("default")
            .path("probability")
            .asDouble());
    assertEquals(
        0.5,
        bundle(book(List.of(everybody), List.of(shadowed)), CART)
            .policy()
            .path("default")
            .path("probability")
            .asDouble());
  }

  @Test
  void shadowIsMeantWhereNothingIsSaidAndLeavesTheConfiguredPolicyToDecide() {
    Bundle bundle =
        bundle(
            book(
                List.of(),
                List.of(
                    namespaced(
                        "trial", "{policies: [{name: r, drop: true}], default: {drop: true}}"))),
            CART);
    assertTrue(bundle.beside());
    JsonNode rule = bundle.policy().path("policies").get(0);
    assertTrue(rule.path("shadow").asBoolean());
    assertFalse(bundle.policy().has("default"));
  }

  @Test
  void selectsByLabelsOfThePodAndOfItsNamespace() {
    Known.Policy other =
        namespaced(
            "other",
            "{mode: enforce, selector: {matchLabels: {app: shop}}, default: {drop: true}}");
    Known.Policy carts =
        namespaced(
            "carts",
            "{mode: enforce, selector: {matchExpressions: [{key: app, operator: In, values:"
                + " [cart]}]}, default: {keep: true}}");
    Known.Policy others =
        cluster(
            "others",
            "{mode: enforce, namespaceSelector: {matchLabels: {team: db}}, default: {drop: true}}");
    Known.Policy web =
        cluster(
            "web",
            "{mode: enforce, namespaceSelector: {matchLabels: {team: web}}, default: {keep:"
                + " true}}");
    assertEquals(
        List.of("ClusterSamplingPolicy web", "SamplingPolicy shop/carts"),
        bundle(book(List.of(others, web), List.of(other, carts)), CART).policyObjects());
    PodFacts elsewhere = new PodFacts(new Identity("bank", "x", "uid-2"), Map.of("app", "cart"));
    assertNull(bundle(book(List.of(others, web), List.of(carts)), elsewhere).policy());
  }

  @Test
  void everyOperatorOfASelectorMeansWhatKubernetesMeans() {
    Map<String, String> labels = Map.of("app", "cart");
    for (String yes :
        List.of(
            "{key: app, operator: In, values: [a, cart]}",
            "{key: app, operator: NotIn, values: [a]}",
            "{key: tier, operator: NotIn, values: [a]}",
            "{key: app, operator: Exists}",
            "{key: tier, operator: DoesNotExist}")) {
      assertTrue(matches(yes, labels), yes);
    }
    for (String no :
        List.of(
            "{key: app, operator: In, values: [a]}",
            "{key: tier, operator: In, values: [a]}",
            "{key: app, operator: NotIn, values: [cart]}",
            "{key: tier, operator: Exists}",
            "{key: app, operator: DoesNotExist}",
            "{key: app, operator: Gt, values: ['1']}")) {
      assertFalse(matches(no, labels), no);
    }
  }

  private static boolean matches(String requirement, Map<String, String> labels) {
    return Selectors.matches(
        MockCluster.spec("{selector: {matchExpressions: [" + requirement + "]}}").selector(),
        labels);
  }

  @Test
  void dividesABudgetAndNeverMakesMoreOfIt() {
    Book book =
        new Book(
            List.of(),
            Map.of(),
            Map.of(
                "shop",
                List.of(
                    money("split", 3, "{mode: enforce, amount: 100, hourlyMax: 1}"),
                    money("each", 3, "{mode: enforce, amount: 100, share: each}"),
                    money("shadow", 3, "{amount: 1}"),
                    money("db", 3, "{mode: enforce, amount: 1, selector: {matchLabels: {a: b}}}"))),
            Map.of(),
            new BundleCheck());
    Bundle bundle = bundle(book, CART);
    assertNull(bundle.policy());
    assertEquals(
        List.of("SamplingBudget shop/each", "SamplingBudget shop/split"), bundle.budgetObjects());
    List<String> amounts =
        StreamSupport.stream(bundle.budgets().spliterator(), false)
            .map(b -> b.path("amount").asString())
            .toList();
    assertEquals(List.of("100", "33.3333333333"), amounts);
    assertEquals("0.333333333333", bundle.budgets().get(1).path("hourlyMax").asString());
  }

  @Test
  void partsAreNeverFewerThanSidecarsAndDoNotFollowEveryPod() {
    int before = 1;
    int changes = 0;
    for (int sidecars = 0; sidecars <= 500; sidecars++) {
      int parts = Reconciler.parts(sidecars, before);
      assertTrue(parts >= sidecars, sidecars + " in " + parts);
      assertTrue(parts <= sidecars * 1.25 + 1, sidecars + " in " + parts);
      changes += parts == before ? 0 : 1;
      before = parts;
    }
    assertTrue(changes < 60, changes + " changes");
    assertEquals(1, Reconciler.parts(0, 400));
  }

  /** Each is good by itself; together they have more rules than a sidecar takes. */
  @Test
  void whatIsTooMuchTogetherIsLeftOutFromTheEnd() {
    List<Known.Policy> many = new ArrayList<>();
    for (char name = 'a'; name <= 'i'; name++) {
      many.add(namespaced(String.valueOf(name), rules(128, "")));
    }
    Book book = book(List.of(), many);
    Bundle bundle = bundle(book, CART);
    assertEquals(7, bundle.policyObjects().size(), "7 * 128 <= 1000");
    assertEquals("SamplingPolicy shop/a", bundle.policyObjects().getFirst());
    assertFalse(
        PolicyCompilation.of(bundle.policy(), null) instanceof PolicyCompilation.Invalid,
        "a sidecar takes what is left");
    Assignment assignment = book.assign(CART);
    assertEquals(9, assignment.parts().size());
    assertEquals(
        List.of("SamplingPolicy shop/h", "SamplingPolicy shop/i"),
        assignment.leftOut().stream().map(p -> p.replaceAll("@.*", "")).sorted().toList());
  }

  @Test
  void whatIsTooLongToSendIsLeftOutFromTheEnd() {
    List<Known.Policy> many = new ArrayList<>();
    for (char name = 'a'; name <= 'l'; name++) {
      many.add(namespaced(String.valueOf(name), rules(60, "x".repeat(1_500))));
    }
    Book book = book(List.of(), many);
    assertTrue(book.assign(CART).text().length() <= Bundle.BYTES_MAX);
    assertTrue(bundle(book, CART).policyObjects().size() >= 6);
    assertFalse(book.assign(CART).leftOut().isEmpty());
  }

  private static String rules(int count, String value) {
    StringBuilder spec = new StringBuilder("{mode: enforce, policies: [");
    for (int i = 0; i < count; i++) {
      spec.append("{name: r").append(i).append(", match: {attribute: {key: k, equals: \"v");
      spec.append(value).append("\"}}, keep: true},");
    }
    return spec.append("]}").toString();
  }

  /** A controller that begins anew, or a replica that ends: its sidecars come back one by one. */
  @Test
  void sidecarsThatAreAwayForAMomentGiveTheOthersNoMoney() {
    AtomicLong nanos = new AtomicLong();
    Reconciler reconciler = new Reconciler(nanos::get);
    SamplingBudget budget = MockCluster.budget("shop", "all", "{mode: enforce, amount: 100}");
    assertEquals(110, partsFor(reconciler, budget, 100, NOON), "more at once, with some room");
    for (int back : new int[] {0, 1, 2, 60, 95}) {
      nanos.set(TimeUnit.SECONDS.toNanos(back));
      assertEquals(110, partsFor(reconciler, budget, back, NOON), "of " + back);
    }
    // Half of them are gone for good.
    nanos.set(TimeUnit.SECONDS.toNanos(200));
    assertEquals(110, partsFor(reconciler, budget, 50, NOON));
    nanos.set(TimeUnit.SECONDS.toNanos(499));
    assertEquals(110, partsFor(reconciler, budget, 50, NOON.plusSeconds(3600)), "set forward");
    assertEquals(110, partsFor(reconciler, budget, 50, NOON.minusSeconds(3600)), "set back");
    nanos.set(TimeUnit.SECONDS.toNanos(501));
    assertEquals(55, partsFor(reconciler, budget, 50, NOON.minusSeconds(3600)), "it is time");
    // A replica that leads from now on has seen nothing yet.
    assertEquals(55, partsFor(new Reconciler(nanos::get), budget, 1, NOON));
  }

  private static int partsFor(
      Reconciler reconciler, SamplingBudget budget, int sidecars, Instant now) {
    String part = Assignment.part(ObjectKey.of(budget), Variant.of(budget.getSpec(), 0).hash());
    FleetSummary.Part counted =
        new FleetSummary.Part(sidecars, sidecars, 0, 0, 0, 0, 0, Traffic.NONE);
    Reconciler.BudgetResult result =
        reconciler.budget(
            budget, new FleetSummary(sidecars, Map.of(part, counted), Map.of(), false), now);
    budget.setStatus(result.status());
    return result.known().parts();
  }

  @Test
  void podsWithTheSameObjectsShareOneText() {
    Book book = book(List.of(), List.of(namespaced("a", "{mode: enforce, default: {keep: true}}")));
    PodFacts other = new PodFacts(new Identity("shop", "cart-2", "uid-2"), Map.of());
    assertSame(book.assign(CART).text(), book.assign(other).text());
  }

  @Test
  void aStepOnlyAddsPodsAndHasAboutAsManyAsItSays() {
    Variant<dev.spanthrift.kubernetes.objects.PolicySpec> old =
        Variant.of(MockCluster.spec("{mode: enforce, default: {keep: true}}"), 1);
    Variant<dev.spanthrift.kubernetes.objects.PolicySpec> fresh =
        Variant.of(MockCluster.spec("{mode: enforce, default: {drop: true}}"), 2);
    ObjectKey key = new ObjectKey("SamplingPolicy", "shop", "a");
    int before = 0;
    for (int percent : new int[] {0, 10, 50, 100}) {
      Known.Policy now = new Known.Policy(key, "uid", old, fresh, percent);
      Known.Policy less = new Known.Policy(key, "uid", old, fresh, before);
      int have = 0;
      for (int i = 0; i < 1000; i++) {
        boolean has = now.of("pod-" + i) == fresh;
        have += has ? 1 : 0;
        assertTrue(has || less.of("pod-" + i) == old);
      }
      assertEquals(percent * 10, have, 40);
      before = percent;
    }
  }
}
