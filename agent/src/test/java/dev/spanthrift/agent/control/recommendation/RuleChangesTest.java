package dev.spanthrift.agent.control.recommendation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.estimate.Interval;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.policy.PolicyCounts.Amount;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Changes that would be wrong are not even weighed. */
class RuleChangesTest {
  private static final Amount NONE = new Amount(0, 0, 0);
  private final FakePipeline pipeline = new FakePipeline();
  private long seen = 50_000;

  private PolicyVersion policy(long version, String yaml) {
    JsonNode root = BodyFormat.YAML.read(yaml.getBytes(StandardCharsets.UTF_8));
    var compiled =
        assertInstanceOf(PolicyCompilation.Compiled.class, PolicyCompilation.of(root, null));
    return new PolicyVersion(version, BodyFormat.hash(root), root, compiled.set());
  }

  private PolicyCounts counts(String name, long traces) {
    Amount matched = new Amount(traces, traces, traces);
    return new PolicyCounts(name, false, matched, matched, NONE, NONE, NONE, NONE, NONE);
  }

  private List<String> titles(PolicyVersion policy, RuleAges ages) {
    PipelineView counted =
        (PipelineView)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {PipelineView.class},
                (proxy, method, arguments) ->
                    method.getName().equals("policies")
                        ? List.of(counts("errors", seen), counts("rare", 0), counts("default", 0))
                        : method.invoke(pipeline, arguments));
    return new RuleChanges(counted, policy, ages::of)
        .all().stream().map(change -> change.title().text()).toList();
  }

  @Test
  void aRuleThatCameJustNowIsNotSaidToMatchNothing() {
    String errors = "{name: errors, match: {status: ERROR}, keep: true}";
    String rare = "{name: rare, match: {service: rare}, probability: 0.01}";
    PolicyVersion first = policy(1, "policies: [" + errors + "]");
    PolicyVersion next = policy(2, "policies: [" + errors + ", " + rare + "]");
    RuleAges ages = RuleAges.atStart(first).next(next, seen);
    assertEquals(List.of("leave errors as it is"), titles(next, ages));
    seen += 10_000;
    ages = ages.next(next, seen);
    assertEquals(List.of("remove rare", "leave errors as it is"), titles(next, ages));
    assertEquals("remove rare", titles(next, RuleAges.atStart(next)).getFirst());
  }

  @Test
  void aRuleForGoodTracesKeepsNoErrors() {
    String title = "keep every trace with an error";
    for (String status : List.of("OK", "UNSET")) {
      PolicyVersion policy =
          policy(1, "policies: [{name: errors, match: {status: " + status + "}, keep: true}]");
      assertEquals(title, titles(policy, RuleAges.atStart(policy)).getFirst(), status);
    }
  }

  @Test
  void anOperationThatIsAllVariableIsNotTheWholeService() {
    PolicyVersion policy =
        policy(1, "policies: [{name: errors, match: {status: ERROR}, keep: true}]");
    Interval about = new Interval(1_000, 1.0, 998.0, 1_002.0);
    for (String operation : List.of("{} of cart", "cart {}")) {
      pipeline.kept =
          List.of(
              new KeptOperation(
                  "cart", operation, 1_000, 1, 500_000, 1, about, about, about, about, about));
      boolean thinned =
          titles(policy, RuleAges.atStart(policy)).stream().anyMatch(t -> t.contains(operation));
      assertEquals(!operation.startsWith("{}"), thinned, operation);
    }
  }
}
