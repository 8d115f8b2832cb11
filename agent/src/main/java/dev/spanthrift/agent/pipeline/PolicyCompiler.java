package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.sampler.policy.PolicySet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Makes of a policy document what decides, or says why not; {@link PolicyCompilation#of}. */
@FunctionalInterface
public interface PolicyCompiler {
  /**
   * Compiles it; never throws for what an author wrote.
   *
   * @param previous whose unchanged policies go on with their rates and counts
   */
  PolicyCompilation compile(JsonNode document, @Nullable PolicySet previous);
}
