package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.pipeline.PolicyCompiler;
import dev.spanthrift.agent.pipeline.PolicyProblem;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.state.StateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policy in force: numbered, kept in one file of the state directory, replaced by one writer at
 * a time.
 *
 * <p>After a restart the last good policy of the API counts, unless the configured policy has been
 * changed since: then that is the newer wish. A file that is damaged is ignored with a warning.
 * Needs no Spring, so that the pipeline can start with the right policy.
 */
public final class PolicyStore {
  static final String FILE = "policy.json";
  private static final Logger log = LoggerFactory.getLogger(PolicyStore.class);

  private final @Nullable Path file;
  private final String configuredHash;
  private final PolicyCompiler compiler;
  private volatile PolicyVersion current;

  private PolicyStore(
      @Nullable Path file, String configuredHash, PolicyCompiler compiler, PolicyVersion current) {
    this.file = file;
    this.configuredHash = configuredHash;
    this.compiler = compiler;
    this.current = current;
  }

  /**
   * Opens the store and chooses the policy to begin with.
   *
   * @param stateDirectory none: changes are lost at the end of the process
   * @param configured the policy of the configuration file, found good by the compiler
   */
  public static PolicyStore open(
      @Nullable Path stateDirectory, JsonNode configured, PolicyCompiler compiler) {
    List<PolicyProblem> problems = compiler.check(configured);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("configured policy: " + problems);
    }
    String hash = BodyFormat.hash(configured);
    PolicyVersion fallback = new PolicyVersion(1, hash, configured);
    Path file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    PolicyVersion first = file == null ? fallback : stored(file, fallback, compiler);
    return new PolicyStore(file, hash, compiler, first);
  }

  /** The policy in force. */
  public PolicyVersion current() {
    return current;
  }

  /** Whether the policy in force is the configured one. */
  public boolean isConfigured() {
    return current.hash().equals(configuredHash);
  }

  List<PolicyProblem> check(JsonNode root) {
    return compiler.check(root);
  }

  List<PolicyProblem> warnings(JsonNode root) {
    return compiler.warnings(root);
  }

  /**
   * Puts a policy in force: on the disk first, then in the pipeline.
   *
   * @param expected whether the policy that is in force is the one the writer saw
   * @param use called inside the lock, so that the pipeline sees changes in their order
   * @throws UncheckedIOException when it could not be stored; nothing has changed then
   */
  synchronized PolicyOutcome replace(
      Predicate<PolicyVersion> expected,
      JsonNode root,
      boolean dryRun,
      Consumer<PolicyVersion> use) {
    PolicyVersion before = current;
    if (!expected.test(before)) {
      return new PolicyOutcome.Stale(before);
    }
    List<PolicyProblem> problems = compiler.check(root);
    if (!problems.isEmpty()) {
      return new PolicyOutcome.Invalid(problems);
    }
    String hash = BodyFormat.hash(root);
    if (hash.equals(before.hash())) {
      return new PolicyOutcome.InForce(before, false);
    }
    PolicyVersion next = new PolicyVersion(before.version() + 1, hash, root);
    if (!dryRun) {
      persist(next);
      use.accept(next);
      current = next;
      log.info("policy version {} ({}) is in force", next.version(), hash);
    }
    return new PolicyOutcome.InForce(next, true);
  }

  private void persist(PolicyVersion document) {
    if (file == null) {
      return;
    }
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.put("version", document.version());
    content.put("hash", document.hash());
    content.put("configured", configuredHash);
    content.set("policy", document.root());
    try {
      StateFile.replace(file, BodyFormat.JSON.write(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PolicyVersion stored(
      Path file, PolicyVersion configured, PolicyCompiler compiler) {
    try {
      JsonNode content = BodyFormat.JSON.read(Files.readAllBytes(file));
      PolicyVersion document = document(content);
      if (!content.path("configured").asString("").equals(configured.hash())) {
        log.warn("the configured policy has changed: it replaces version {}", document.version());
        return new PolicyVersion(document.version() + 1, configured.hash(), configured.root());
      }
      List<PolicyProblem> problems = compiler.check(document.root());
      if (problems.isEmpty()) {
        return document;
      }
      log.warn("stored policy {} cannot be used, the configured one is: {}", file, problems);
    } catch (NoSuchFileException e) {
      log.debug("no stored policy yet");
    } catch (IOException | RuntimeException e) {
      log.warn(
          "stored policy {} is damaged, the configured one is used: {}", file, InputFile.reason(e));
    }
    return configured;
  }

  private static PolicyVersion document(JsonNode content) {
    JsonNode root = content.path("policy");
    String hash = BodyFormat.hash(root);
    long version = content.path("version").asLong(0);
    if (version < 1 || !hash.equals(content.path("hash").asString(""))) {
      throw new IllegalArgumentException("content and hash differ");
    }
    return new PolicyVersion(version, hash, root);
  }
}
