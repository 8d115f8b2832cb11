package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Objects in the words of the sidecar. */
final class RuleText {
  private static final JsonMapper JSON = JsonMapper.shared();

  private RuleText() {}

  /** The policy document of one object, by itself. */
  static ObjectNode document(PolicySpec spec) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.set("policies", JSON.valueToTree(policies(spec)));
    if (spec.fallback() != null) {
      document.set("default", JSON.valueToTree(spec.fallback()));
    }
    return document;
  }

  private static List<Map<String, Object>> policies(PolicySpec spec) {
    return spec.policies() == null ? List.of() : spec.policies();
  }

  /**
   * A budget as the settings have it.
   *
   * @param parts into how many the amounts are divided
   */
  static JsonNode budget(String name, BudgetSpec spec, int parts) {
    ObjectNode budget = JsonNodeFactory.instance.objectNode();
    budget.put("name", name);
    put(budget, "amount", divided(spec.amount(), parts));
    put(budget, "hourlyMin", divided(spec.hourlyMin(), parts));
    put(budget, "hourlyMax", divided(spec.hourlyMax(), parts));
    put(budget, "currency", spec.currency());
    put(budget, "period", spec.period());
    put(budget, "zone", spec.zone());
    put(budget, "firstDay", spec.firstDay());
    put(budget, "keepMin", spec.keepMin());
    put(budget, "keepMax", spec.keepMax());
    put(budget, "policyShareMax", spec.policyShareMax());
    put(budget, "hard", spec.hard());
    budget.put("share", "sidecar");
    return budget;
  }

  private static void put(ObjectNode node, String key, @Nullable Object value) {
    if (value != null) {
      node.put(key, value.toString());
    }
  }

  /** Down, so that the parts never make more than the whole. */
  private static @Nullable BigDecimal divided(@Nullable BigDecimal amount, int parts) {
    return amount == null || parts == 1
        ? amount
        : amount.divide(BigDecimal.valueOf(parts), new MathContext(12, RoundingMode.DOWN));
  }
}
