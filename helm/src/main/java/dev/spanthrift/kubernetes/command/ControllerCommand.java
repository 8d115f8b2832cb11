package dev.spanthrift.kubernetes.command;

import dev.spanthrift.agent.command.option.EndSignals;
import dev.spanthrift.kubernetes.controller.AdminSite;
import dev.spanthrift.kubernetes.controller.Controller;
import dev.spanthrift.kubernetes.controller.ControllerOptions;
import dev.spanthrift.kubernetes.controller.ServedCertificate;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spanthrift controller}: policy and budgets of objects, served to sidecars. */
@Command(
    name = "controller",
    description =
        "Makes of SamplingPolicies, ClusterSamplingPolicies and SamplingBudgets what each sidecar is"
            + " to run, serves it over one stream each, and says in their status what became of it."
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
          "Certificate chain, PEM, read again when it is rotated. Default: none, which only loopback"
              + " may have.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its private key, PEM (PKCS#8). Default: none.")
  private @Nullable Path key;

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
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        Controller controller = Controller.start(client, options());
        AdminSite admin = AdminSite.open(address(adminHost, adminPort), controller)) {
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
    if (certificate == null && !isLoopback(host)) {
      return "--host "
          + host
          + " needs --tls-certificate and --tls-key: tokens must not be read on the way";
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
    Supplier<SslContext> tls =
        certificate == null || key == null ? null : new ServedCertificate(certificate, key);
    return new ControllerOptions(
        given(namespace, "POD_NAMESPACE", "spanthrift"),
        given(identity, "POD_NAME", ownName()),
        audience,
        address(host, port),
        tls,
        sidecarsMax);
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
