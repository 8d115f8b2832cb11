package dev.spanthrift.kubernetes.injection;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The endpoint that the application set becomes the sidecar's, with its headers, and the
 * application sends to the sidecar: adoption without a change of the application.
 *
 * <p>What cannot be carried over whole is not carried over at all.
 */
final class Takeover {
  private static final List<String> CARRIED = List.of(Otel.HEADERS, Otel.COMPRESSION);
  private static final List<String> FILES =
      List.of(
          "OTEL_EXPORTER_OTLP_CERTIFICATE",
          "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
          "OTEL_EXPORTER_OTLP_CLIENT_KEY");

  private static final List<String> SOURCES = List.of("secretKeyRef", "configMapKeyRef");

  /** A signal that is sent elsewhere, or in another way, cannot take the others' way. */
  private static final Pattern OF_ONE_SIGNAL =
      Pattern.compile(
          "OTEL_EXPORTER_OTLP_(TRACES|METRICS|LOGS|PROFILES)_"
              + "(ENDPOINT|PROTOCOL|HEADERS|COMPRESSION|INSECURE|.*CERTIFICATE|CLIENT_KEY)");

  private final ObjectNode taken = Json.object();
  private @Nullable List<ObjectNode> upstream;
  private String first = "";

  /** Whether this container has an endpoint of its own. */
  static boolean concerns(JsonNode container) {
    return entry(container, Otel.ENDPOINT) != null;
  }

  private static @Nullable ObjectNode entry(JsonNode container, String name) {
    return Json.objects(container.path("env")).stream()
        .filter(e -> Json.name(e).equals(name))
        .findFirst()
        .orElse(null);
  }

  /** Takes over one container's endpoint. */
  void take(PodPatch patch, String envPath, JsonNode container) {
    String name = Json.name(container);
    List<ObjectNode> of = upstreamOf(name, container);
    if (upstream == null) {
      upstream = of;
      first = name;
    } else if (!upstream.equals(of)) {
      throw new SkipException(
          SkipReason.ENDPOINT_NOT_TAKEABLE,
          "containers " + first + " and " + name + " send to different backends");
    }
    String protocol = protocol(container);
    ArrayNode entries = (ArrayNode) container.path("env");
    for (int i = 0; i < entries.size(); i++) {
      if (Json.name(entries.get(i)).equals(Otel.ENDPOINT)) {
        taken.putArray(name).add(entries.get(i).deepCopy());
        patch.replace(envPath, i, Json.variable(Otel.ENDPOINT, Otel.local(protocol)));
      }
    }
  }

  private static List<ObjectNode> upstreamOf(String name, JsonNode container) {
    for (JsonNode entry : container.path("env")) {
      String variable = Json.name(entry);
      if (FILES.contains(variable)) {
        throw refused(name, variable + " names a file that only this container has");
      }
      if (OF_ONE_SIGNAL.matcher(variable).matches()) {
        throw refused(name, variable + " sends one signal elsewhere, or in another way");
      }
    }
    ObjectNode endpoint = checked(name, container, Otel.ENDPOINT);
    List<ObjectNode> upstream = new ArrayList<>();
    upstream.add(endpoint);
    upstream.add(Json.variable(Otel.PROTOCOL, protocol(container)));
    for (String variable : CARRIED) {
      if (entry(container, variable) != null) {
        upstream.add(checked(name, container, variable));
      }
    }
    return upstream;
  }

  private static ObjectNode checked(String name, JsonNode container, String variable) {
    ObjectNode entry = entry(container, variable);
    if (entry == null) {
      throw new IllegalArgumentException("no " + variable);
    }
    String value = entry.path("value").asString("");
    if (value.contains("$(")) {
      throw refused(name, variable + " refers to other variables of this container");
    }
    if (variable.equals(Otel.ENDPOINT) && !entry.has("valueFrom") && !PodOptions.isUrl(value)) {
      throw refused(name, variable + " is no URL");
    }
    ObjectNode carried = entry.deepCopy();
    // What is not there keeps only the container that asked for it from starting, not all of them.
    for (String source : SOURCES) {
      if (carried.path("valueFrom").path(source) instanceof ObjectNode reference) {
        reference.put("optional", true);
      }
    }
    return carried;
  }

  private static SkipException refused(String container, String words) {
    return new SkipException(
        SkipReason.ENDPOINT_NOT_TAKEABLE, "container " + container + ": " + words);
  }

  /**
   * What the application said, else what its port means. A port that means nothing is not guessed
   * at: SDKs differ in what they send by default, and one of both would lose every trace.
   */
  private static String protocol(JsonNode container) {
    ObjectNode said = entry(container, Otel.PROTOCOL);
    if (said != null && said.has("valueFrom")) {
      throw refused(Json.name(container), Otel.PROTOCOL + " comes from elsewhere");
    }
    if (said != null) {
      return said.path("value").asString("");
    }
    ObjectNode endpoint = entry(container, Otel.ENDPOINT);
    String url = endpoint == null ? "" : endpoint.path("value").asString("");
    return switch (PodOptions.isUrl(url) ? URI.create(url).getPort() : -1) {
      case Names.GRPC_PORT -> Otel.GRPC;
      case Names.HTTP_PORT -> Otel.HTTP;
      default ->
          throw refused(
              Json.name(container),
              Otel.ENDPOINT + " does not say by its port what is spoken; set " + Otel.PROTOCOL);
    };
  }

  /** The upstream, or null where no container had an endpoint. */
  @Nullable Upstream upstream() {
    return upstream == null ? null : new Upstream(upstream);
  }

  /** What was there, by container. */
  ObjectNode taken() {
    return taken;
  }
}
