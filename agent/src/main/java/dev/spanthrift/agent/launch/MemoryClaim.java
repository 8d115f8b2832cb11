package dev.spanthrift.agent.launch;

import dev.spanthrift.agent.config.settings.MemoryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much memory a process may take, by environment or container, and the options of the JVM that
 * follow: the launcher's {@code plan_memory} in Java ({@code LauncherTest} holds both together).
 *
 * @param memory in MiB
 * @param options more options of the JVM, after ours so that they win (SPANTHRIFT_JAVA_OPTS)
 * @param warning what to say about a container's limit that is too low; null where there is nothing
 */
public record MemoryClaim(long memory, List<String> options, @Nullable String warning) {
  private static final long SIDECAR = 256;
  private static final long GATEWAY = 1024;
  private static final long LEAST = 176;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([A-Za-z]*)");

  /** Limits as cgroup v2 and v1 write them, from the file system's root. */
  private static final List<String> LIMITS =
      List.of("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes");

  private static final List<String> HEAPS = List.of("-Xmx", "MaxHeapSize", "MaxRAMPercentage");

  public MemoryClaim {
    options = List.copyOf(options);
  }

  /** A size that nobody can mean, or too small a one; the message says what would be right. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;
    private final String why;

    RefusedException(String why) {
      super(why);
      this.why = why;
    }

    String why() {
      return why;
    }
  }

  /** A sidecar's, where nothing says otherwise. */
  public static MemoryClaim usual() {
    return new MemoryClaim(SIDECAR, List.of(), null);
  }

  /**
   * Of a process with this environment.
   *
   * @param root where the container's limits are looked for
   */
  static MemoryClaim of(Map<String, String> environment, Path root) throws RefusedException {
    String asked = environment.getOrDefault("SPANTHRIFT_MEMORY", "");
    String options = environment.getOrDefault("SPANTHRIFT_JAVA_OPTS", "").strip();
    List<String> words = options.isEmpty() ? List.of() : List.of(options.split("\\s+"));
    if (!asked.isEmpty()) {
      long memory = mebibytes(asked);
      if (memory < 0) {
        throw new RefusedException(
            "SPANTHRIFT_MEMORY=" + asked + " is no size; write it such as 256Mi");
      }
      if (memory < LEAST) {
        throw new RefusedException(
            "SPANTHRIFT_MEMORY="
                + asked
                + " is too small for the JVM beside its heap; "
                + LEAST
                + "Mi is the least");
      }
      return new MemoryClaim(memory, words, null);
    }
    long limit = limit(root);
    if (limit >= 0) {
      String warning =
          limit >= LEAST
              ? null
              : "the container's memory limit of "
                  + limit
                  + "Mi is below "
                  + LEAST
                  + "Mi: it may be killed when there is much to hold";
      return new MemoryClaim(limit, words, warning);
    }
    boolean gateway = environment.getOrDefault("SPANTHRIFT_ROLE", "").equals("gateway");
    return new MemoryClaim(gateway ? GATEWAY : SIDECAR, words, null);
  }

  /** Options of the JVM for it, the launcher's and then the user's. */
  public List<String> flags() {
    MemoryPlan plan = MemoryPlan.of(memory);
    List<String> flags = new ArrayList<>();
    flags.add("-Dspanthrift.memory=" + memory);
    flags.add("-XX:MaxDirectMemorySize=" + plan.direct() + "m");
    flags.add("-XX:ReservedCodeCacheSize=" + plan.code() + "m");
    if (options.stream().noneMatch(option -> HEAPS.stream().anyMatch(option::contains))) {
      flags.add("-Xmx" + plan.heap() + "m");
    }
    flags.addAll(options);
    return flags;
  }

  /** A size such as 256Mi, 300M or a number of bytes in MiB; -1 when it is none of these. */
  static long mebibytes(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      return -1;
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "" -> number >> 20;
      case "Ki", "KiB" -> number >> 10;
      case "Mi", "MiB" -> number;
      case "Gi", "GiB" -> number << 10;
      case "k", "kB" -> (number * 1000) >> 20;
      case "M", "MB" -> (number * 1_000_000) >> 20;
      case "G", "GB" -> (number * 1_000_000_000) >> 20;
      default -> -1;
    };
  }

  /** The container's limit in MiB, -1 where there is none; cgroup v1 writes about 2^63 then. */
  private static long limit(Path root) {
    for (String file : LIMITS) {
      Path path = root.resolve(file);
      if (Files.isReadable(path)) {
        String bytes = firstLine(path);
        return bytes.matches("\\d{1,15}") ? Long.parseLong(bytes) >> 20 : -1;
      }
    }
    return -1;
  }

  private static String firstLine(Path path) {
    try {
      return Files.readString(path).lines().findFirst().orElse("");
    } catch (IOException e) {
      return ""; // as if there were no limit, like the launcher
    }
  }
}
