package dev.spanthrift.agent.config.policy;

import dev.spanthrift.agent.config.settings.Keys;
import dev.spanthrift.agent.config.settings.Probability;
import dev.spanthrift.agent.config.settings.Synonyms;
import dev.spanthrift.agent.config.yaml.Expansion;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.Substitution;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlReader;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a file that is either a policy document or a whole configuration; of the latter
 * only {@code policies} and {@code defaultProbability} are read, and no variable of other keys.
 */
public final class PolicyKeys {
  private static final Set<String> USED = Set.of("policies", "default", "defaultProbability");
  private static final Set<String> CONFIGURATION =
      Keys.all().stream().filter(key -> !key.contains(".")).collect(Collectors.toSet());

  private PolicyKeys() {}

  /**
   * What was read.
   *
   * @param others keys of a configuration that were not; empty for a policy document
   */
  public record Read(PolicyDocument document, boolean configuration, List<String> others) {
    public Read {
      others = List.copyOf(others);
    }
  }

  /**
   * Reads a file's text.
   *
   * @param source its name in problems
   * @param environment for {@code ${env:…}} in the policies of a configuration
   * @throws SettingsException with all that is not YAML, unknown, or has no value
   * @throws dev.spanthrift.sampler.policy.document.InvalidPolicyException with all that is no
   *     policy
   */
  public static Read read(String text, String source, Map<String, String> environment)
      throws SettingsException {
    List<SettingProblem> problems = new ArrayList<>();
    Expansion expansion = new Expansion(environment);
    Substitution inPolicies =
        (path, value, where, found) ->
            USED.contains(path.split("[.\\[]", 2)[0])
                ? expansion.expand(path, value, where, found)
                : new YamlNode.Scalar(value, YamlNode.Scalar.Kind.TEXT, where);
    YamlNode root = YamlReader.read(text, source, inPolicies, problems);
    if (problems.isEmpty() && !(root instanceof YamlNode.Mapping)) {
      problems.add(
          new SettingProblem(
              "policies",
              null,
              root == null ? source : root.where(),
              root == null
                  ? "the file is empty; write policies and default"
                  : "a policy document has the keys policies and default"));
    }
    if (!problems.isEmpty() || !(root instanceof YamlNode.Mapping mapping)) {
      throw new SettingsException(problems);
    }
    return isConfiguration(mapping)
        ? configuration(mapping, problems)
        : new Read(PolicyParser.parse(plain(mapping)), false, List.of());
  }

  /** A document has no other keys; with one of ours beside them, somebody gave the whole file. */
  private static boolean isConfiguration(YamlNode.Mapping mapping) {
    return mapping.entries().keySet().stream()
        .anyMatch(key -> CONFIGURATION.contains(key) && !Synonyms.POLICY_DOCUMENT.contains(key));
  }

  private static Map<String, Object> plain(YamlNode.Mapping mapping) {
    Map<String, Object> plain = new LinkedHashMap<>();
    mapping.entries().forEach((key, node) -> plain.put(key, node.plain()));
    return plain;
  }

  private static Read configuration(YamlNode.Mapping mapping, List<SettingProblem> problems)
      throws SettingsException {
    Map<String, YamlNode> entries = mapping.entries();
    entries.forEach(
        (key, node) -> {
          if (!CONFIGURATION.contains(key)) {
            String right = Synonyms.suggestion(key, node.plain(), CONFIGURATION);
            problems.add(new SettingProblem(key, null, node.where(), "unknown key; " + right));
          }
        });
    Action fallback = fallback(given(entries.get("defaultProbability")), problems);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    YamlNode policies = given(entries.get("policies"));
    PolicyDocument document =
        policies == null
            ? PolicyDocument.EMPTY
            : PolicyParser.parse(Map.of("policies", policies.plain()));
    TreeSet<String> others = new TreeSet<>(entries.keySet());
    others.removeAll(USED);
    return new Read(new PolicyDocument(document.policies(), fallback), true, List.copyOf(others));
  }

  private static @Nullable YamlNode given(@Nullable YamlNode node) {
    return node instanceof YamlNode.Scalar scalar && scalar.isNothing() ? null : node;
  }

  /** As {@code run} has it with a budget; whoever asks without one is told. */
  private static Action fallback(@Nullable YamlNode node, List<SettingProblem> problems) {
    if (node == null) {
      return Action.BUDGET;
    }
    try {
      return DefaultRule.of(Probability.parse(String.valueOf(node.plain())), true);
    } catch (IllegalArgumentException e) {
      problems.add(
          new SettingProblem(
              "defaultProbability",
              String.valueOf(node.plain()),
              node.where(),
              String.valueOf(e.getMessage())));
      return Action.BUDGET;
    }
  }
}
