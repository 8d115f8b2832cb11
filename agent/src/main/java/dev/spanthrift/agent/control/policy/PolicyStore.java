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
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
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
  private static final String CONTROLLER = "controller";

  private final @Nullable Path file;
  private final PolicyCompiler compiler;
  private final PolicyHistory history;
  private final AuditLog audit;
  private final PolicyVersion first;
  private volatile PolicyVersion current;
  private volatile @Nullable String degraded;
  private volatile @Nullable ManagedPolicy managed;
  private volatile String baseHash; // of what is in force while nobody changes it here

  private PolicyStore(
      @Nullable Path stateDirectory,
      JsonNode configured,
      @Nullable ManagedPolicy managed,
      PolicyCompiler compiler,
      FirstPolicy first) {
    file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    history = new PolicyHistory(stateDirectory, compiler);
    audit = new AuditLog(stateDirectory, System::currentTimeMillis);
    this.managed = managed;
    baseHash = BodyFormat.hash(managed == null ? configured : managed.root(configured));
    this.compiler = compiler;
    this.first = first.policy();
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
    return open(stateDirectory, configured, null, compiler, lenient);
  }

  /**
   * The same where the policy may stand elsewhere.
   *
   * @param managed one that can be used; it is in force instead of the configured one
   */
  public static PolicyStore open(
      @Nullable Path stateDirectory,
      JsonNode configured,
      @Nullable ManagedPolicy managed,
      PolicyCompiler compiler,
      boolean lenient) {
    Path file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    StoredPolicy stored = file == null ? null : StoredPolicy.read(file);
    JsonNode base = managed == null ? configured : managed.root(configured);
    FirstPolicy first =
        FirstPolicy.choose(
            base, stored, () -> lastKnown(stateDirectory, compiler), compiler, lenient);
    PolicyStore store = new PolicyStore(stateDirectory, configured, managed, compiler, first);
    if (first.degraded() == null) {
      store.rememberFirst(
          stored == null || stored.version() != first.policy().version(),
          managed == null ? AT_START : author(managed));
    }
    return store;
  }

  /** Where the policy's own file is gone, its history goes on; 0 where there is none. */
  private static long lastKnown(@Nullable Path stateDirectory, PolicyCompiler compiler) {
    List<PolicyHistory.Entry> entries = new PolicyHistory(stateDirectory, compiler).entries();
    return entries.isEmpty() ? 0 : entries.getLast().version();
  }

  private static Author author(ManagedPolicy managed) {
    return new Author(CONTROLLER, String.join(", ", managed.objects()), "");
  }

  private void rememberFirst(boolean isNew, Author author) {
    try {
      persist(current, baseHash);
      history.begin(current, isNew, author, System.currentTimeMillis());
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

  /** The policy that this process began with. */
  public PolicyVersion first() {
    return first;
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

  /** Of the policy in force, even where a full disk kept it out of the history. */
  PolicyHistory.Entry entryInForce() {
    PolicyVersion now = current;
    PolicyHistory.Entry known = history.entry(now.version());
    return known != null
        ? known
        : new PolicyHistory.Entry(
            now.version(), now.hash(), System.currentTimeMillis(), CONTROLLER, "", now.root());
  }

  /** Where all changes over REST are noted. */
  public AuditLog audit() {
    return audit;
  }

  /** Whether the policy in force is the configured one. */
  public boolean isConfigured() {
    return managed == null && current.hash().equals(baseHash);
  }

  /** The objects that the policy in force was made from; empty where it may be changed here. */
  public List<String> managedBy() {
    ManagedPolicy from = managed;
    return from == null ? List.of() : from.objects();
  }

  /**
   * Puts a policy in force that stands elsewhere, or goes back to a configured one. Without an
   * audit: the change was made, and is noted, where the policy stands.
   *
   * @param next null: {@code configured} again, unless somebody has put another over REST
   * @param base the configured policy as it now is
   * @param use called inside the lock, so that the pipeline sees changes in their order
   * @return what keeps it from being used; then nothing has changed
   */
  public synchronized List<PolicyProblem> manage(
      @Nullable ManagedPolicy next, JsonNode base, Consumer<PolicyVersion> use) {
    ManagedPolicy before = managed;
    if (next == null && before == null && !current.hash().equals(baseHash)) {
      return List.of();
    }
    JsonNode root = next == null ? base : next.root(base);
    return switch (compiler.compile(root, current.set())) {
      case Invalid(var problems) -> problems;
      case Compiled(PolicySet set, var warnings) -> {
        PolicyVersion version =
            new PolicyVersion(current.version() + 1, BodyFormat.hash(root), root, set);
        managed = next;
        baseHash = version.hash();
        if (!version.hash().equals(current.hash())) {
          noteManaged(version, next == null ? AT_START : author(next));
          use.accept(version);
          current = version;
          degraded = null;
          log.info(
              "policy version {} ({}) is in force, of {}",
              version.version(),
              version.hash(),
              next == null ? "the configuration" : next.objects());
        }
        yield List.of();
      }
    };
  }

  /** A full disk must not keep the cluster's policy from acting. */
  private void noteManaged(PolicyVersion version, Author author) {
    try {
      persist(version, version.hash());
      history.add(version, author, System.currentTimeMillis());
    } catch (IOException e) {
      warn(e);
    } catch (UncheckedIOException e) {
      warn(e);
    }
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
    if (!managedBy().isEmpty()) {
      return new PolicyOutcome.Managed(managedBy());
    }
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
      persist(next, baseHash);
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
      persist(current, baseHash);
    } catch (UncheckedIOException e) {
      log.warn("the audit cannot say that version {} was not stored", next.version());
    }
  }

  private void persist(PolicyVersion policy, String base) {
    if (file == null) {
      return;
    }
    try {
      new StoredPolicy(policy.version(), policy.hash(), base, policy.root()).write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
