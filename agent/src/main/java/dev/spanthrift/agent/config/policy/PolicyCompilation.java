package dev.spanthrift.agent.config.policy;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.PolicyWords;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What became of a policy document that was compiled: done once for each, and what came out is what
 * decides.
 */
public sealed interface PolicyCompilation {
  /**
   * It can be put in force.
   *
   * @param warnings what is hardly meant, such as a policy that can never fire
   */
  record Compiled(PolicySet set, List<PolicyProblem> warnings) implements PolicyCompilation {
    public Compiled {
      warnings = List.copyOf(warnings);
    }
  }

  /** It cannot; every problem, in document order. */
  record Invalid(List<PolicyProblem> problems) implements PolicyCompilation {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }

  /** The document that the settings stand for, as it would be written. */
  static JsonNode configured(SpanthriftSettings settings) {
    return configured(settings, !settings.budgets().isEmpty());
  }

  /** The same where budgets may stand elsewhere. */
  static JsonNode configured(SpanthriftSettings settings, boolean budgeted) {
    return PlainTree.node(PolicyParser.document(settings, budgeted));
  }

  /** A document as it would be written. */
  static JsonNode document(PolicyDocument document) {
    return PlainTree.node(PolicyParser.toMap(document));
  }

  /** An action as it would be written. */
  static JsonNode action(Action action) {
    return PlainTree.node(PolicyParser.toMap(action));
  }

  /** A condition as it would be written. */
  static JsonNode condition(Condition condition) {
    return PlainTree.node(ConditionWriter.toMap(condition));
  }

  /** Compiles what the settings stand for, as {@code run} does. */
  static PolicyCompilation of(SpanthriftSettings settings) {
    return of(configured(settings), null, settings);
  }

  /** Compiles a document for a program with these settings. */
  static PolicyCompilation of(
      JsonNode document, @Nullable PolicySet previous, SpanthriftSettings settings) {
    PolicyCompilation compilation = of(document, previous);
    if (compilation instanceof Compiled(var set, var warnings) && !settings.fleet().enabled()) {
      List<PolicyProblem> all = new ArrayList<>(warnings);
      all.addAll(ratesOfNoFleet(set.document()));
      return new Compiled(set, all);
    }
    return compilation;
  }

  private static List<PolicyProblem> ratesOfNoFleet(PolicyDocument document) {
    List<PolicyProblem> warnings = new ArrayList<>();
    for (int i = 0; i < document.policies().size(); i++) {
      warnOfNoFleet("/policies/" + i, document.policies().get(i).action(), warnings);
    }
    warnOfNoFleet("/default", document.fallback(), warnings);
    return warnings;
  }

  private static void warnOfNoFleet(String at, Action action, List<PolicyProblem> warnings) {
    if (action instanceof Action.Rate rate && rate.per() == Action.Per.FLEET) {
      warnings.add(
          PolicyProblem.of(
              at + "/rate/per",
              PolicyWords.NO_FLEET_FOR_RATE.said(),
              PolicyWords.SET_FLEET.said()));
    }
  }

  /**
   * Compiles a document; never throws for what an author wrote.
   *
   * @param previous whose unchanged policies go on with their rates and counts
   */
  static PolicyCompilation of(JsonNode document, @Nullable PolicySet previous) {
    if (!document.isObject()) {
      return new Invalid(List.of(PolicyProblem.of("", PolicyWords.NOT_AN_OBJECT.said())));
    }
    try {
      PolicySet set = PolicySet.compile(PolicyParser.parse(PlainTree.map(document)), previous);
      return new Compiled(set, warnings(document, set));
    } catch (InvalidPolicyException invalid) {
      return new Invalid(invalid.problems());
    }
  }

  private static List<PolicyProblem> warnings(JsonNode document, PolicySet set) {
    List<PolicyProblem> warnings = new ArrayList<>();
    if (set.document().policies().isEmpty() && !document.has("default")) {
      warnings.add(
          PolicyProblem.of(
              "", PolicyWords.NOTHING_DECIDES.said(), PolicyWords.WRITE_POLICIES.said()));
    }
    warnings.addAll(set.warnings());
    return warnings;
  }
}
