package dev.spanthrift.kubernetes.command;

import dev.spanthrift.agent.command.option.EndSignals;
import dev.spanthrift.kubernetes.admin.AdminPort;
import dev.spanthrift.kubernetes.certificate.Keyring;
import dev.spanthrift.kubernetes.controller.AdminSite;
import dev.spanthrift.kubernetes.controller.CertificateOptions;
import dev.spanthrift.kubernetes.controller.Controller;
import dev.spanthrift.kubernetes.controller.ControllerOptions;
import dev.spanthrift.kubernetes.controller.ObjectClient;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spanthrift controller}: policy and budgets of objects, served to sidecars. */
@Command(
    name = "controller",
    description =
        "Makes of SamplingPolicies, ClusterSamplingPolicies and SamplingBudgets what each sidecar"
            + " is to run, serves it over one stream each, and says in their status what became of"
            + " it. In a cluster (--ca-config-map) it makes and rotates its own certificate."
            + " docs/POLICY-OBJECTS.md tells the whole.")
final class ControllerCommand implements Callable<Integer> {
  private static final int CLOSE_SECONDS = 10;

  private final ClusterContext context;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address on which sidecars are served. Default: 127.0.0.1.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port on which sidecars are served; 0 takes any. Default: 8443.")
  private int port = 8443;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Certificate chain, PEM, that somebody else rotates; read again when that happens."
              + " Default: none.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its private key, PEM (PKCS#8). Default: none.")
  private @Nullable Path key;

  @Option(
      names = "--ca-config-map",
      paramLabel = "NAME",
      description =
          "Makes and rotates its own certificate, and writes the authorities to believe into the"
              + " ConfigMap of this name in every namespace, key ca.crt. Default: none; then"
              + " --tls-certificate, or loopback.")
  private @Nullable String configMap;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Service by which sidecars call. Default: spanthrift-controller.")
  private String service = "spanthrift-controller";

  @Option(
      names = "--dns-name",
      paramLabel = "NAME",
      description = "Further names or addresses for the certificate. Default: none.")
  private List<String> dnsNames = new ArrayList<>();

  @Option(
      names = "--secret",
      paramLabel = "NAME",
      description =
          "Secret with the certificate's authority, for all replicas. Default:"
              + " spanthrift-controller-ca.")
  private String secret = "spanthrift-controller-ca";

  @Option(
      names = "--lease",
      paramLabel = "NAME",
      description = "Lease by which one replica leads. Default: spanthrift-controller.")
  private String lease = ControllerOptions.LEASE;

  @Option(
      names = "--ca-lifetime",
      paramLabel = "TIME",
      description = "How long an authority lasts, such as 90d or 12h. Default: 90d.")
  private String caLifetime = "90d";

  @Option(
      names = "--ca-overlap",
      paramLabel = "TIME",
      description =
          "Time between announcing and using a new authority, and until the old one is forgotten;"
              + " a kubelet may take minutes to bring it into running pods. Default: 1h.")
  private String caOverlap = "1h";

  @Option(
      names = "--admin-host",
      paramLabel = "ADDRESS",
      description =
          "Address of /healthz, /readyz, /actuator/prometheus and /api/v1/report. Default:"
              + " 127.0.0.1.")
  private String adminHost = "127.0.0.1";

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description = "Its port; 0 takes any. Default: 8081.")
  private int adminPort = 8081;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Namespace of the Leases. Default: $POD_NAMESPACE, else spanthrift.")
  private @Nullable String namespace;

  @Option(
      names = "--identity",
      paramLabel = "NAME",
      description = "This replica's name, of its own. Default: $POD_NAME, else the host's name.")
  private @Nullable String identity;

  @Option(
      names = "--audience",
      paramLabel = "NAME",
      description = "What sidecars' tokens must be made for. Default: spanthrift.")
  private String audience = "spanthrift";

  @Option(
      names = "--sidecars-max",
      paramLabel = "N",
      description = "Streams at a time; more are sent away. Default: 20000.")
  private int sidecarsMax = 20_000;

  ControllerCommand(ClusterContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    String lack = lack();
    if (lack != null) {
      context.say("spanthrift: " + lack);
      return ClusterContext.USAGE;
    }
    listenForTheEnd();
    try (KubernetesClient client = ObjectClient.open();
        Controller controller = Controller.start(client, options());
        AdminPort admin = AdminSite.open(address(adminHost, adminPort), controller)) {
      context.say(
          "spanthrift: sidecars on "
              + host
              + ":"
              + controller.port()
              + ", health and metrics on "
              + adminHost
              + ":"
              + admin.port());
      asked.await();
    } catch (IOException | RuntimeException e) {
      context.say("spanthrift: the controller does not start: " + words(e));
      return ClusterContext.FAILED;
    } finally {
      closed.countDown();
    }
    return ClusterContext.OK;
  }

  private static String words(Exception e) {
    Throwable cause = e.getCause();
    return e.getMessage() + (cause == null ? "" : " (" + cause.getMessage() + ")");
  }

  private @Nullable String lack() {
    if ((certificate == null) != (key == null)) {
      return "set --tls-certificate and --tls-key together, or neither";
    }
    if (certificate != null && configMap != null) {
      return "set --ca-config-map, or --tls-certificate and --tls-key: one certificate is shown";
    }
    if (certificate == null && configMap == null && !isLoopback(host)) {
      return "--host "
          + host
          + " needs --ca-config-map, or --tls-certificate and --tls-key: tokens must not be read on"
          + " the way";
    }
    try {
      var _ = times();
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    if (sidecarsMax < 1 || sidecarsMax > 1_000_000) {
      return "--sidecars-max " + sidecarsMax + ": from 1 to 1000000";
    }
    for (int each : new int[] {port, adminPort}) {
      if (each < 0 || each > 65_535) {
        return "port " + each + ": a port is 1 to 65535, or 0 for any free one";
      }
    }
    return null;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // binding will say so
    }
  }

  private ControllerOptions options() throws IOException {
    String space = given(namespace, "POD_NAMESPACE", "spanthrift");
    return new ControllerOptions(
        space,
        lease,
        given(identity, "POD_NAME", ownName()),
        audience,
        address(host, port),
        certificate(space),
        sidecarsMax);
  }

  private @Nullable CertificateOptions certificate(String space) {
    if (configMap != null) {
      return new CertificateOptions.Own(
          secret, configMap, Authority.names(service, space, dnsNames), times());
    }
    return certificate == null || key == null
        ? null
        : new CertificateOptions.Files(certificate, key);
  }

  private Keyring.Times times() {
    return Authority.times(caLifetime, caOverlap);
  }

  private String given(@Nullable String option, String variable, String otherwise) {
    return option != null
        ? option
        : Objects.requireNonNullElse(context.environment().get(variable), otherwise);
  }

  private static String ownName() throws UnknownHostException {
    return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
  }

  private static InetSocketAddress address(String host, int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  /** SIGTERM is an ordinary end, which waits until all is closed. */
  private void listenForTheEnd() {
    EndSignals.endClean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  asked.countDown();
                  try {
                    var _ = closed.await(CLOSE_SECONDS, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "spanthrift-end"));
  }
}
