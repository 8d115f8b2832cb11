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
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
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

  static final String RECONCILE = "controller reconcile";
  private static final long DEBOUNCE_MILLIS = 100;
  private static final long TICK_MILLIS = 5_000;
  private static final Duration COUNTS = Duration.ofSeconds(10);
  private static final Duration TRAFFIC = Duration.ofMinutes(1);
  private static final Duration LAST_WRITES = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Clock clock;
  private final SharedIndexInformer<ClusterSamplingPolicy> clusterPolicies;
  private final SharedIndexInformer<SamplingPolicy> policies;
  private final SharedIndexInformer<SamplingBudget> budgets;
  private final SharedIndexInformer<Namespace> namespaces;
  private final Reconciler reconciler = new Reconciler();
  private final Members members;
  private final Leadership leadership;
  private final @Nullable ServedCertificate certificate;
  private final TokenReviews tokens;
  private final Sidecars sidecars;
  private final StreamServer server;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spanthrift-reconcile").factory());
  private final AtomicBoolean awake = new AtomicBoolean();
  private final AtomicLong reconciliations = new AtomicLong();
  private final AtomicLong statusWrites = new AtomicLong();
  private final AtomicLong statusFailures = new AtomicLong();
  private final Map<String, Instant> written = new ConcurrentHashMap<>();
  private volatile Book book = Book.EMPTY;
  private volatile FleetSummary others = FleetSummary.NONE;
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
    clusterPolicies = client.resources(ClusterSamplingPolicy.class).inform(new Waking<>());
    policies = client.resources(SamplingPolicy.class).inAnyNamespace().inform(new Waking<>());
    budgets = client.resources(SamplingBudget.class).inAnyNamespace().inform(new Waking<>());
    namespaces = client.namespaces().inform(new Spaces());
    // Nobody is told anything before all objects are known: with half of them a sidecar would be
    // told that nothing matches it.
    reconcile();
    certificate =
        options.certificate() == null
            ? null
            : ServedCertificate.start(
                options.certificate(),
                client,
                options.namespace(),
                namespaces.getStore()::list,
                leadership::leads,
                clock);
    server =
        StreamServer.open(
            options.address(),
            certificate == null ? null : certificate::context,
            sidecars,
            tokens);
    leadership.start();
    timer.scheduleWithFixedDelay(
        Guarded.task(TICK, this::tick),
        TICK_MILLIS,
        TICK_MILLIS,
        TimeUnit.MILLISECONDS);
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
    if (awake.compareAndSet(false, true) && !timer.isShutdown()) {
      timer.schedule(
          Guarded.task(RECONCILE, this::reconcile),
          DEBOUNCE_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  private void leads() {
    log.info("this replica {}", leadership.leads() ? "writes status" : "only serves");
    if (certificate != null) {
      certificate.wake();
    }
    wake();
  }

  private void tick() {
    ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
    sidecars.tick();
    members.publish(sidecars.summary(), now);
    if (leadership.leads()) {
      others = members.others(now);
    }
    reconcile();
  }

  /** Everything anew, from what the watches know; by one thread at a time. */
  private synchronized void reconcile() {
    awake.set(false);
    Instant now = clock.instant();
    boolean leads = leadership.leads();
    @Nullable FleetSummary fleet = leads ? fleet() : null;
    Set<String> uids = new HashSet<>();
    List<Runnable> writes = new ArrayList<>();
    int[] wrong = new int[1];
    List<Known.Policy> cluster = new ArrayList<>();
    for (ClusterSamplingPolicy object : clusterPolicies.getStore().list()) {
      cluster.add(policy(object, ClusterSamplingPolicy.class, fleet, now, uids, writes, wrong));
    }
    Map<String, List<Known.Policy>> namespaced = new HashMap<>();
    for (SamplingPolicy object : policies.getStore().list()) {
      namespaced
          .computeIfAbsent(object.getMetadata().getNamespace(), ns -> new ArrayList<>())
          .add(policy(object, SamplingPolicy.class, fleet, now, uids, writes, wrong));
    }
    Map<String, List<Known.Money>> money = new HashMap<>();
    for (SamplingBudget object : budgets.getStore().list()) {
      Reconciler.BudgetResult result = reconciler.budget(object, fleet, now);
      uids.add(Reconciler.uid(object));
      if (result.known() != null) {
        money
            .computeIfAbsent(object.getMetadata().getNamespace(), ns -> new ArrayList<>())
            .add(result.known());
      }
      if (fleet != null) {
        wrong[0] += wrong(result.status().conditions());
        BudgetStatus before = Objects.requireNonNullElse(object.getStatus(), BudgetStatus.NONE);
        if (isDue(object, before, result.status(), Reconciler::isNews, now)) {
          writes.add(() -> write(object, SamplingBudget.class, result.status(), now));
        }
      }
    }
    Map<String, Map<String, String>> labels = new HashMap<>();
    for (Namespace namespace : namespaces.getStore().list()) {
      labels.put(
          namespace.getMetadata().getName(),
          Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()));
    }
    reconciler.retain(uids);
    written.keySet().retainAll(uids);
    invalid = wrong[0];
    behind = sum(fleet, part -> part.matched() - part.running());
    refused = sum(fleet, FleetSummary.Part::refused);
    book = new Book(cluster, namespaced, money, labels);
    // Sidecars first: an API server that is slow keeps nobody's policy back.
    sidecars.reassign();
    writes.forEach(Runnable::run);
    reconciliations.incrementAndGet();
  }

  private static long sum(
      @Nullable FleetSummary fleet, ToLongFunction<FleetSummary.Part> figure) {
    return fleet == null ? 0 : fleet.parts().values().stream().mapToLong(figure).sum();
  }

  /** Whether an object was found that cannot be used. */
  private static int wrong(@Nullable List<Condition> conditions) {
    return conditions != null && conditions.getFirst().getStatus().equals("False") ? 1 : 0;
  }

  private <T extends CustomResource<PolicySpec, PolicyStatus>> Known.Policy policy(
      T object,
      Class<T> type,
      @Nullable FleetSummary fleet,
      Instant now,
      Set<String> uids,
      List<Runnable> writes,
      int[] wrong) {
    Reconciler.PolicyResult result = reconciler.policy(object, fleet, now);
    uids.add(Reconciler.uid(object));
    if (fleet != null) {
      PolicyStatus before = Objects.requireNonNullElse(object.getStatus(), PolicyStatus.NONE);
      if (isDue(object, before, result.status(), Reconciler::isNews, now)) {
        writes.add(() -> write(object, type, result.status(), now));
      }
      wrong[0] += wrong(result.status().conditions());
    }
    return result.known();
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
        wake(); // somebody was faster, and the watch will say what is there now
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
    return clusterPolicies.hasSynced()
        && policies.hasSynced()
        && budgets.hasSynced()
        && namespaces.hasSynced()
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
   * @param certificateExpiry seconds since 1970; 0 before there is one, -1 without TLS
   */
  record Counts(
      Sidecars.Counts sidecars,
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
      boolean leader) {}

  Counts counts() {
    return new Counts(
        sidecars.counts(),
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
        leadership.leads());
  }

  /** Lets the Lease go, ends the streams, then the watches. */
  @Override
  public void close() {
    if (certificate != null) {
      certificate.close();
    }
    leadership.close();
    timer.shutdown();
    try {
      var _ = timer.awaitTermination(LAST_WRITES.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    members.leave();
    server.close();
    tokens.close();
    clusterPolicies.close();
    policies.close();
    budgets.close();
    namespaces.close();
  }
}
