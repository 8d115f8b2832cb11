package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.policy.PolicyCompilation.Compiled;
import dev.spanthrift.agent.config.policy.PolicyCompilation.Invalid;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.pipeline.PolicyCompiler;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Which policy a process begins with, and why; said in the log wherever somebody could wonder.
 *
 * <p>The configured one, unless another was put over REST and the configuration is still the one
 * that this other replaced. Where the configured one cannot be used and the start is lenient: the
 * last good one, else all is kept.
 *
 * @param degraded what is wrong with the configured one; null when nothing is
 */
record FirstPolicy(PolicyVersion policy, @Nullable String degraded) {
  private static final Logger log = LoggerFactory.getLogger(FirstPolicy.class);

  /**
   * Chooses.
   *
   * @param stored null: there is none, or none that can be read
   * @param lastKnown number of the last version in the history, asked where none is stored: the
   *     next one must not have the number of another
   */
  static FirstPolicy choose(
      JsonNode configured,
      @Nullable StoredPolicy stored,
      LongSupplier lastKnown,
      PolicyCompiler compiler,
      boolean lenient) {
    return switch (compiler.compile(configured, null)) {
      case Compiled(PolicySet set, var warnings) -> {
        warnings.forEach(warning -> log.warn("configured policy: {}", warning));
        yield new FirstPolicy(good(configured, set, stored, lastKnown, compiler), null);
      }
      case Invalid(var problems) when lenient ->
          instead(
              stored,
              lastKnown,
              compiler,
              "the configured policy cannot be used: " + words(problems));
      case Invalid(var problems) ->
          throw new IllegalArgumentException("configured policy: " + words(problems));
    };
  }

  private static String words(List<?> problems) {
    return String.join(", ", problems.stream().map(Object::toString).toList());
  }

  private static PolicyVersion good(
      JsonNode configured,
      PolicySet set,
      @Nullable StoredPolicy stored,
      LongSupplier lastKnown,
      PolicyCompiler compiler) {
    String hash = BodyFormat.hash(configured);
    if (stored == null) {
      return new PolicyVersion(lastKnown.getAsLong() + 1, hash, configured, set);
    }
    if (stored.hash().equals(hash)) {
      return new PolicyVersion(stored.version(), hash, configured, set);
    }
    if (stored.configured().equals(hash)) {
      PolicyVersion put = compiled(stored, compiler);
      if (put != null) {
        log.warn(
            "policy version {}, put over REST, is in force and not the configured one, which has"
                + " not changed since; to go back put that one, or change the configuration",
            put.version());
        return put;
      }
    } else {
      log.warn(
          "the configured policy has changed: it replaces version {}{}",
          stored.version(),
          stored.isByRest() ? ", which was put over REST" : "");
    }
    return new PolicyVersion(stored.version() + 1, hash, configured, set);
  }

  private static FirstPolicy instead(
      @Nullable StoredPolicy stored,
      LongSupplier lastKnown,
      PolicyCompiler compiler,
      String wrong) {
    PolicyVersion last = stored == null ? null : compiled(stored, compiler);
    if (last != null) {
      String degraded = wrong + "; the last good one, version " + last.version() + ", is in force";
      log.warn(degraded);
      return new FirstPolicy(last, degraded);
    }
    String degraded = wrong + "; all traces are kept";
    log.warn(degraded);
    return new FirstPolicy(keepAll(lastKnown.getAsLong() + 1), degraded);
  }

  private static PolicyVersion keepAll(long version) {
    JsonNode root = PolicyCompilation.document(new PolicyDocument(List.of(), Action.KEEP));
    PolicySet set = PolicySet.compile(new PolicyDocument(List.of(), Action.KEEP));
    return new PolicyVersion(version, BodyFormat.hash(root), root, set);
  }

  private static @Nullable PolicyVersion compiled(StoredPolicy stored, PolicyCompiler compiler) {
    return switch (compiler.compile(stored.root(), null)) {
      case Compiled(PolicySet set, var warnings) ->
          new PolicyVersion(stored.version(), stored.hash(), stored.root(), set);
      case Invalid(var problems) -> {
        log.warn("stored policy version {} cannot be used: {}", stored.version(), words(problems));
        yield null;
      }
    };
  }
}
