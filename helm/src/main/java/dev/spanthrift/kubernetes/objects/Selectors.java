package dev.spanthrift.kubernetes.objects;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label selectors as Kubernetes means them; one that is absent or empty matches everything. */
public final class Selectors {
  private Selectors() {}

  public static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
    if (selector == null) {
      return true;
    }
    Map<String, String> wanted = selector.getMatchLabels();
    List<LabelSelectorRequirement> requirements = selector.getMatchExpressions();
    return (wanted == null
            || wanted.entrySet().stream()
                .allMatch(e -> e.getValue().equals(labels.get(e.getKey()))))
        && (requirements == null || requirements.stream().allMatch(r -> matches(r, labels)));
  }

  /** NotIn holds for a label that is absent. An operator that is not known matches nothing. */
  private static boolean matches(LabelSelectorRequirement wanted, Map<String, String> labels) {
    String value = labels.get(wanted.getKey());
    List<String> values = wanted.getValues() == null ? List.of() : wanted.getValues();
    return switch (wanted.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
