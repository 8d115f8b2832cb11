package dev.spanthrift.kubernetes.injection;

import dev.spanthrift.agent.config.settings.MemoryPlan;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of one pod, read and checked.
 *
 * @param containers names; empty means those that are the application's
 */
record PodOptions(
    String mode,
    @Nullable String upstream,
    String protocol,
    @Nullable String headersSecret,
    @Nullable String config,
    @Nullable String policy,
    @Nullable String operatorTokenSecret,
    String cpuRequest,
    String memoryRequest,
    String memoryLimit,
    List<String> containers,
    boolean takeover,
    boolean hold) {
  private static final Pattern OBJECT_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  PodOptions {
    containers = List.copyOf(containers);
  }

  /** Reads annotations: the pod's, then its namespace's, then what holds for all. */
  static PodOptions of(
      SidecarDefaults defaults, Map<String, String> namespace, Map<String, String> pod) {
    Reader reader = new Reader(namespace, pod);
    String memoryLimit =
        reader.quantity(PodOption.MEMORY_LIMIT, "256Mi", defaults.resources().memoryLimit());
    // Who sets a lower limit alone has not asked for a request above it.
    String memoryRequest =
        SidecarResources.least(defaults.resources().memoryRequest(), memoryLimit);
    PodOptions options =
        new PodOptions(
            reader.oneOf(PodOption.MODE, defaults.mode(), "shadow", "enforce"),
            reader.url(PodOption.UPSTREAM, defaults.upstream()),
            reader.oneOf(PodOption.UPSTREAM_PROTOCOL, defaults.protocol(), "http/protobuf", "grpc"),
            reader.objectName(PodOption.UPSTREAM_HEADERS_SECRET),
            reader.objectName(PodOption.CONFIG),
            reader.objectName(PodOption.POLICY),
            reader.objectName(PodOption.OPERATOR_TOKEN_SECRET),
            reader.quantity(PodOption.CPU_REQUEST, "50m", defaults.resources().cpuRequest()),
            reader.quantity(PodOption.MEMORY_REQUEST, "192Mi", memoryRequest),
            memoryLimit,
            reader.names(PodOption.CONTAINERS),
            reader.flag(PodOption.ENDPOINT_TAKEOVER),
            reader.flag(PodOption.HOLD_APPLICATION));
    options.checkMemory();
    return options;
  }

  private void checkMemory() {
    if (SidecarResources.mebibytes(memoryLimit) < SidecarResources.MEMORY_LEAST_MEBIBYTES) {
      throw invalid(
          PodOption.MEMORY_LIMIT.key(),
          memoryLimit,
          SidecarResources.MEMORY_LEAST_MEBIBYTES + "Mi is the least that the JVM lives in");
    }
    if (!SidecarResources.least(memoryRequest, memoryLimit).equals(memoryRequest)) {
      throw invalid(
          PodOption.MEMORY_REQUEST.key(), memoryRequest, "at most the limit, " + memoryLimit);
    }
  }

  /** How the memory is divided; the launcher computes the same from a container's limit. */
  MemoryPlan memory() {
    return MemoryPlan.of(SidecarResources.mebibytes(memoryLimit));
  }

  static SkipException invalid(String key, String value, String right) {
    return new SkipException(
        SkipReason.INVALID_OPTION, key + ": " + shortened(value) + " means nothing; " + right);
  }

  private static String shortened(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "…";
  }

  /** Annotations as they were found. */
  private record Reader(Map<String, String> namespace, Map<String, String> pod) {
    @Nullable String text(PodOption option) {
      String value = pod.get(option.key());
      if (value == null) {
        value = namespace.get(option.key());
      }
      return value == null ? null : value.strip();
    }

    String oneOf(PodOption option, String otherwise, String... allowed) {
      String value = text(option);
      if (value == null) {
        return otherwise;
      }
      if (!List.of(allowed).contains(value)) {
        throw invalid(option.key(), value, "write " + String.join(" or ", allowed));
      }
      return value;
    }

    boolean flag(PodOption option) {
      return oneOf(option, "false", "true", "false").equals("true");
    }

    private @Nullable String checked(PodOption option, Predicate<String> right, String otherwise) {
      String value = text(option);
      if (value != null && !right.test(value)) {
        throw invalid(option.key(), value, otherwise);
      }
      return value;
    }

    @Nullable String objectName(PodOption option) {
      return checked(option, value -> OBJECT_NAME.matcher(value).matches(), "write a name");
    }

    @Nullable String url(PodOption option, @Nullable String otherwise) {
      String value = checked(option, PodOptions::isUrl, "write it such as https://backend:4318");
      return value == null ? otherwise : value;
    }

    String quantity(PodOption option, String example, String otherwise) {
      String value = checked(option, SidecarResources::isQuantity, "write it such as " + example);
      return value == null ? otherwise : value;
    }

    List<String> names(PodOption option) {
      String value = text(option);
      return value == null
          ? List.of()
          : Arrays.stream(value.split(",", -1))
              .map(String::strip)
              .filter(name -> !name.isEmpty())
              .toList();
    }
  }

  static boolean isUrl(String value) {
    try {
      URI url = new URI(value);
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      return (scheme.equals("http") || scheme.equals("https"))
          && url.getHost() != null
          && url.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
