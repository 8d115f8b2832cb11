package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The container that is injected, and its volumes; meets the restricted Pod Security Standard. */
final class SidecarContainer {
  private static final String CONFIG_FOLDER = "/etc/spanthrift";
  private static final String POLICY_FOLDER = "/etc/spanthrift-policy";
  private static final String STATE_FOLDER = "/var/lib/spanthrift";
  private static final String CONTROLLER_FOLDER = "/var/run/secrets/spanthrift/controller";
  private static final String TOKEN_FOLDER = "/var/run/secrets/spanthrift/token";
  private static final int TOKEN_SECONDS = 12 * 3600;

  /**
   * Where the API server mounts the pod's own token, into every container that has nothing there.
   */
  private static final String API_TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

  private final SidecarDefaults defaults;
  private final PodOptions options;
  private final Upstream upstream;

  SidecarContainer(SidecarDefaults defaults, PodOptions options, Upstream upstream) {
    this.defaults = defaults;
    this.options = options;
    this.upstream = upstream;
  }

  ObjectNode container() {
    ObjectNode container =
        Json.object().put("name", Names.CONTAINER).put("image", defaults.image());
    if (defaults.pullPolicy() != null) {
      container.put("imagePullPolicy", defaults.pullPolicy());
    }
    container.put("restartPolicy", "Always");
    container.set("args", arguments());
    container.set("env", environment());
    ArrayNode ports = container.putArray("ports");
    ports.add(port("otlp-grpc", Names.GRPC_PORT));
    ports.add(port("otlp-http", Names.HTTP_PORT));
    ports.add(port("spanthrift", Names.ADMIN_PORT));
    container.set("resources", resources());
    // Slow, and never asked of a backend: a busy node must not restart a sampler. No readiness: it
    // would count in the pod's, and telemetry must not take an application out of its Service.
    container.set("livenessProbe", probe("/healthz", 20, 3).put("timeoutSeconds", 5));
    if (options.hold()) {
      container.set("startupProbe", probe("/readyz", 1, 120));
    }
    container.set("securityContext", securityContext());
    container.put("terminationMessagePolicy", "FallbackToLogsOnError");
    container.set("volumeMounts", mounts());
    return container;
  }

  /** Leniently: a mistake in its configuration must not end a container beside an application. */
  private ArrayNode arguments() {
    List<String> arguments = new ArrayList<>(List.of("run", "--lenient"));
    if (options.config() != null) {
      arguments.addAll(List.of("--config", CONFIG_FOLDER + "/spanthrift.yaml"));
    }
    return Json.texts(arguments);
  }

  private ArrayNode environment() {
    ArrayNode environment = Json.array();
    environment.add(Json.variable("SPANTHRIFT_MODE", options.mode()));
    // The kubelet's probe and Prometheus come by the pod's address.
    environment.add(Json.variable("SPANTHRIFT_ADMIN_HOST", "0.0.0.0"));
    environment.add(Json.variable("SPANTHRIFT_STATE_DIR", STATE_FOLDER));
    environment.add(Json.variable("SPANTHRIFT_MEMORY", options.memory().memory() + "Mi"));
    upstream.environment().forEach(environment::add);
    // Of two entries of one name the last would win, and send one backend's key to another.
    boolean carried =
        upstream.environment().stream().anyMatch(e -> Json.name(e).equals(Otel.HEADERS));
    if (options.headersSecret() != null && !carried) {
      // Optional: a Secret that is not there must not keep the application from starting.
      environment
          .addObject()
          .put("name", Otel.HEADERS)
          .putObject("valueFrom")
          .putObject("secretKeyRef")
          .put("name", options.headersSecret())
          .put("key", "headers")
          .put("optional", true);
    }
    if (options.operatorTokenSecret() != null) {
      environment.add(
          Json.variable("SPANTHRIFT_ADMIN_OPERATOR_TOKEN_FILE", TOKEN_FOLDER + "/token"));
    }
    if (defaults.fleet() != null) {
      environment.add(Json.variable("SPANTHRIFT_FLEET_URL", defaults.fleet()));
    }
    if (defaults.controller() != null) {
      controllerEnvironment(environment, defaults.controller());
    }
    return environment;
  }

  private void controllerEnvironment(ArrayNode environment, String url) {
    environment.add(Json.variable("SPANTHRIFT_CONTROLLER_URL", url));
    environment.add(
        Json.variable("SPANTHRIFT_CONTROLLER_TOKEN_FILE", CONTROLLER_FOLDER + "/token"));
    environment.add(
        Json.variable("SPANTHRIFT_CONTROLLER_LABELS_FILE", CONTROLLER_FOLDER + "/labels"));
    if (defaults.controllerCa() != null) {
      environment.add(
          Json.variable("SPANTHRIFT_CONTROLLER_CA_FILE", CONTROLLER_FOLDER + "/ca.crt"));
    }
    if (options.policy() != null) {
      environment.add(
          Json.variable("SPANTHRIFT_CONTROLLER_BOOTSTRAP_FILE", POLICY_FOLDER + "/policy.yaml"));
    }
  }

  private static ObjectNode port(String name, int number) {
    return Json.object().put("name", name).put("containerPort", number).put("protocol", "TCP");
  }

  /** No CPU limit: a JVM under one starts slowly, and its application with it. */
  private ObjectNode resources() {
    ObjectNode resources = Json.object();
    resources
        .putObject("requests")
        .put("cpu", options.cpuRequest())
        .put("memory", options.memoryRequest());
    resources.putObject("limits").put("memory", options.memoryLimit());
    return resources;
  }

  private static ObjectNode probe(String path, int seconds, int failures) {
    ObjectNode probe = Json.object();
    probe.putObject("httpGet").put("path", path).put("port", Names.ADMIN_PORT);
    return probe.put("periodSeconds", seconds).put("failureThreshold", failures);
  }

  private ObjectNode securityContext() {
    ObjectNode context = Json.object().put("runAsNonRoot", true);
    if (defaults.user() != null) {
      context.put("runAsUser", defaults.user()).put("runAsGroup", defaults.user());
    }
    context.put("allowPrivilegeEscalation", false).put("readOnlyRootFilesystem", true);
    context.put("privileged", false);
    context.putObject("capabilities").putArray("drop").add("ALL");
    context.putObject("seccompProfile").put("type", "RuntimeDefault");
    return context;
  }

  private ArrayNode mounts() {
    ArrayNode mounts = Json.array();
    mounts.add(mount(Names.STATE_VOLUME, STATE_FOLDER, false));
    mounts.add(mount(Names.TMP_VOLUME, "/tmp", false));
    // An empty folder: the sidecar never calls the API, and the application's rights are not its.
    mounts.add(mount(Names.TMP_VOLUME, API_TOKEN_FOLDER, true).put("subPath", "no-api-token"));
    if (options.config() != null) {
      mounts.add(mount(Names.CONFIG_VOLUME, CONFIG_FOLDER, true));
    }
    if (options.operatorTokenSecret() != null) {
      mounts.add(mount(Names.TOKEN_VOLUME, TOKEN_FOLDER, true));
    }
    if (defaults.controller() != null) {
      mounts.add(mount(Names.CONTROLLER_VOLUME, CONTROLLER_FOLDER, true));
      if (options.policy() != null) {
        mounts.add(mount(Names.POLICY_VOLUME, POLICY_FOLDER, true));
      }
    }
    return mounts;
  }

  private static ObjectNode mount(String volume, String folder, boolean readOnly) {
    ObjectNode mount = Json.object().put("name", volume).put("mountPath", folder);
    return readOnly ? mount.put("readOnly", true) : mount;
  }

  List<ObjectNode> volumes() {
    List<ObjectNode> volumes = new ArrayList<>();
    volumes.add(emptyDir(Names.STATE_VOLUME, "256Mi"));
    volumes.add(emptyDir(Names.TMP_VOLUME, "64Mi"));
    if (options.config() != null) {
      volumes.add(configMap(Names.CONFIG_VOLUME, options.config()));
    }
    if (options.operatorTokenSecret() != null) {
      volumes.add(token(options.operatorTokenSecret()));
    }
    if (defaults.controller() != null) {
      volumes.add(controllerVolume());
      if (options.policy() != null) {
        volumes.add(configMap(Names.POLICY_VOLUME, options.policy()));
      }
    }
    return volumes;
  }

  private static ObjectNode emptyDir(String name, String size) {
    ObjectNode volume = Json.object().put("name", name);
    volume.putObject("emptyDir").put("sizeLimit", size);
    return volume;
  }

  /** Optional: a name that is not there must not keep the application from starting. */
  private static ObjectNode configMap(String name, String of) {
    ObjectNode volume = Json.object().put("name", name);
    volume.putObject("configMap").put("name", of).put("optional", true);
    return volume;
  }

  /** Optional too; whoever bears what is put there later is known from then on. */
  private static ObjectNode token(String secret) {
    ObjectNode volume = Json.object().put("name", Names.TOKEN_VOLUME);
    volume
        .putObject("secret")
        .put("secretName", secret)
        .put("optional", true)
        .putArray("items")
        .addObject()
        .put("key", "token")
        .put("path", "token");
    return volume;
  }

  /** A token for the controller alone, and what the controller asks: the pod's labels. */
  private ObjectNode controllerVolume() {
    ObjectNode volume = Json.object().put("name", Names.CONTROLLER_VOLUME);
    ArrayNode sources = volume.putObject("projected").putArray("sources");
    sources
        .addObject()
        .putObject("serviceAccountToken")
        .put("audience", Names.AUDIENCE)
        .put("expirationSeconds", TOKEN_SECONDS)
        .put("path", "token");
    ArrayNode items = sources.addObject().putObject("downwardAPI").putArray("items");
    items
        .addObject()
        .put("path", "labels")
        .putObject("fieldRef")
        .put("fieldPath", "metadata.labels");
    if (defaults.controllerCa() != null) {
      ObjectNode authority = sources.addObject().putObject("configMap");
      authority.put("name", defaults.controllerCa()).put("optional", true);
      authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
    }
    return volume;
  }
}
