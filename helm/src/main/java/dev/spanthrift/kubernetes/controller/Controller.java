package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.kubernetes.lease.Leadership;
import dev.spanthrift.kubernetes.objects.BudgetStatus;
import dev.spanthrift.kubernetes.objects.ClusterSamplingPolicy;
import dev.spanthrift.kubernetes.objects.ObjectKey;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import dev.spanthrift.kubernetes.objects.SamplingBudget;
import dev.spanthrift.kubernetes.objects.SamplingPolicy;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import dev.spanthrift.kubernetes.stream.Sidecars;
import dev.spanthrift.kubernetes.stream.StreamServer;
import dev.spanthrift.kubernetes.stream.TokenReviews;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running controller: reads objects by four watches, serves sidecars, writes status where it
 * holds the Lease.
 */
public final class Controller implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Controller.class);

  /** Names of the tasks whose failures are counted. */
  static final String TICK = "controller tick";

  static final String BEAT = "controller beat";

  static final String PUBLISH = "controller publish";
  static final String OTHERS = "controller others";
  static final String RECONCILE = "controller reconcile";

  /** One object of a reconciliation; the others go on. */
  static final String OBJECT = "controller object";

  private static final long DEBOUNCE_MILLIS = 100;
  private static final long TICK_MILLIS = 5_000;
  private static final Duration COUNTS = Duration.ofSeconds(10);
  private static final Duration TRAFFIC = Duration.ofMinutes(1);
  private static final Duration LAST_WRITES = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Clock clock;
  private final Watch<ClusterSamplingPolicy> clusterPolicies;
  private final Watch<SamplingPolicy> policies;
  private final Watch<SamplingBudget> budgets;
  private final Watch<Namespace> namespaces;
  private final List<Watch<?>> watches;
  private final Reconciler reconciler = new Reconciler();
  private final BundleCheck check = new BundleCheck();
  private final Members members;
  private final Leadership leadership;
  private final @Nullable ServedCertificate certificate;
  private final TokenReviews tokens;
  private final Sidecars sidecars;
  private final StreamServer server;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spanthrift-reconcile").factory());
  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spanthrift-beat").factory());
  private final AtomicBoolean awake = new AtomicBoolean();
  private final AtomicLong reconciliations = new AtomicLong();
  private final AtomicLong statusWrites = new AtomicLong();
  private final AtomicLong statusFailures = new AtomicLong();
  private final Map<String, Instant> written = new ConcurrentHashMap<>();
  private final Map<String, Known.Policy> servedPolicies = new HashMap<>(); // by uid
  private final Map<String, Known.Money> servedBudgets = new HashMap<>();
  private volatile boolean begun;
  private volatile Book book = Book.EMPTY;
  private volatile FleetSummary others = FleetSummary.NONE;
  private volatile boolean othersKnown;
  private volatile int invalid;
  private volatile long behind;
  private volatile long refused;

  private Controller(KubernetesClient client, ControllerOptions options, Clock clock) {
    this.client = client;
    this.clock = clock;
    tokens =
        new TokenReviews(
            options.audience(), review -> client.resource(review).create(), System::nanoTime);
    sidecars = new Sidecars(pod -> book.assign(pod), options.sidecarsMax(), System::nanoTime);
    members = new Members(client, options.namespace(), options.identity());
    leadership =
        new Leadership(
            client, options.namespace(), options.lease(), options.identity(), this::leads);
    clusterPolicies = new Watch<>(client.resources(ClusterSamplingPolicy.class), new Waking<>());
    policies = new Watch<>(client.resources(SamplingPolicy.class).inAnyNamespace(), new Waking<>());
    budgets = new Watch<>(client.resources(SamplingBudget.class).inAnyNamespace(), new Waking<>());
    namespaces = new Watch<>(client.namespaces(), new Spaces());
    watches = List.of(clusterPolicies, policies, budgets, namespaces);
    // Nobody is told anything before all objects are known: with half of them a sidecar would be
    // told that nothing matches it.
    begun = true;
    reconcile();
    certificate =
        options.certificate() == null
            ? null
            : ServedCertificate.start(
                options.certificate(),
                client,
                options.namespace(),
                namespaces::list,
                leadership::leads,
                clock);
    server =
        StreamServer.open(
            options.address(), certificate == null ? null : certificate::context, sidecars, tokens);
    leadership.start();
    // Beats ask nobody: an API server that hangs must not cut the streams.
    beats.scheduleWithFixedDelay(
        Guarded.task(BEAT, sidecars::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        Guarded.task(TICK, this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts; returns when all objects are known and sidecars are served.
   *
   * @throws RuntimeException when the API server does not answer, the certificate's files cannot be
   *     used, or the port cannot be opened
   */
  public static Controller start(KubernetesClient client, ControllerOptions options) {
    return new Controller(client, options, Clock.systemUTC());
  }

  /** Something has changed. */
  private class Waking<T extends HasMetadata> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      wake();
    }

    @Override
    public void onUpdate(T before, T object) {
      wake();
    }

    @Override
    public void onDelete(T object, boolean unknown) {
      wake();
    }
  }

  /** A namespace that is new has to learn whom its sidecars may believe. */
  private final class Spaces extends Waking<Namespace> {
    @Override
    public void onAdd(Namespace namespace) {
      super.onAdd(namespace);
      ServedCertificate known = certificate;
      if (known != null) { // else it is told of all of them when it begins
        known.wake();
      }
    }
  }

  /** Reconciles soon; what else changes until then is in it. */
  private void wake() {
    // While the first watches begin the others are not there yet; then all is looked at anyway.
    if (begun && awake.compareAndSet(false, true) && !timer.isShutdown()) {
      timer.schedule(
          Guarded.task(RECONCILE, this::reconcile), DEBOUNCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void leads() {
    log.info("this replica {}", leadership.leads() ? "writes status" : "only serves");
    if (certificate != null) {
      certificate.wake();
    }
    wake();
  }

  /** Each step by itself: an API server that refuses one must not keep the others back. */
  private void tick() {
    ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
    Guarded.task(PUBLISH, () -> members.publish(sidecars.summary(), now)).run();
    if (leadership.leads()) {
      Guarded.task(OTHERS, () -> readOthers(now)).run();
    }
    Guarded.task(RECONCILE, this::reconcile).run();
  }

  /**
   * How all sidecars are, where this replica leads. Who has just begun to lead asks the others
   * first: by its own sidecars alone budgets would be divided among too few.
   */
  private @Nullable FleetSummary led(Instant now) {
    if (!leadership.leads()) {
      others = FleetSummary.NONE;
      othersKnown = false;
      return null;
    }
    if (!othersKnown) {
      Guarded.task(OTHERS, () -> readOthers(now.atZone(ZoneOffset.UTC))).run();
    }
    return othersKnown ? fleet() : null;
  }

  private void readOthers(ZonedDateTime now) {
    others = members.others(now);
    othersKnown = true;
  }

  /** Everything anew, from what the watches know; by one thread at a time. */
  private synchronized void reconcile() {
    awake.set(false);
    Instant now = clock.instant();
    @Nullable FleetSummary fleet = led(now);
    Set<String> uids = new HashSet<>();
    List<Runnable> writes = new ArrayList<>();
    int[] wrong = new int[1];
    List<Known.Policy> cluster = new ArrayList<>();
    for (ClusterSamplingPolicy object : clusterPolicies.list()) {
      policy(object, ClusterSamplingPolicy.class, fleet, now, uids, writes, wrong, cluster);
    }
    Map<String, List<Known.Policy>> namespaced = new HashMap<>();
    for (SamplingPolicy object : policies.list()) {
      List<Known.Policy> of =
          namespaced.computeIfAbsent(object.getMetadata().getNamespace(), ns -> new ArrayList<>());
      policy(object, SamplingPolicy.class, fleet, now, uids, writes, wrong, of);
    }
    Map<String, List<Known.Money>> money = new HashMap<>();
    for (SamplingBudget object : budgets.list()) {
      String uid = Reconciler.uid(object);
      uids.add(uid);
      guarded(object, () -> budget(object, fleet, now, writes, wrong));
      Known.Money known = servedBudgets.get(uid);
      if (known != null) {
        money
            .computeIfAbsent(object.getMetadata().getNamespace(), ns -> new ArrayList<>())
            .add(known);
      }
    }
    Map<String, Map<String, String>> labels = new HashMap<>();
    for (Namespace namespace : namespaces.list()) {
      labels.put(
          namespace.getMetadata().getName(),
          Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()));
    }
    reconciler.retain(uids);
    servedPolicies.keySet().retainAll(uids);
    servedBudgets.keySet().retainAll(uids);
    written.keySet().retainAll(uids);
    invalid = wrong[0];
    behind = sum(fleet, part -> part.matched() - part.running());
    refused = sum(fleet, FleetSummary.Part::refused);
    book = new Book(cluster, namespaced, money, labels, check);
    // Sidecars first: an API server that is slow keeps nobody's policy back.
    sidecars.reassign();
    writes.forEach(Runnable::run);
    reconciliations.incrementAndGet();
  }

  private static long sum(@Nullable FleetSummary fleet, ToLongFunction<FleetSummary.Part> figure) {
    return fleet == null ? 0 : fleet.parts().values().stream().mapToLong(figure).sum();
  }

  /** Whether an object was found that cannot be used. */
  private static int wrong(@Nullable List<Condition> conditions) {
    return conditions != null && conditions.getFirst().getStatus().equals("False") ? 1 : 0;
  }

  /** What fails for one object is counted, and what was served of it before goes on. */
  private static void guarded(HasMetadata object, Runnable step) {
    Guarded.task(
            OBJECT,
            () -> {
              try {
                step.run();
              } catch (RuntimeException e) {
                throw new IllegalStateException(ObjectKey.of(object).toString(), e);
              }
            })
        .run();
  }

  private <T extends CustomResource<PolicySpec, PolicyStatus>> void policy(
      T object,
      Class<T> type,
      @Nullable FleetSummary fleet,
      Instant now,
      Set<String> uids,
      List<Runnable> writes,
      int[] wrong,
      List<Known.Policy> known) {
    String uid = Reconciler.uid(object);
    uids.add(uid);
    guarded(
        object,
        () -> {
          Reconciler.PolicyResult result = reconciler.policy(object, fleet, now);
          servedPolicies.put(uid, result.known());
          if (fleet != null) {
            PolicyStatus before = Objects.requireNonNullElse(object.getStatus(), PolicyStatus.NONE);
            if (isDue(object, before, result.status(), Reconciler::isNews, now)) {
              writes.add(() -> guarded(object, () -> write(object, type, result.status(), now)));
            }
            wrong[0] += wrong(result.status().conditions());
          }
        });
    Known.Policy served = servedPolicies.get(uid);
    if (served != null) {
      known.add(served);
    }
  }

  private void budget(
      SamplingBudget object,
      @Nullable FleetSummary fleet,
      Instant now,
      List<Runnable> writes,
      int[] wrong) {
    Reconciler.BudgetResult result = reconciler.budget(object, fleet, now);
    if (result.known() == null) {
      servedBudgets.remove(Reconciler.uid(object));
    } else {
      servedBudgets.put(Reconciler.uid(object), result.known());
    }
    if (fleet != null) {
      wrong[0] += wrong(result.status().conditions());
      BudgetStatus before = Objects.requireNonNullElse(object.getStatus(), BudgetStatus.NONE);
      if (isDue(object, before, result.status(), Reconciler::isNews, now)) {
        writes.add(
            () -> guarded(object, () -> write(object, SamplingBudget.class, result.status(), now)));
      }
    }
  }

  /** News at once, counts every ten seconds, traffic every minute: etcd is no time series. */
  private <S> boolean isDue(
      HasMetadata object, S before, S after, BiPredicate<S, S> isNews, Instant now) {
    if (isNews.test(before, after)) {
      return true;
    }
    Instant last = written.getOrDefault(Reconciler.uid(object), Instant.EPOCH);
    boolean counted =
        before instanceof PolicyStatus one
            && after instanceof PolicyStatus other
            && Objects.equals(one.sidecars(), other.sidecars())
            && Objects.equals(one.matched(), other.matched());
    return !before.equals(after) && !now.isBefore(last.plus(counted ? TRAFFIC : COUNTS));
  }

  private <S, T, O extends CustomResource<S, T>> void write(
      O object, Class<O> type, T status, Instant now) {
    written.put(Reconciler.uid(object), now);
    try {
      // On a copy: the one in the informer's store is everybody's.
      O copy = client.getKubernetesSerialization().clone(object);
      copy.setStatus(status);
      client.resource(copy).updateStatus();
      statusWrites.incrementAndGet();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        // Somebody was faster; the watch will say what is there now, and that wakes us.
        log.debug("status of {} has changed meanwhile", ObjectKey.of(object));
      } else {
        statusFailures.incrementAndGet();
        log.warn("status of {} cannot be written: {}", ObjectKey.of(object), e.getMessage());
      }
    }
  }

  /** How the sidecars of all replicas are; of the others only where this one leads. */
  public FleetSummary fleet() {
    return sidecars.summary().plus(others);
  }

  public boolean isLeader() {
    return leadership.leads();
  }

  /** Where sidecars are served. */
  public int port() {
    return server.port();
  }

  /** Whether the watches run, and there is a certificate to show. */
  public boolean isReady() {
    Instant now = clock.instant();
    return watches.stream().allMatch(watch -> watch.isCurrent(now))
        && (certificate == null || certificate.isReady());
  }

  /**
   * Counts since start.
   *
   * @param invalid policies and budgets that cannot be used now, as far as this replica leads
   * @param behind sidecars that match a policy or budget and do not run it, likewise
   * @param refused sidecars that said that they cannot use it, likewise
   * @param unreadable times that what a status says was applied could not be read
   * @param authorities ConfigMaps written with the certificate's authorities
   * @param authorityFailures those that could not be written
   * @param watchFailures times that a watch ended and was begun again
   * @param summaryCut whether the last summary for the other replicas lacked entries
   * @param certificateExpiry seconds since 1970; 0 before there is one, -1 without TLS
   */
  record Counts(
      Sidecars.Counts sidecars,
      int connections,
      long connectionsFull,
      long connectionsMute,
      long tokensRefused,
      long tokensUnasked,
      long tokenReviews,
      long reconciliations,
      long statusWrites,
      long statusFailures,
      int invalid,
      long behind,
      long refused,
      long unreadable,
      long authorities,
      long authorityFailures,
      long certificateExpiry,
      long watchFailures,
      boolean summaryCut,
      boolean leader) {}

  Counts counts() {
    return new Counts(
        sidecars.counts(),
        server.connections().open(),
        server.connections().full(),
        server.connections().mute(),
        server.refused(),
        server.unasked(),
        tokens.asked(),
        reconciliations.get(),
        statusWrites.get(),
        statusFailures.get(),
        invalid,
        behind,
        refused,
        reconciler.unreadable(),
        certificate == null ? 0 : certificate.writes(),
        certificate == null ? 0 : certificate.writeFailures(),
        certificate == null ? -1 : certificate.expiry().getEpochSecond(),
        watches.stream().mapToLong(Watch::failures).sum()
            + (certificate == null ? 0 : certificate.watchFailures()),
        members.isCut(),
        leadership.leads());
  }

  /** Lets the Lease go, ends the streams, then the watches. */
  @Override
  public void close() {
    if (certificate != null) {
      certificate.close();
    }
    leadership.close();
    beats.shutdown();
    timer.shutdown();
    try {
      var _ = timer.awaitTermination(LAST_WRITES.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    members.leave();
    server.close();
    tokens.close();
    watches.forEach(Watch::close);
  }
}
