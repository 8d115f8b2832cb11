package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.Selectors;
import dev.spanthrift.kubernetes.stream.Assigner;
import dev.spanthrift.kubernetes.stream.Assignment;
import dev.spanthrift.kubernetes.stream.PodFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects at one moment, and how those that match a pod become one.
 *
 * <p>Rules are asked in this order: ClusterSamplingPolicies, the highest priority first, then by
 * name; then the namespace's SamplingPolicies, likewise. What no rule matches is decided by the
 * first {@code default} from the other end of generality: the namespace's objects in their order,
 * then the cluster's. All matching budgets hold.
 */
final class Book implements Assigner {
  static final Book EMPTY = new Book(List.of(), Map.of(), Map.of(), Map.of(), new BundleCheck());

  /** Above it what pods get is put together anew for each of them. */
  private static final int CACHED_MAX = 10_000;

  private final List<Known.Policy> cluster;
  private final Map<String, List<Known.Policy>> policies;
  private final Map<String, List<Known.Money>> budgets;
  private final Map<String, Map<String, String>> namespaces;
  private final BundleCheck check;
  private final Map<List<String>, Assignment> made = new ConcurrentHashMap<>();

  /**
   * A book.
   *
   * @param policies by namespace
   * @param budgets by namespace
   * @param namespaces their labels
   * @param check what it found in the books before
   */
  Book(
      List<Known.Policy> cluster,
      Map<String, List<Known.Policy>> policies,
      Map<String, List<Known.Money>> budgets,
      Map<String, Map<String, String>> namespaces,
      BundleCheck check) {
    this.check = check;
    this.cluster = List.copyOf(cluster);
    this.policies = Map.copyOf(policies);
    this.budgets = Map.copyOf(budgets);
    this.namespaces = Map.copyOf(namespaces);
  }

  /** An object's content that a pod gets. */
  private record Chosen(ObjectKey key, Variant<PolicySpec> variant) {
    private static final Comparator<Chosen> ORDER =
        Comparator.comparing((Chosen c) -> !c.key.namespace().isEmpty())
            .thenComparing(c -> -c.variant.spec().priorityOrZero())
            .thenComparing(c -> c.key.name());

    String part() {
      return Assignment.part(key, variant.hash());
    }
  }

  @Override
  public Assignment assign(PodFacts pod) {
    String namespace = pod.identity().namespace();
    List<Chosen> chosen = new ArrayList<>();
    choose(cluster, pod, chosen);
    choose(policies.getOrDefault(namespace, List.of()), pod, chosen);
    chosen.sort(Chosen.ORDER);
    List<Known.Money> money =
        budgets.getOrDefault(namespace, List.of()).stream()
            .filter(b -> b.variant().spec().isEnforced())
            .filter(b -> Selectors.matches(b.variant().spec().selector(), pod.labels()))
            .sorted(Comparator.comparing(b -> b.key().name()))
            .toList();
    List<String> policyParts = chosen.stream().map(Chosen::part).toList();
    List<String> moneyParts = money.stream().map(Book::part).toList();
    List<String> key = new ArrayList<>(policyParts);
    key.addAll(moneyParts);
    Assignment known = made.get(key);
    if (known != null) {
      return known;
    }
    int policies = check.policies(policyParts, n -> policy(chosen.subList(0, n)));
    int budgeted = check.budgets(moneyParts, n -> budgets(money.subList(0, n)));
    Set<String> leftOut = new HashSet<>(policyParts.subList(policies, policyParts.size()));
    leftOut.addAll(moneyParts.subList(budgeted, moneyParts.size()));
    Assignment assignment =
        Assignment.of(
            bundle(chosen.subList(0, policies), money.subList(0, budgeted)),
            Set.copyOf(key),
            leftOut);
    if (made.size() < CACHED_MAX) {
      made.put(List.copyOf(key), assignment);
    }
    return assignment;
  }

  private static String part(Known.Money money) {
    return Assignment.part(money.key(), money.variant().hash());
  }

  private void choose(List<Known.Policy> from, PodFacts pod, List<Chosen> chosen) {
    for (Known.Policy policy : from) {
      Variant<PolicySpec> variant = policy.of(pod.identity().podUid());
      if (variant != null && matches(variant.spec(), pod)) {
        chosen.add(new Chosen(policy.key(), variant));
      }
    }
  }

  private boolean matches(PolicySpec spec, PodFacts pod) {
    Map<String, String> labels = namespaces.getOrDefault(pod.identity().namespace(), Map.of());
    return Selectors.matches(spec.namespaceSelector(), labels)
        && Selectors.matches(spec.selector(), pod.labels());
  }

  private static Bundle bundle(List<Chosen> chosen, List<Known.Money> money) {
    return new Bundle(
        chosen.isEmpty() ? null : policy(chosen),
        chosen.stream().noneMatch(c -> c.variant.spec().isEnforced()),
        chosen.stream().map(c -> c.key.toString()).toList(),
        money.isEmpty() ? null : budgets(money),
        money.stream().map(m -> m.key().toString()).toList());
  }

  private static JsonNode policy(List<Chosen> chosen) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode rules = document.putArray("policies");
    for (Chosen one : chosen) {
      boolean shadow = !one.variant.spec().isEnforced();
      for (JsonNode rule : RuleText.document(one.variant.spec()).path("policies")) {
        ObjectNode named = (ObjectNode) rule;
        named.put("name", prefix(one.key) + named.path("name").asString(""));
        if (shadow) {
          named.put("shadow", true);
        }
        rules.add(named);
      }
    }
    JsonNode fallback = fallback(chosen);
    if (fallback != null) {
      document.set("default", fallback);
    }
    return document;
  }

  /** Two objects may call their rules alike; reasons say whose it was. */
  private static String prefix(ObjectKey key) {
    return (key.namespace().isEmpty() ? "cluster:" : "") + key.name() + "/";
  }

  private static @Nullable JsonNode fallback(List<Chosen> chosen) {
    return chosen.stream()
        .filter(c -> c.variant.spec().isEnforced() && c.variant.spec().fallback() != null)
        .min(
            Comparator.comparing((Chosen c) -> c.key.namespace().isEmpty())
                .thenComparing(Chosen.ORDER))
        .map(c -> RuleText.document(c.variant.spec()).path("default"))
        .orElse(null);
  }

  private static JsonNode budgets(List<Known.Money> money) {
    ArrayNode budgets = JsonNodeFactory.instance.arrayNode();
    for (Known.Money one : money) {
      int parts = one.variant().spec().isSplit() ? one.parts() : 1;
      budgets.add(RuleText.budget(one.key().name(), one.variant().spec(), parts));
    }
    return budgets;
  }
}
