package dev.spanthrift.kubernetes.command;

import dev.spanthrift.kubernetes.admin.AdminPort;
import dev.spanthrift.kubernetes.audit.PodAuditor;
import dev.spanthrift.kubernetes.audit.SkipEvents;
import dev.spanthrift.kubernetes.audit.WebhookReach;
import dev.spanthrift.kubernetes.certificate.CertificateFiles;
import dev.spanthrift.kubernetes.certificate.CertificateKeeper;
import dev.spanthrift.kubernetes.certificate.ServingKeys;
import dev.spanthrift.kubernetes.certificate.WebhookAuthorities;
import dev.spanthrift.kubernetes.injection.PodInjector;
import dev.spanthrift.kubernetes.injection.PodNamespace;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import dev.spanthrift.kubernetes.lease.Leadership;
import dev.spanthrift.kubernetes.task.ProgramTask;
import dev.spanthrift.kubernetes.webhook.AdmissionReviews;
import dev.spanthrift.kubernetes.webhook.InjectorMetrics;
import dev.spanthrift.kubernetes.webhook.NamespaceCache;
import dev.spanthrift.kubernetes.webhook.NamespaceReader;
import dev.spanthrift.kubernetes.webhook.WebhookServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.VersionInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** The running injector: ports, certificate, lease, audit; joined here and nowhere else. */
final class InjectorProgram implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InjectorProgram.class);
  private static final String CERTIFICATE = "certificate";
  private static final String AUDIT = "audit";
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final InjectorMetrics metrics = new InjectorMetrics();
  private final ServingKeys keys = new ServingKeys();
  private final Clock clock = Clock.systemUTC();
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          3, Thread.ofPlatform().daemon().name("spanthrift-injector-", 0).factory());
  private final Deque<AutoCloseable> open = new ArrayDeque<>(); // closed in the order of opening
  private final InjectorCommand options;

  InjectorProgram(InjectorCommand options) {
    this.options = options;
  }

  /** Both ports as they are bound. */
  record Ports(int webhook, int admin) {}

  Ports start(SidecarDefaults given, @Nullable KubernetesClient client) throws IOException {
    if (client == null) {
      return serve(
          new PodInjector(given), name -> null, name -> Mono.empty(), () -> true, null, null);
    }
    SidecarDefaults defaults = given.withNativeSidecars(hasNativeSidecars(client));
    NamespaceCache namespaces = new NamespaceCache(client);
    PodInjector injector = new PodInjector(defaults);
    SkipEvents events = new SkipEvents(client, metrics, clock);
    PodAuditor auditor =
        new PodAuditor(
            client,
            injector,
            namespaces::get,
            new WebhookReach(client, options.configuration),
            events);
    Leadership leadership = lead(client);
    NamespaceReader reader = new NamespaceReader(client, metrics);
    Ports ports =
        serve(injector, namespaces::get, reader::read, namespaces::isReady, events, auditor);
    open.add(reader);
    open.add(namespaces);
    open.add(events);
    if (options.certificate == null) {
      keepCertificate(client, leadership);
    }
    metrics
        .program()
        .counted(
            "watch.failures",
            "Times that the watch of namespaces failed and was begun again.",
            namespaces::failures);
    metrics
        .program()
        .gauge("leader", "1 while this replica leads", () -> leadership.leads() ? 1 : 0);
    for (String reason : PodAuditor.reasons()) {
      metrics
          .program()
          .gauge(
              "pods.without.sidecar",
              "Pods that should have a sidecar and do not, by the leader's last look",
              () -> leadership.leads() ? auditor.last().lacking(reason) : 0,
              "reason",
              reason);
    }
    every(
        AUDIT,
        options.auditEvery(),
        () -> {
          if (leadership.leads() && namespaces.isReady()) {
            auditor.look(clock.instant());
          }
        });
    return ports;
  }

  private Ports serve(
      PodInjector injector,
      Function<String, @Nullable PodNamespace> namespaces,
      Function<String, Mono<PodNamespace>> fresh,
      BooleanSupplier known,
      @Nullable SkipEvents events,
      @Nullable PodAuditor auditor)
      throws IOException {
    if (options.certificate != null && options.key != null) {
      CertificateFiles files = new CertificateFiles(options.certificate, options.key, keys);
      files.look();
      every(CERTIFICATE, LOOK, () -> lookAt(files));
    }
    AdmissionReviews reviews =
        new AdmissionReviews(
            injector,
            namespaces,
            fresh,
            metrics,
            (pod, namespace, reason, words) -> {
              if (events != null) {
                events.tell(pod, namespace, reason.eventWord(), reason.isLack(), words);
              }
            });
    WebhookServer webhook =
        WebhookServer.start(
            options.host, options.port, keys, reviews, metrics, WebhookServer.Limits.DEFAULT);
    open.add(webhook);
    AdminPort admin =
        AdminPort.open(
            new InetSocketAddress(InetAddress.getByName(options.adminHost), options.adminPort),
            metrics.program(),
            () -> lack(known.getAsBoolean()),
            Map.of("/audit", () -> auditor == null ? "{}\n" : auditor.json()));
    open.add(admin);
    metrics.program().gauge("connections", "Connections of the webhook", webhook::connections);
    metrics
        .program()
        .gauge(
            "certificate.expiry",
            "Seconds since 1970 at which the webhook's certificate ends",
            () -> keys.expiry().getEpochSecond());
    return new Ports(webhook.port(), admin.port());
  }

  private String lack(boolean known) {
    if (!known) {
      return "the namespaces are not known yet";
    }
    return clock.instant().isBefore(keys.expiry()) ? "" : "there is no certificate to show yet";
  }

  private static void lookAt(CertificateFiles files) {
    try {
      if (files.look()) {
        log.info("the certificate's files hold another one; it is shown from now on");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the certificate stays as it is", e);
    }
  }

  private Leadership lead(KubernetesClient client) {
    Leadership leadership =
        new Leadership(client, options.namespace(), options.lease, options.self(), () -> {});
    open.add(leadership);
    leadership.start();
    return leadership;
  }

  private void keepCertificate(KubernetesClient client, Leadership leadership) {
    CertificateKeeper keeper =
        new CertificateKeeper(
            client,
            options.namespace(),
            options.secret,
            new WebhookAuthorities(client, options.configuration),
            options.names(),
            options.times(),
            keys);
    every(
        CERTIFICATE,
        CertificateKeeper.BEAT,
        () -> keeper.beat(clock.instant(), leadership.leads()));
    metrics
        .program()
        .gauge(
            "certificate.made",
            "1 while there is a certificate to show",
            () -> Instant.EPOCH.equals(keys.expiry()) ? 0 : 1);
  }

  /** Again and again, whatever happened the time before; failures are counted by its name. */
  private void every(String what, Duration pause, Runnable task) {
    metrics.task(what);
    timer.scheduleWithFixedDelay(
        ProgramTask.guarded(what, task), 1, pause.toSeconds(), TimeUnit.SECONDS);
  }

  /** From 1.29 on; init containers that keep running would else never let the pod start. */
  private static boolean hasNativeSidecars(KubernetesClient client) {
    VersionInfo version = client.getKubernetesVersion();
    String minor = String.valueOf(version.getMinor()).replaceAll("[^0-9].*", "");
    boolean has =
        !"1".equals(version.getMajor()) || minor.isEmpty() || Integer.parseInt(minor) >= 29;
    if (!has) {
      log.warn("the cluster is older than 1.29: no pod will get a sidecar");
    }
    return has;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.removeFirst().close();
      } catch (Exception e) {
        log.warn("while stopping: {}", e.toString());
      }
    }
    timer.shutdownNow();
  }
}
