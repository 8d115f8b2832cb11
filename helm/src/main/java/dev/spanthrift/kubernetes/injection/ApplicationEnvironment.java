package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What one container of the application lacks in its environment, so that its SDK finds us. */
final class ApplicationEnvironment {
  private static final String PREFIX = "OTEL_RESOURCE_ATTRIBUTES_";
  private static final String POD_NAME = PREFIX + "POD_NAME";
  private static final String POD_UID = PREFIX + "POD_UID";
  private static final String POD_IP = PREFIX + "POD_IP";
  private static final String NODE_NAME = PREFIX + "NODE_NAME";

  /** Variables that the Downward API fills, in order. */
  static final SequencedMap<String, String> FIELDS = new LinkedHashMap<>();

  /** What refers to them. */
  static final String POD_ATTRIBUTES =
      "k8s.pod.name=$("
          + POD_NAME
          + "),k8s.pod.uid=$("
          + POD_UID
          + "),k8s.pod.ip=$("
          + POD_IP
          + "),k8s.node.name=$("
          + NODE_NAME
          + ")";

  static {
    FIELDS.put(POD_NAME, "metadata.name");
    FIELDS.put(POD_UID, "metadata.uid");
    FIELDS.put(POD_IP, "status.podIP");
    FIELDS.put(NODE_NAME, "spec.nodeName");
  }

  private final String container;
  private final Map<String, JsonNode> own = new LinkedHashMap<>();
  private final List<ObjectNode> added = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private ApplicationEnvironment(JsonNode container) {
    this.container = Json.name(container);
    for (JsonNode entry : container.path("env")) {
      own.put(Json.name(entry), entry);
    }
  }

  /**
   * @param takenOver whether this container's endpoint is made ours by {@link Takeover}
   */
  static ApplicationEnvironment of(
      JsonNode container, PodOwner owner, String namespace, boolean takenOver) {
    ApplicationEnvironment environment = new ApplicationEnvironment(container);
    if (!takenOver) {
      environment.pointToTheSidecar();
    }
    environment.nameTheService(owner);
    environment.describeThePod(owner, namespace);
    if (!container.path("envFrom").isEmpty()) {
      environment.warn(
          "has envFrom, which the injector cannot read: what is added to env wins over it");
    }
    return environment;
  }

  /** Entries to append, in this order: what refers to another stands behind it. */
  List<ObjectNode> added() {
    return added;
  }

  List<String> warnings() {
    return warnings;
  }

  private void warn(String words) {
    warnings.add("container " + container + " " + words);
  }

  private void add(String name, String value) {
    if (!own.containsKey(name)) {
      added.add(Json.variable(name, value));
    }
  }

  private @Nullable String literal(String name) {
    JsonNode entry = own.get(name);
    return entry == null || entry.has("valueFrom") ? null : entry.path("value").asString("");
  }

  private void pointToTheSidecar() {
    if (own.containsKey(Otel.ENDPOINT)) {
      warn(
          "sets "
              + Otel.ENDPOINT
              + " itself and does not send to the sidecar; "
              + PodOption.ENDPOINT_TAKEOVER.key()
              + " would change that");
      return;
    }
    String protocol = Otel.HTTP;
    if (own.containsKey(Otel.PROTOCOL)) {
      String literal = literal(Otel.PROTOCOL);
      if (literal == null) {
        warn("takes " + Otel.PROTOCOL + " from elsewhere: its endpoint is left to it");
        return;
      }
      protocol = literal;
    }
    add(Otel.ENDPOINT, Otel.local(protocol));
    add(Otel.PROTOCOL, protocol);
    for (String signal : Otel.SIGNALS) {
      pointSignal(signal, protocol);
    }
  }

  /** A signal with a protocol of its own needs an endpoint of its own, which is used as it is. */
  private void pointSignal(String signal, String general) {
    String endpoint = Otel.ofSignal(signal, "ENDPOINT");
    if (own.containsKey(endpoint)) {
      warn("sets " + endpoint + " itself: these go past the sidecar");
      return;
    }
    String protocol = literal(Otel.ofSignal(signal, "PROTOCOL"));
    if (protocol != null && protocol.equals(Otel.GRPC) != general.equals(Otel.GRPC)) {
      String base = Otel.local(protocol);
      boolean grpc = protocol.equals(Otel.GRPC);
      add(endpoint, grpc ? base : base + "/v1/" + signal.toLowerCase(Locale.ROOT));
    }
  }

  /**
   * OTEL_SERVICE_NAME beats a service.name among the attributes, so it must not come in between.
   */
  private void nameTheService(PodOwner owner) {
    String attributes = literal(Otel.RESOURCE_ATTRIBUTES);
    boolean unknown = own.containsKey(Otel.RESOURCE_ATTRIBUTES) && attributes == null;
    boolean named =
        attributes != null && ("," + attributes.replace(" ", "")).contains(",service.name=");
    if (!unknown && !named && !owner.name().isEmpty()) {
      add(Otel.SERVICE_NAME, owner.name());
    }
  }

  private void describeThePod(PodOwner owner, String namespace) {
    if (own.containsKey(Otel.RESOURCE_ATTRIBUTES)) {
      return;
    }
    FIELDS.forEach(this::addField);
    StringJoiner attributes = new StringJoiner(",");
    if (!namespace.isEmpty()) {
      attributes.add("k8s.namespace.name=" + namespace);
    }
    attributes.add(POD_ATTRIBUTES);
    attributes.add("k8s.container.name=" + container);
    if (owner.hasAttribute()) {
      attributes.add(owner.attribute() + "=" + owner.name());
    }
    add(Otel.RESOURCE_ATTRIBUTES, attributes.toString());
  }

  private void addField(String name, String path) {
    if (!own.containsKey(name)) {
      added.add(Json.fieldVariable(name, path));
    }
  }
}
