package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.http.BodyFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the objects of Kubernetes say to one sidecar: the controller makes it, the sidecar keeps the
 * last good one on its disk.
 *
 * @param policy a policy document; null: no object matches, and the configured one is in force
 * @param beside whether its rules are all in shadow, so that the configured ones go on to decide
 * @param policyObjects what it was made from, such as {@code SamplingPolicy shop/errors}
 * @param budgets as in the settings; null likewise
 * @param budgetObjects likewise
 */
public record Bundle(
    @Nullable JsonNode policy,
    boolean beside,
    List<String> policyObjects,
    @Nullable JsonNode budgets,
    List<String> budgetObjects) {

  /** Nothing matches. */
  public static final Bundle EMPTY = new Bundle(null, false, List.of(), null, List.of());

  /** Longest text of one; what is longer is refused where it would be made. */
  public static final int BYTES_MAX = 1 << 20;

  private static final String POLICY = "policy";
  private static final String BESIDE = "beside";
  private static final String POLICY_OBJECTS = "policyObjects";
  private static final String BUDGETS = "budgets";
  private static final String BUDGET_OBJECTS = "budgetObjects";

  public Bundle {
    policyObjects = List.copyOf(policyObjects);
    budgetObjects = List.copyOf(budgetObjects);
  }

  /** As it is sent and stored. */
  public JsonNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (policy != null) {
      node.set(POLICY, policy);
      if (beside) {
        node.put(BESIDE, true);
      }
      node.set(POLICY_OBJECTS, texts(policyObjects));
    }
    if (budgets != null) {
      node.set(BUDGETS, budgets);
      node.set(BUDGET_OBJECTS, texts(budgetObjects));
    }
    return node;
  }

  private static ArrayNode texts(List<String> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  /** Fingerprint of all of it. */
  public String hash() {
    return BodyFormat.hash(json());
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static Bundle of(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("no object");
    }
    return new Bundle(
        node.get(POLICY),
        node.path(BESIDE).asBoolean(false),
        texts(node.path(POLICY_OBJECTS)),
        node.get(BUDGETS),
        texts(node.path(BUDGET_OBJECTS)));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asString("")));
    return texts;
  }

  /**
   * Reads a file for a cold start: a bundle, or a policy document by itself.
   *
   * @throws RuntimeException when it is neither
   */
  static Bundle ofBootstrap(byte[] text, String name) {
    JsonNode root = BodyFormat.YAML.read(text);
    if (root.has("policies") || root.has("default")) {
      return new Bundle(root, false, List.of("bootstrap file " + name), null, List.of());
    }
    return of(root);
  }

  /**
   * The budgets as the settings would have them.
   *
   * @throws SettingsException with all that is wrong
   */
  public List<BudgetSettings> budgetSettings() throws SettingsException {
    return budgets == null ? List.of() : budgetSettings(budgets);
  }

  /** The same of a list alone: what the controller validates with. */
  public static List<BudgetSettings> budgetSettings(JsonNode budgets) throws SettingsException {
    ObjectNode settings = JsonNodeFactory.instance.objectNode();
    settings.set(BUDGETS, budgets);
    return SettingsLoader.load(BodyFormat.canonical(settings), "objects", Map.of())
        .settings()
        .budgets();
  }
}
