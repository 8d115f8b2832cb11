package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.lease.Leadership;
import dev.spanthrift.kubernetes.stream.FleetSummary;
import dev.spanthrift.kubernetes.stream.Sidecars;
import dev.spanthrift.kubernetes.stream.StreamServer;
import dev.spanthrift.kubernetes.stream.TokenReviews;
import dev.spanthrift.kubernetes.task.ProgramTask;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running controller, its parts and threads: objects come by watches, go through {@link
 * Reconciliation} and out to sidecars; who holds the Lease writes their status.
 */
public final class Controller implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Controller.class);

  /** Names of the tasks whose failures are counted. */
  static final String TICKS = "controller tick";

  static final String BEAT = "controller beat";

  static final String PUBLISH = "controller publish";
  static final String OTHERS = "controller others";
  static final String RECONCILE = "controller reconcile";

  private static final long DEBOUNCE_MILLIS = 100;
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration LAST_WRITES = Duration.ofSeconds(3);

  private final Clock clock;
  private final ObjectWatches watches;
  private final StatusWriter statuses;
  private final Reconciliation reconciliation;
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
  private volatile boolean begun;
  private volatile Reconciliation.Outcome outcome = Reconciliation.Outcome.NONE;
  private volatile FleetSummary others = FleetSummary.NONE;
  private volatile boolean othersKnown;

  private Controller(
      KubernetesClient client,
      ControllerOptions options,
      Clock clock,
      LongSupplier nanos,
      Duration tick) {
    this.clock = clock;
    tokens =
        new TokenReviews(
            options.audience(), review -> client.resource(review).create(), System::nanoTime);
    sidecars =
        new Sidecars(pod -> outcome.book().assign(pod), options.sidecarsMax(), System::nanoTime);
    members = new Members(client, options.namespace(), options.identity());
    leadership =
        new Leadership(
            client, options.namespace(), options.lease(), options.identity(), this::leads);
    watches = new ObjectWatches(client, this::wake, this::spaceAdded);
    statuses = new StatusWriter(client);
    reconciliation = new Reconciliation(watches, statuses, new Reconciler(nanos));
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
                watches::namespaces,
                leadership::leads,
                clock);
    server =
        StreamServer.open(
            options.address(), certificate == null ? null : certificate::context, sidecars, tokens);
    leadership.start();
    long pause = tick.toMillis();
    // Beats ask nobody: an API server that hangs must not cut the streams.
    beats.scheduleWithFixedDelay(
        ProgramTask.guarded(BEAT, sidecars::tick), pause, pause, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        ProgramTask.guarded(TICKS, this::tick), pause, pause, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts; returns when all objects are known and sidecars are served.
   *
   * @throws RuntimeException when the API server does not answer, the certificate's files cannot be
   *     used, or the port cannot be opened
   */
  public static Controller start(KubernetesClient client, ControllerOptions options) {
    return start(client, options, Clock.systemUTC(), System::nanoTime, TICK);
  }

  /**
   * The same with another clock, and other pauses between looks.
   *
   * @param nanos by which durations are measured, whatever the clock is set to
   */
  static Controller start(
      KubernetesClient client,
      ControllerOptions options,
      Clock clock,
      LongSupplier nanos,
      Duration tick) {
    return new Controller(client, options, clock, nanos, tick);
  }

  /** A namespace that is new has to learn whom its sidecars may believe. */
  private void spaceAdded() {
    ServedCertificate known = certificate;
    if (known != null) { // else it is told of all of them when it begins
      known.wake();
    }
  }

  /** Reconciles soon; what else changes until then is in it. */
  private void wake() {
    // While the first watches begin the others are not there yet; then all is looked at anyway.
    if (begun && awake.compareAndSet(false, true) && !timer.isShutdown()) {
      timer.schedule(
          ProgramTask.guarded(RECONCILE, this::reconcile), DEBOUNCE_MILLIS, TimeUnit.MILLISECONDS);
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
    ProgramTask.guarded(PUBLISH, () -> members.publish(sidecars.summary(), now)).run();
    if (leadership.leads()) {
      ProgramTask.guarded(OTHERS, () -> readOthers(now)).run();
    }
    ProgramTask.guarded(RECONCILE, this::reconcile).run();
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
      ProgramTask.guarded(OTHERS, () -> readOthers(now.atZone(ZoneOffset.UTC))).run();
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
    outcome = reconciliation.look(led(now), now);
    // Sidecars first: an API server that is slow keeps nobody's policy back.
    sidecars.reassign();
    outcome.writes().forEach(Runnable::run);
    reconciliations.incrementAndGet();
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
    return watches.areCurrent() && (certificate == null || certificate.isReady());
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
   * @param watchFailures times that a watch failed and was begun again
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
    Reconciliation.Outcome known = outcome;
    return new Counts(
        sidecars.counts(),
        server.connections().open(),
        server.connections().full(),
        server.connections().mute(),
        server.refused(),
        server.unasked(),
        tokens.asked(),
        reconciliations.get(),
        statuses.writes(),
        statuses.failures(),
        known.invalid(),
        known.behind(),
        known.refused(),
        reconciliation.unreadable(),
        certificate == null ? 0 : certificate.writes(),
        certificate == null ? 0 : certificate.writeFailures(),
        certificate == null ? -1 : certificate.expiry().getEpochSecond(),
        watches.failures() + (certificate == null ? 0 : certificate.watchFailures()),
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
    watches.close();
  }
}
