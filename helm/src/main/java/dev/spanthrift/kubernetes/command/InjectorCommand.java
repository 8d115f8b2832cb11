package dev.spanthrift.kubernetes.command;

import dev.spanthrift.agent.command.option.EndSignals;
import dev.spanthrift.kubernetes.certificate.Keyring;
import dev.spanthrift.kubernetes.controller.ObjectClient;
import dev.spanthrift.kubernetes.injection.SidecarDefaults;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spanthrift injector}. */
@Command(
    name = "injector",
    description = {
      "Serves the admission webhook that gives pods their sidecar.",
      "Makes and rotates its own certificate, and writes the authority into the webhook's"
          + " configuration; with --tls-cert it reads one instead."
    })
final class InjectorCommand implements Callable<Integer> {
  private final ClusterContext context;

  @Mixin SidecarOptions sidecar = new SidecarOptions();

  @Option(
      names = "--host",
      description = "Address of the webhook; 0.0.0.0 in a cluster. Default: ${DEFAULT-VALUE}",
      defaultValue = "127.0.0.1")
  String host = "";

  @Option(
      names = "--port",
      description = "Port of the webhook; 0 takes any. Default: ${DEFAULT-VALUE}",
      defaultValue = "8443")
  int port;

  @Option(
      names = "--admin-host",
      description = "Address of health and metrics. Default: ${DEFAULT-VALUE}",
      defaultValue = "127.0.0.1")
  String adminHost = "";

  @Option(
      names = "--admin-port",
      description = "Port of health and metrics; 0 takes any. Default: ${DEFAULT-VALUE}",
      defaultValue = "4321")
  int adminPort;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Service by which the API server calls. Default: ${DEFAULT-VALUE}",
      defaultValue = "spanthrift-injector")
  String service = "";

  @Option(
      names = "--dns-name",
      paramLabel = "NAME",
      description = "Further names or addresses for the certificate. Default: none")
  List<String> dnsNames = new ArrayList<>();

  @Option(
      names = "--configuration",
      paramLabel = "NAME",
      description = "MutatingWebhookConfiguration to write to. Default: ${DEFAULT-VALUE}",
      defaultValue = "spanthrift")
  String configuration = "";

  @Option(
      names = "--secret",
      paramLabel = "NAME",
      description = "Secret with the authority of all replicas. Default: ${DEFAULT-VALUE}",
      defaultValue = "spanthrift-injector-ca")
  String secret = "";

  @Option(
      names = "--lease",
      paramLabel = "NAME",
      description = "Lease by which one replica leads. Default: ${DEFAULT-VALUE}",
      defaultValue = "spanthrift-injector")
  String lease = "";

  @Option(
      names = "--ca-lifetime",
      paramLabel = "TIME",
      description = "How long an authority lasts, such as 90d or 12h. Default: ${DEFAULT-VALUE}",
      defaultValue = "90d")
  String caLifetime = "";

  @Option(
      names = "--ca-overlap",
      paramLabel = "TIME",
      description =
          "Time between announcing and using a new authority, and until the old one is forgotten."
              + " Default: ${DEFAULT-VALUE}",
      defaultValue = "1h")
  String caOverlap = "";

  @Option(
      names = "--audit-every",
      paramLabel = "TIME",
      description = "Time between two looks at all pods. Default: ${DEFAULT-VALUE}",
      defaultValue = "60s")
  String auditEvery = "";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Certificate chain that somebody else rotates, PEM. Default: none")
  @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its private key, PEM. Default: none")
  @Nullable Path key;

  @Option(
      names = "--no-cluster",
      description =
          "Asks no API server: no lease, no audit, no annotations of namespaces; needs --tls-cert."
              + " Default: off")
  boolean alone;

  InjectorCommand(ClusterContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    try {
      SidecarDefaults defaults = sidecar.read(context);
      check();
      KubernetesClient client = alone ? null : ObjectClient.open();
      InjectorProgram program = new InjectorProgram(this);
      InjectorProgram.Ports ports = program.start(defaults, client);
      EndSignals.endClean();
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(
                      () -> {
                        program.close();
                        if (client != null) {
                          client.close();
                        }
                      }));
      context.say(
          "spanthrift: webhook on "
              + host
              + ":"
              + ports.webhook()
              + ", health and metrics on "
              + adminHost
              + ":"
              + ports.admin());
      ended.await();
      return ClusterContext.OK;
    } catch (IllegalArgumentException | IOException e) {
      context.say("spanthrift: " + e.getMessage());
      return ClusterContext.FAILED;
    } catch (KubernetesClientException e) {
      context.say("spanthrift: the API server does not answer as it should: " + words(e));
      return ClusterContext.FAILED;
    }
  }

  /** A time-out has no message of its own. */
  private static String words(KubernetesClientException e) {
    Throwable cause = e.getCause();
    return e.getMessage() != null || cause == null
        ? String.valueOf(e.getMessage())
        : cause.toString();
  }

  private void check() {
    require((certificate == null) == (key == null), "--tls-cert and --tls-key belong together");
    require(!alone || certificate != null, "--no-cluster needs --tls-cert and --tls-key");
    var _ = times();
    require(auditEvery().toSeconds() > 0, "--audit-every is a second at least");
  }

  private static void require(boolean holds, String words) {
    if (!holds) {
      throw new IllegalArgumentException(words);
    }
  }

  Keyring.Times times() {
    return Authority.times(caLifetime, caOverlap);
  }

  Duration auditEvery() {
    return Authority.time("--audit-every", auditEvery);
  }

  String namespace() {
    String own = sidecar.ownNamespace;
    if (own == null || own.isBlank()) {
      own = context.environment().get("POD_NAMESPACE");
    }
    return own == null || own.isBlank() ? "spanthrift" : own;
  }

  /** This replica's name in the lease. */
  String self() {
    String pod = context.environment().get("POD_NAME");
    return pod == null || pod.isBlank() ? "injector-" + ProcessHandle.current().pid() : pod;
  }

  /** What the API server may call it. */
  List<String> names() {
    return Authority.names(service, namespace(), dnsNames);
  }
}
