package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.ControllerSettings;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.policy.ManagedPolicy;
import dev.spanthrift.agent.pipeline.ControllerStatus;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in force what the objects of Kubernetes say, and remembers it for when the controller is
 * away. What cannot be used is refused whole, said to the controller, and changes nothing.
 */
public final class PolicySource implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PolicySource.class);

  /** The running program, as far as objects manage it; called by one thread. */
  public interface Target {
    /**
     * Says whether budgets could be used, and changes nothing.
     *
     * @return why not; null when they can
     */
    @Nullable String lackOf(List<BudgetSettings> budgets);

    /**
     * Puts a policy in force.
     *
     * @param policy null: the configured one
     * @param budgeted whether there are budgets, which then choose what no policy decides
     * @return what keeps it from being used; then nothing has changed
     */
    List<PolicyProblem> policy(@Nullable ManagedPolicy policy, boolean budgeted);

    /**
     * Puts budgets in force that {@link #lackOf} found nothing wrong with.
     *
     * @param budgets null: the configured ones
     */
    void budgets(@Nullable List<BudgetSettings> budgets);

    /** Counts and money as they are now. */
    SidecarReport report(String hash, @Nullable String refused, List<String> refusedObjects);
  }

  /** Says whether a bundle that was found at the start can be used. */
  public interface Trial {
    /**
     * Looks without changing anything.
     *
     * @return why it cannot be used; null when it can
     */
    @Nullable String lackOf(Bundle bundle);
  }

  /**
   * What a process begins with.
   *
   * @param copy {@code disk}, {@code bootstrap} or {@code none}
   */
  public record First(Bundle bundle, String copy) {
    /** Null: the configured one. */
    public @Nullable ManagedPolicy policy() {
      return managed(bundle);
    }

    /** Null: the configured ones. */
    public @Nullable List<BudgetSettings> budgets() {
      return bundle.budgets() == null ? null : checked(bundle);
    }

    private static List<BudgetSettings> checked(Bundle bundle) {
      try {
        return bundle.budgetSettings();
      } catch (SettingsException e) {
        throw new IllegalStateException("a bundle that was tried before", e);
      }
    }
  }

  private final ControllerSettings settings;
  private final BundleFile file;
  private final Target managed;
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final ControllerStream stream;
  private volatile Bundle inForce;
  private volatile String hash;
  private volatile String copy;
  private volatile @Nullable BundleRefusal refusal;
  private volatile @Nullable String lastError;
  private volatile boolean connected;
  private volatile Instant since = Instant.now();

  private PolicySource(
      ControllerSettings settings, BundleFile file, First first, Target managed, String version) {
    this.settings = settings;
    this.file = file;
    this.managed = managed;
    inForce = first.bundle();
    copy = first.copy();
    hash = hash(first);
    stream = new ControllerStream(settings, this, version);
  }

  /** What a bootstrap file says was not sent by anybody: have nothing, and be told. */
  private static String hash(First first) {
    return first.copy().equals("disk") ? first.bundle().hash() : "";
  }

  /** Reads the last good copy, else what is mounted for a cold start; never waits for anybody. */
  public static First first(SpanthriftSettings settings, Trial trial) {
    Bundle disk = new BundleFile(settings.stateDir()).read();
    if (disk != null && usable(disk, "the last good copy", trial)) {
      return new First(disk, "disk");
    }
    Bundle mounted = BundleFile.bootstrap(settings.controller().bootstrapFile());
    if (mounted != null && usable(mounted, "controller.bootstrapFile", trial)) {
      return new First(mounted, "bootstrap");
    }
    return new First(Bundle.EMPTY, "none");
  }

  private static boolean usable(Bundle bundle, String what, Trial trial) {
    String lack = trial.lackOf(bundle);
    if (lack != null) {
      log.warn("{} cannot be used: {}", what, lack);
    }
    return lack == null;
  }

  /** Connects, and goes on until it is closed. */
  public static PolicySource start(
      SpanthriftSettings settings, First first, Target managed, String version) {
    PolicySource source =
        new PolicySource(
            settings.controller(), new BundleFile(settings.stateDir()), first, managed, version);
    source.stream.start();
    return source;
  }

  /** Whether a bundle's policy compiles and its budgets can be read. */
  public static @Nullable String lack(Bundle bundle, SpanthriftSettings settings) {
    if (bundle.policy() != null
        && PolicyCompilation.of(bundle.policy(), null, settings)
            instanceof PolicyCompilation.Invalid(var problems)) {
      return words(problems);
    }
    try {
      bundle.budgetSettings();
      return null;
    } catch (SettingsException e) {
      return words(e);
    }
  }

  private static String words(List<PolicyProblem> problems) {
    return problems.stream()
        .map(problem -> problem.pointer() + ": " + problem.detail())
        .collect(Collectors.joining("; "));
  }

  private static String words(SettingsException e) {
    return e.problems().stream().map(Object::toString).collect(Collectors.joining("; "));
  }

  private static @Nullable ManagedPolicy managed(Bundle bundle) {
    return bundle.policy() == null || bundle.policyObjects().isEmpty()
        ? null
        : new ManagedPolicy(bundle.policy(), bundle.beside(), bundle.policyObjects());
  }

  // The stream's thread alone calls these.

  void connected() {
    connected = true;
    since = Instant.now();
    connections.incrementAndGet();
  }

  void disconnected(String why) {
    if (connected) {
      since = Instant.now();
    }
    connected = false;
    if (!why.equals(lastError)) {
      log.warn("the controller at {}: {}; what is in force stays", settings.url(), why);
    }
    lastError = why;
  }

  /** Puts in force what came. */
  void take(String sentHash, Bundle bundle) {
    BundleRefusal lack =
        sentHash.equals(bundle.hash())
            ? apply(bundle)
            : new BundleRefusal("content and hash differ", List.of());
    refusal = lack;
    if (lack != null) {
      log.warn("what the controller sent is not put in force: {}", lack.why());
      return;
    }
    changes.incrementAndGet();
    inForce = bundle;
    hash = sentHash;
    copy = "controller";
    file.write(bundle);
    log.info(
        "in force, of the controller: {}; budgets: {}",
        orConfigured(bundle.policyObjects()),
        orConfigured(bundle.budgetObjects()));
  }

  private static Object orConfigured(List<String> objects) {
    return objects.isEmpty() ? "the configured one" : objects;
  }

  private @Nullable BundleRefusal apply(Bundle bundle) {
    List<BudgetSettings> budgets;
    try {
      budgets = bundle.budgets() == null ? null : bundle.budgetSettings();
    } catch (SettingsException e) {
      return BundleRefusal.ofBudgets(words(e), e, bundle);
    }
    String lack = budgets == null ? null : managed.lackOf(budgets);
    if (lack != null) {
      return new BundleRefusal(lack, bundle.budgetObjects());
    }
    boolean budgeted = budgets != null && !budgets.isEmpty();
    List<PolicyProblem> problems = managed.policy(managed(bundle), budgeted);
    if (!problems.isEmpty()) {
      return BundleRefusal.ofPolicy(words(problems), problems, bundle);
    }
    managed.budgets(budgets);
    return null;
  }

  /** What is in force is what the controller has. */
  void same() {
    refusal = null;
    copy = "controller";
  }

  String have() {
    return hash;
  }

  SidecarReport report() {
    BundleRefusal now = refusal;
    return managed.report(
        hash, now == null ? null : now.why(), now == null ? List.of() : now.objects());
  }

  /** For REST and page; any thread. */
  public ControllerStatus status() {
    Bundle bundle = inForce;
    BundleRefusal lately = refusal;
    return new ControllerStatus(
        Objects.toString(settings.url()),
        connected,
        since,
        copy,
        hash,
        bundle.policyObjects(),
        bundle.budgetObjects(),
        lately == null ? null : lately.why(),
        lastError,
        connections.get(),
        changes.get());
  }

  @Override
  public void close() {
    stream.close();
  }
}
