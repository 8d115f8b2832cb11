package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.certificate.CertificateFiles;
import dev.spanthrift.kubernetes.certificate.CertificateKeeper;
import dev.spanthrift.kubernetes.certificate.ServingKeys;
import dev.spanthrift.kubernetes.task.ProgramTask;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of the port for sidecars, looked after by a thread of its own, so that an API
 * server that hangs keeps nobody's policy back. Each handshake takes what is there.
 */
final class ServedCertificate implements AutoCloseable {
  /** Name of the task whose failures are counted. */
  static final String TASK = "controller certificate";

  private static final Duration FILES = Duration.ofSeconds(10);

  private final ServingKeys keys = new ServingKeys();
  private final SslContext context;
  private final Clock clock;
  private final @Nullable AuthorityConfigMaps published;
  private final Runnable look;
  private final Runnable beat;
  private final Duration pause;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spanthrift-certificate").factory());

  private ServedCertificate(
      CertificateOptions options,
      KubernetesClient client,
      String namespace,
      Supplier<List<Namespace>> namespaces,
      BooleanSupplier leads,
      Clock clock)
      throws SSLException {
    this.clock = clock;
    // The JDK's TLS asks the key manager at each handshake; OpenSSL would have asked it once.
    context = SslContextBuilder.forServer(keys).sslProvider(SslProvider.JDK).build();
    switch (options) {
      case CertificateOptions.Own own -> {
        AuthorityConfigMaps maps = new AuthorityConfigMaps(client, own.configMap(), namespaces);
        CertificateKeeper keeper =
            new CertificateKeeper(
                client, namespace, own.secret(), maps, own.names(), own.times(), keys);
        published = maps;
        look = () -> keeper.tick(clock.instant(), leads.getAsBoolean());
        beat = () -> keeper.beat(clock.instant(), leads.getAsBoolean());
        pause = CertificateKeeper.BEAT;
      }
      case CertificateOptions.Files files -> {
        CertificateFiles pair = new CertificateFiles(files.chain(), files.key(), keys);
        again(pair); // what cannot be used ends the start
        published = null;
        look = () -> again(pair);
        beat = look;
        pause = FILES;
      }
    }
  }

  /**
   * Shows what the files hold, or what is made as soon as a replica leads.
   *
   * @param namespaces as they are known now
   * @param leads whether this replica may change the authority
   * @throws UncheckedIOException when files cannot be used
   */
  static ServedCertificate start(
      CertificateOptions options,
      KubernetesClient client,
      String namespace,
      Supplier<List<Namespace>> namespaces,
      BooleanSupplier leads,
      Clock clock) {
    ServedCertificate certificate;
    try {
      certificate = new ServedCertificate(options, client, namespace, namespaces, leads, clock);
    } catch (SSLException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
    certificate.timer.scheduleWithFixedDelay(
        ProgramTask.guarded(TASK, certificate.beat),
        0,
        certificate.pause.toMillis(),
        TimeUnit.MILLISECONDS);
    return certificate;
  }

  private static void again(CertificateFiles pair) {
    try {
      pair.look();
    } catch (IOException e) {
      throw new UncheckedIOException("the certificate cannot be read", e);
    }
  }

  /** Looks soon: this replica leads now, or there is another namespace. */
  void wake() {
    if (published != null && !timer.isShutdown()) {
      timer.execute(ProgramTask.guarded(TASK, look));
    }
  }

  SslContext context() {
    return context;
  }

  /** Until when it holds; {@link Instant#EPOCH} before there is one. */
  Instant expiry() {
    return keys.expiry();
  }

  boolean isReady() {
    return clock.instant().isBefore(keys.expiry()) && (published == null || published.isReady());
  }

  /** Times that a watch of its own failed and was begun again. */
  long watchFailures() {
    return published == null ? 0 : published.watchFailures();
  }

  /** ConfigMaps written with its authorities. */
  long writes() {
    return published == null ? 0 : published.writes();
  }

  /** ConfigMaps that could not be written. */
  long writeFailures() {
    return published == null ? 0 : published.failures();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    if (published != null) {
      published.close();
    }
  }
}
