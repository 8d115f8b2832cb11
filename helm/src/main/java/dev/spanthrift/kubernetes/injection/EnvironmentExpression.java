package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@link ApplicationEnvironment} adds to one container, in CEL. */
final class EnvironmentExpression {
  private static final String TYPE = "Object.spec.containers.env";

  private final String container;
  private final String path;
  private final List<String> parts = new ArrayList<>();

  private EnvironmentExpression(int index) {
    container = "object.spec.containers[" + index + "]";
    path = "'/spec/containers/" + index + "/env";
  }

  /** The operations for the container at an index, none where it is not the application's. */
  static String of(int index, String sidecars) {
    EnvironmentExpression environment = new EnvironmentExpression(index);
    environment.parts.add(
        Cel.when("!has(" + environment.container + ".env)", "[" + environment.emptyList() + "]"));
    environment.pointToTheSidecar();
    environment.nameTheService();
    environment.describeThePod();
    return "size(object.spec.containers) <= "
        + index
        + " || "
        + environment.container
        + ".name in "
        + sidecars
        + " ? [] : "
        + String.join(" + ", environment.parts);
  }

  private String emptyList() {
    return Cel.add(path + "'", "[]");
  }

  /** Whether the container has an entry that a condition on {@code e} holds for. */
  private String some(String name, String condition) {
    return "(has("
        + container
        + ".env) && "
        + container
        + ".env.exists(e, e.name == '"
        + name
        + "'"
        + condition
        + "))";
  }

  private String has(String name) {
    return some(name, "");
  }

  private String isGrpc(String name) {
    return some(name, " && has(e.value) && e.value == 'grpc'");
  }

  private String add(String name, String value) {
    return "[" + Cel.add(path + "/-'", TYPE + "{name: '" + name + "', value: " + value + "}") + "]";
  }

  private void pointToTheSidecar() {
    String own = has(Otel.ENDPOINT) + " || " + some(Otel.PROTOCOL, " && has(e.valueFrom)");
    String grpc = isGrpc(Otel.PROTOCOL);
    parts.add(
        Cel.when("!(" + own + ")", add(Otel.ENDPOINT, either(grpc, Otel.local(Otel.GRPC), ""))));
    parts.add(
        Cel.when(
            "!(" + own + ") && !" + has(Otel.PROTOCOL), add(Otel.PROTOCOL, Cel.text(Otel.HTTP))));
    for (String signal : Otel.SIGNALS) {
      String protocol = Otel.ofSignal(signal, "PROTOCOL");
      String endpoint = Otel.ofSignal(signal, "ENDPOINT");
      String said = some(protocol, " && !has(e.valueFrom)");
      String differs = said + " && " + isGrpc(protocol) + " != " + grpc;
      String folder = "/v1/" + signal.toLowerCase(Locale.ROOT);
      parts.add(
          Cel.when(
              "!(" + own + ") && !" + has(endpoint) + " && " + differs,
              add(endpoint, either(isGrpc(protocol), Otel.local(Otel.GRPC), folder))));
    }
  }

  private static String either(String grpc, String local, String folder) {
    return "("
        + grpc
        + " ? "
        + Cel.text(local)
        + " : "
        + Cel.text(Otel.local(Otel.HTTP) + folder)
        + ")";
  }

  private void nameTheService() {
    String named =
        some(
            Otel.RESOURCE_ATTRIBUTES,
            " && (has(e.valueFrom) || has(e.value) && (',' + e.value.replace(' ',"
                + " '')).contains(',service.name='))");
    parts.add(
        Cel.when(
            "!" + has(Otel.SERVICE_NAME) + " && !" + named + " && variables.service != ''",
            add(Otel.SERVICE_NAME, "variables.service")));
  }

  private void describeThePod() {
    String absent = "!" + has(Otel.RESOURCE_ATTRIBUTES);
    ApplicationEnvironment.FIELDS.forEach(
        (name, field) ->
            parts.add(
                Cel.when(
                    absent + " && !" + has(name),
                    "["
                        + Cel.add(path + "/-'", Cel.message(TYPE, Json.fieldVariable(name, field)))
                        + "]")));
    String attributes =
        "'k8s.namespace.name=' + request.namespace + "
            + Cel.text("," + ApplicationEnvironment.POD_ATTRIBUTES + ",k8s.container.name=")
            + " + "
            + container
            + ".name + variables.workload";
    parts.add(Cel.when(absent, add(Otel.RESOURCE_ATTRIBUTES, attributes)));
  }
}
