package dev.spanthrift.agent.pipeline;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Says what keeps a policy document from being used; never throws for what an author wrote. */
@FunctionalInterface
public interface PolicyCompiler {
  /** Returns every problem found, in document order; none means that it can be put in force. */
  List<PolicyProblem> check(JsonNode document);

  /** What may be used but is hardly meant, such as a policy that can never fire. */
  default List<PolicyProblem> warnings(JsonNode document) {
    return List.of();
  }
}
