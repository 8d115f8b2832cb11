package dev.spanthrift.kubernetes.injection;

import dev.spanthrift.agent.config.settings.MemoryPlan;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
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
    String cpuRequest,
    String memoryRequest,
    String memoryLimit,
    List<String> containers,
    boolean takeover,
    boolean hold) {
  static final long MEMORY_LEAST_MEBIBYTES = 176;
  private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);
  private static final Pattern OBJECT_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  PodOptions {
    containers = List.copyOf(containers);
  }

  /** Reads annotations: the pod's, then its namespace's, then what holds for all. */
  static PodOptions of(
      SidecarDefaults defaults, Map<String, String> namespace, Map<String, String> pod) {
    Reader reader = new Reader(namespace, pod);
    PodOptions options =
        new PodOptions(
            reader.oneOf(PodOption.MODE, defaults.mode(), "shadow", "enforce"),
            reader.url(PodOption.UPSTREAM, defaults.upstream()),
            reader.oneOf(PodOption.UPSTREAM_PROTOCOL, defaults.protocol(), "http/protobuf", "grpc"),
            reader.objectName(PodOption.UPSTREAM_HEADERS_SECRET),
            reader.objectName(PodOption.CONFIG),
            reader.objectName(PodOption.POLICY),
            reader.quantity(PodOption.CPU_REQUEST, "write it such as 50m"),
            reader.quantity(PodOption.MEMORY_REQUEST, "write it such as 192Mi"),
            reader.quantity(PodOption.MEMORY_LIMIT, "write it such as 256Mi"),
            reader.names(PodOption.CONTAINERS),
            reader.flag(PodOption.ENDPOINT_TAKEOVER),
            reader.flag(PodOption.HOLD_APPLICATION));
    options.checkMemory();
    return options;
  }

  private void checkMemory() {
    if (mebibytes(memoryLimit) < MEMORY_LEAST_MEBIBYTES) {
      throw invalid(
          PodOption.MEMORY_LIMIT.key(),
          memoryLimit,
          MEMORY_LEAST_MEBIBYTES + "Mi is the least that the JVM lives in");
    }
    if (amount(memoryRequest).compareTo(amount(memoryLimit)) > 0) {
      throw invalid(
          PodOption.MEMORY_REQUEST.key(), memoryRequest, "at most the limit, " + memoryLimit);
    }
  }

  /** How the memory is divided; the launcher computes the same from a container's limit. */
  MemoryPlan memory() {
    return MemoryPlan.of(mebibytes(memoryLimit));
  }

  private static long mebibytes(String quantity) {
    return amount(quantity).divideToIntegralValue(MEBIBYTE).longValue();
  }

  private static BigDecimal amount(String quantity) {
    return Quantity.parse(quantity).getNumericalAmount();
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

    String quantity(PodOption option, String right) {
      String value = checked(option, PodOptions::isQuantity, right);
      return value == null ? option.byDefault() : value;
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

  private static boolean isQuantity(String value) {
    try {
      return amount(value).signum() > 0;
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }
}
