package dev.spanthrift.agent.config.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.spanthrift.agent.config.policy.PolicyCompilation.Compiled;
import dev.spanthrift.agent.config.policy.PolicyCompilation.Invalid;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PolicyCompilationTest {
  private static JsonNode document(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Compiled compiled(String text) {
    return assertInstanceOf(Compiled.class, PolicyCompilation.of(document(text), null));
  }

  private static List<String> warned(String text) {
    return compiled(text).warnings().stream().map(PolicyProblem::pointer).toList();
  }

  @Test
  void s6_saysWhichPolicyCanNeverFire() {
    assertEquals(
        List.of("/policies/1"),
        warned(
            """
            {"policies": [{"name": "all", "probability": 0.5},
                          {"name": "errors", "match": {"hasError": true}, "keep": true}]}
            """));
    assertEquals(
        List.of(),
        warned(
            """
            {"policies": [{"name": "errors", "match": {"hasError": true}, "keep": true},
                          {"name": "all", "probability": 0.5}]}
            """));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"policies\": [{\"name\": \"a\", \"probability\": 7}]}", "[]", "7", "null"})
  void whatCannotBeUsedIsOnlyProblems(String text) {
    Invalid invalid = assertInstanceOf(Invalid.class, PolicyCompilation.of(document(text), null));
    assertEquals(1, invalid.problems().size());
    assertFalse(invalid.problems().getFirst().notes().isEmpty(), "said by code, too");
  }

  @Test
  void aDocumentWithoutAnythingIsWarnedOf() {
    assertEquals(List.of(""), warned("{}"));
    assertEquals(List.of(""), warned("{\"policies\": []}"));
    assertEquals(List.of(), warned("{\"default\": {\"budget\": true}}"));
    assertEquals(List.of(), warned("{\"policies\": [{\"name\": \"a\", \"budget\": true}]}"));
  }

  @Test
  void whatTheSettingsStandForIsDecidedByTheBudgetOnlyWhereThereIsOne() throws Exception {
    assertEquals(new Action.Probability(1), fallback(""));
    assertEquals(new Action.Probability(0.1), fallback("defaultProbability: 0.1"));
    assertEquals(Action.DROP, fallback("defaultProbability: 0"));
    assertEquals(Action.BUDGET, fallback("budgets: [{amount: 3}]"));
    assertEquals(
        new Action.Probability(0.1), fallback("{budgets: [{amount: 3}], defaultProbability: 0.1}"));
  }

  private static Action fallback(String yaml) throws Exception {
    var settings = SettingsLoader.load(yaml, "t", Map.of()).settings();
    Compiled compiled = assertInstanceOf(Compiled.class, PolicyCompilation.of(settings));
    assertEquals(compiled.set().document(), PolicyParser.parse(settings), "one default rule");
    return compiled.set().document().fallback();
  }

  @Test
  void aPolicyThatStaysGoesOnWithItsCounts() {
    JsonNode one = document("{\"policies\": [{\"name\": \"a\", \"keep\": true}]}");
    Compiled first = assertInstanceOf(Compiled.class, PolicyCompilation.of(one, null));
    Compiled second = assertInstanceOf(Compiled.class, PolicyCompilation.of(one, first.set()));
    assertEquals(first.set().counts(), second.set().counts());
  }

  @Test
  void aFleetsRateWithoutAFleetIsWarnedOf() throws Exception {
    JsonNode document =
        document("{\"default\": {\"rate\": {\"tracesPerSecond\": 5, \"per\": \"fleet\"}}}");
    assertEquals(List.of("/default/rate/per"), warned(document, ""));
    assertEquals(List.of(), warned(document, "fleet: {url: 'redis://localhost:6379'}"));
  }

  private static List<String> warned(JsonNode document, String yaml) throws Exception {
    var settings = SettingsLoader.load(yaml, "t", Map.of()).settings();
    PolicyCompilation compilation = PolicyCompilation.of(document, null, settings);
    return assertInstanceOf(Compiled.class, compilation).warnings().stream()
        .map(PolicyProblem::pointer)
        .toList();
  }
}
