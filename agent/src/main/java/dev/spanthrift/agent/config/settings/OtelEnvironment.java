package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.exporter.settings.Compression;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The default destination, from OTEL_EXPORTER_OTLP_* and
 * OTEL_EXPORTER_OTLP_{TRACES,METRICS,LOGS}_*.
 *
 * <p>Signals whose variables come to the same backend share one destination. Differences from the
 * SDKs: an endpoint must be named, because the usual localhost:4318 is this program; compression is
 * gzip when unset. Source: specs.md 1D.
 */
final class OtelEnvironment {
  private static final String PREFIX = "OTEL_EXPORTER_OTLP_";

  private final Map<String, String> environment;
  private final List<SettingProblem> problems;
  private final Set<String> warnings = new LinkedHashSet<>();

  OtelEnvironment(Map<String, String> environment, List<SettingProblem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** What deserves a word of what {@link #destinations} has read. */
  Set<String> warnings() {
    return warnings;
  }

  /** Whether any of the variables is set. */
  boolean present() {
    return environment.entrySet().stream()
        .anyMatch(e -> e.getKey().startsWith(PREFIX) && !e.getValue().isEmpty());
  }

  /** What the variables say about one signal; equal ones share a destination. */
  private record Target(
      URI endpoint,
      boolean exact,
      Protocol protocol,
      Map<String, String> headers,
      Compression compression,
      Duration timeout,
      @Nullable Path authority,
      @Nullable Path clientCertificate,
      @Nullable Path clientKey) {}

  /** One destination for each distinct target; none when no endpoint is named. */
  List<DestinationSettings> destinations() {
    Map<Target, Set<Signal>> targets = new LinkedHashMap<>();
    for (Signal signal : List.of(Signal.PROFILES, Signal.TRACES, Signal.METRICS, Signal.LOGS)) {
      Target target = target(signal);
      if (target != null) {
        targets.computeIfAbsent(target, t -> EnumSet.noneOf(Signal.class)).add(signal);
      }
    }
    List<DestinationSettings> destinations = new ArrayList<>();
    targets.forEach(
        (target, signals) -> {
          DestinationSettings destination = destination(target, signals);
          if (destination != null) {
            destinations.add(destination);
          }
        });
    return destinations;
  }

  private @Nullable DestinationSettings destination(Target target, Set<Signal> signals) {
    boolean general = signals.contains(Signal.PROFILES) || signals.size() > 1;
    String name =
        general
            ? "default"
            : "default-" + signals.iterator().next().name().toLowerCase(Locale.ROOT);
    try {
      return new DestinationSettings(
          name,
          target.endpoint(),
          target.exact(),
          target.protocol(),
          signals,
          target.headers(),
          target.compression(),
          target.timeout(),
          ByteSize.ofMebibytes(64),
          8,
          Duration.ofMinutes(5),
          target.authority(),
          target.clientCertificate(),
          target.clientKey(),
          null,
          AuthSettings.NONE);
    } catch (Checks.RefusedException e) {
      for (Checks.Violation violation : e.violations()) {
        problems.add(
            new SettingProblem(
                PREFIX + variable(violation.component()),
                violation.value(),
                "environment",
                violation.right()));
      }
      return null;
    }
  }

  private static String variable(String component) {
    return component.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  private @Nullable Target target(Signal signal) {
    int before = problems.size();
    Protocol protocol =
        or(read(signal, "PROTOCOL", text -> protocol(signal, text)), Protocol.HTTP_PROTOBUF);
    boolean insecure = or(read(signal, "INSECURE", OtelEnvironment::insecure), false);
    URI endpoint = read(signal, "ENDPOINT", text -> endpoint(protocol, insecure, text));
    if (endpoint == null) {
      return null;
    }
    boolean exact =
        protocol == Protocol.HTTP_PROTOBUF && variable(signal, "ENDPOINT").contains(signal.name());
    warnOfPath(signal, endpoint, protocol, exact);
    Target target =
        new Target(
            endpoint,
            exact,
            protocol,
            or(read(signal, "HEADERS", Headers::parse), Map.of()),
            or(read(signal, "COMPRESSION", OtelEnvironment::compression), Compression.GZIP),
            or(read(signal, "TIMEOUT", OtelEnvironment::milliseconds), Duration.ofSeconds(10)),
            read(signal, "CERTIFICATE", Path::of),
            read(signal, "CLIENT_CERTIFICATE", Path::of),
            read(signal, "CLIENT_KEY", Path::of));
    return problems.size() == before ? target : null;
  }

  /** The signal's own variable when it is set, else the general one. Profiles have none. */
  private String variable(Signal signal, String name) {
    String own = PREFIX + signal.name() + "_" + name;
    boolean set = signal != Signal.PROFILES && !environment.getOrDefault(own, "").isEmpty();
    return set ? own : PREFIX + name;
  }

  private <T> @Nullable T read(Signal signal, String name, Function<String, T> reader) {
    String variable = variable(signal, name);
    String text = environment.getOrDefault(variable, "");
    if (text.isEmpty()) {
      return null;
    }
    try {
      return reader.apply(text.strip());
    } catch (IllegalArgumentException e) {
      String value = name.equals("HEADERS") ? null : text;
      SettingProblem problem =
          new SettingProblem(variable, value, "environment", String.valueOf(e.getMessage()));
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
      return null;
    }
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value != null ? value : otherwise;
  }

  /** JSON is a word of the specification; every backend that takes it takes protobuf, too. */
  private Protocol protocol(Signal signal, String text) {
    if (!text.equalsIgnoreCase("http/json")) {
      return (Protocol) Values.parse(Protocol.class, text);
    }
    warnings.add(
        variable(signal, "PROTOCOL")
            + " = "
            + text
            + ": sent as http/protobuf, which the same backends take");
    return Protocol.HTTP_PROTOBUF;
  }

  private void warnOfPath(Signal signal, URI endpoint, Protocol protocol, boolean exact) {
    String variable = variable(signal, "ENDPOINT");
    if (exact && endpoint.getRawPath().matches("/?")) {
      warnings.add(
          variable
              + " = "
              + endpoint
              + ": used as it is, so that requests go to /; most backends want "
              + signal.httpPath());
    } else if (!exact && protocol == Protocol.HTTP_PROTOBUF) {
      EndpointPath.doubled(endpoint)
          .ifPresent(wrong -> warnings.add(variable + " = " + endpoint + ": " + wrong));
    }
  }

  private static boolean insecure(String text) {
    return (Boolean) Values.parse(boolean.class, text);
  }

  private static Compression compression(String text) {
    return (Compression) Values.parse(Compression.class, text);
  }

  private static Duration milliseconds(String text) {
    try {
      return Duration.ofMillis(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("write milliseconds, such as 10000", e);
    }
  }

  /** A scheme decides about TLS; gRPC may come without one, and then INSECURE decides. */
  private static URI endpoint(Protocol protocol, boolean insecure, String text) {
    boolean bare = protocol == Protocol.GRPC && !text.contains("://");
    String scheme = insecure ? "http://" : "https://";
    return (URI) Values.parse(URI.class, bare ? scheme + text : text);
  }
}
