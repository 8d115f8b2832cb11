package dev.spanthrift.agent;

import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.PolicyCompiler;
import dev.spanthrift.agent.pipeline.PolicyProblem;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Policy documents, from JSON to a judge.
 *
 * <p>A policy that a change leaves as it was goes on with its rate and its counts.
 */
final class Policies implements PolicyCompiler {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() {};

  private @Nullable PolicySet current;

  /** The document that the settings stand for. */
  static JsonNode configured(SpanthriftSettings settings) {
    return JSON.valueToTree(settings.policyDocument(!settings.budgets().isEmpty()));
  }

  @Override
  public List<PolicyProblem> check(JsonNode document) {
    try {
      new PolicyJudge(compile(document, null));
      return List.of();
    } catch (InvalidPolicyException invalid) {
      return inWords(invalid.problems());
    } catch (IllegalArgumentException e) {
      return List.of(new PolicyProblem("", String.valueOf(e.getMessage()), ""));
    }
  }

  @Override
  public List<PolicyProblem> warnings(JsonNode document) {
    return check(document).isEmpty() ? inWords(compile(document, null).warnings()) : List.of();
  }

  private static List<PolicyProblem> inWords(List<Problem> problems) {
    return problems.stream()
        .map(p -> new PolicyProblem(p.pointer(), p.what(), p.suggestion()))
        .toList();
  }

  /** A judge for a document in which {@link #check} found no problem. */
  synchronized Judge judge(PolicyVersion version) {
    PolicySet next = compile(version.root(), current);
    current = next;
    return new PolicyJudge(next);
  }

  /** What each policy of the newest judge did; none where another system's rules decide. */
  synchronized List<PolicyCounts> counts() {
    return current == null ? List.of() : current.counts();
  }

  private static PolicySet compile(JsonNode document, @Nullable PolicySet previous) {
    if (!document.isObject()) {
      throw new IllegalArgumentException(
          "a policy document is an object with policies and default");
    }
    return PolicySet.compile(PolicyParser.parse(JSON.convertValue(document, DOCUMENT)), previous);
  }
}
