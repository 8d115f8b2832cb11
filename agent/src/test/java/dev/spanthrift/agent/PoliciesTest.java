package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.pipeline.PolicyProblem;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PoliciesTest {
  private final Policies policies = new Policies();

  private static JsonNode document(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void s6_saysWhichPolicyCanNeverFire() {
    JsonNode hidden =
        document(
            """
            {"policies": [{"name": "all", "probability": 0.5},
                          {"name": "errors", "match": {"hasError": true}, "keep": true}]}
            """);
    assertEquals(List.of(), policies.check(hidden));
    assertEquals(
        List.of("/policies/1"),
        policies.warnings(hidden).stream().map(PolicyProblem::pointer).toList());
    JsonNode sound =
        document(
            """
            {"policies": [{"name": "errors", "match": {"hasError": true}, "keep": true},
                          {"name": "all", "probability": 0.5}]}
            """);
    assertEquals(List.of(), policies.warnings(sound));
  }

  @Test
  void s6_ofWhatCannotBeUsedOnlyTheProblemsAreTold() {
    JsonNode wrong = document("{\"policies\": [{\"name\": \"a\", \"probability\": 7}]}");
    assertEquals(1, policies.check(wrong).size());
    assertEquals(List.of(), policies.warnings(wrong));
  }
}
