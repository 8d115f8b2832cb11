package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.policy.PolicyCompilation.Compiled;
import dev.spanthrift.agent.config.policy.PolicyCompilation.Invalid;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.JsonDifference;
import dev.spanthrift.agent.pipeline.PolicyCompiler;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The policy in force: numbered, kept in one file of the state directory, replaced by one writer at
 * a time. Which one a process begins with is {@link FirstPolicy}'s to say.
 *
 * <p>Needs no Spring, so that the pipeline can start with the right policy.
 */
public final class PolicyStore {
  static final String FILE = "policy.json";
  private static final Logger log = LoggerFactory.getLogger(PolicyStore.class);

  private static final Author AT_START = new Author("configuration", "", "");

  private final @Nullable Path file;
  private final String configuredHash;
  private final PolicyCompiler compiler;
  private final PolicyHistory history;
  private final AuditLog audit;
  private volatile PolicyVersion current;
  private volatile @Nullable String degraded;

  private PolicyStore(
      @Nullable Path stateDirectory,
      String configuredHash,
      PolicyCompiler compiler,
      FirstPolicy first) {
    file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    history = new PolicyHistory(stateDirectory, compiler);
    audit = new AuditLog(stateDirectory, System::currentTimeMillis);
    this.configuredHash = configuredHash;
    this.compiler = compiler;
    current = first.policy();
    degraded = first.degraded();
  }

  /**
   * Opens the store and chooses the policy to begin with. What is chosen is stored: it is the last
   * good one of the next start, and what it won over does not come back.
   *
   * @param stateDirectory none: changes are lost at the end of the process
   * @param configured the policy of the configuration file
   * @param lenient whether to go on without the configured policy when it cannot be used
   * @throws IllegalArgumentException when it cannot, and the start is not lenient
   */
  public static PolicyStore open(
      @Nullable Path stateDirectory,
      JsonNode configured,
      PolicyCompiler compiler,
      boolean lenient) {
    Path file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    StoredPolicy stored = file == null ? null : StoredPolicy.read(file);
    FirstPolicy first = FirstPolicy.choose(configured, stored, compiler, lenient);
    PolicyStore store =
        new PolicyStore(stateDirectory, BodyFormat.hash(configured), compiler, first);
    if (first.degraded() == null) {
      store.rememberFirst(stored == null || stored.version() != first.policy().version());
    }
    return store;
  }

  private void rememberFirst(boolean isNew) {
    try {
      persist(current);
      history.begin(current, isNew, AT_START, System.currentTimeMillis());
    } catch (IOException e) {
      warn(e);
    } catch (UncheckedIOException e) {
      warn(e);
    }
  }

  private void warn(Exception e) {
    log.warn(
        "the policy cannot be stored in {}: {}",
        file,
        InputFile.reason(Objects.requireNonNullElse(e.getCause(), e)));
  }

  /** The policy in force. */
  public PolicyVersion current() {
    return current;
  }

  /** A version that was in force, ready to be asked; null when it is not known. */
  public @Nullable PolicyVersion version(long number) {
    return history.version(number);
  }

  /** The latest of these, but for one: the youngest first, and compiled as far as they can be. */
  public List<PolicyVersion> latest(int limit, long except) {
    return history.entries().reversed().stream()
        .filter(entry -> entry.version() != except)
        .limit(limit)
        .map(entry -> history.version(entry.version()))
        .filter(Objects::nonNull)
        .toList();
  }

  List<PolicyHistory.Entry> history() {
    return history.entries();
  }

  PolicyHistory.@Nullable Entry entry(long version) {
    return history.entry(version);
  }

  /** Where all changes over REST are noted. */
  public AuditLog audit() {
    return audit;
  }

  /** Whether the policy in force is the configured one. */
  public boolean isConfigured() {
    return current.hash().equals(configuredHash);
  }

  /** Why another policy than the configured one had to be taken at the start; null: it had not. */
  public @Nullable String degraded() {
    return degraded;
  }

  /** Compiles a document, and changes nothing. */
  public PolicyCompilation compile(JsonNode root) {
    return compiler.compile(root, current.set());
  }

  /**
   * What somebody wants to be in force.
   *
   * @param action as the audit names it
   */
  record Wish(String action, JsonNode root, Author author, boolean dryRun) {}

  /**
   * Puts a policy in force: audited and on the disk first, then in the pipeline.
   *
   * @param expected whether the policy that is in force is the one the writer saw
   * @param use called inside the lock, so that the pipeline sees changes in their order
   * @throws UncheckedIOException when it could not be stored; nothing has changed then
   */
  synchronized PolicyOutcome replace(
      Predicate<PolicyVersion> expected, Wish wish, Consumer<PolicyVersion> use) {
    if (!expected.test(current)) {
      return new PolicyOutcome.Stale(current);
    }
    return switch (compiler.compile(wish.root, current.set())) {
      case Invalid(var problems) -> new PolicyOutcome.Invalid(problems);
      case Compiled compiled -> replace(compiled, wish, use);
    };
  }

  private PolicyOutcome replace(Compiled compiled, Wish wish, Consumer<PolicyVersion> use) {
    String hash = BodyFormat.hash(wish.root);
    if (hash.equals(current.hash())) {
      return new PolicyOutcome.InForce(current, false, compiled.warnings());
    }
    PolicyVersion next = new PolicyVersion(current.version() + 1, hash, wish.root, compiled.set());
    if (!wish.dryRun) {
      store(next, wish);
      use.accept(next);
      current = next;
      degraded = null;
      log.info("policy version {} ({}) is in force", next.version(), hash);
    }
    return new PolicyOutcome.InForce(next, true, compiled.warnings());
  }

  private void store(PolicyVersion next, Wish wish) {
    audit.append(
        wish.author,
        wish.action,
        String.valueOf(current.version()),
        String.valueOf(next.version()),
        JsonDifference.between(current.root(), next.root()));
    try {
      persist(next);
      history.add(next, wish.author, System.currentTimeMillis());
    } catch (IOException e) {
      failed(wish, next);
      throw new UncheckedIOException(e);
    } catch (UncheckedIOException e) {
      failed(wish, next);
      throw e;
    }
  }

  /** The audit says what did not come about, if it still can. */
  private void failed(Wish wish, PolicyVersion next) {
    try {
      audit.append(
          wish.author, wish.action + ".failed", String.valueOf(next.version()), null, List.of());
      persist(current);
    } catch (UncheckedIOException e) {
      log.warn("the audit cannot say that version {} was not stored", next.version());
    }
  }

  private void persist(PolicyVersion policy) {
    if (file == null) {
      return;
    }
    try {
      new StoredPolicy(policy.version(), policy.hash(), configuredHash, policy.root()).write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
