package dev.spanthrift.agent.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The names under which this machine, container or pod knows itself.
 *
 * <p>Nobody else can make one of them resolve to us in a victim's browser. Read from the kernel and
 * from the shell's variable: a look-up would ask DNS, which may take seconds.
 */
public final class OwnNames {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private OwnNames() {}

  /** These names and our own. */
  public static Set<String> with(Set<String> others) {
    Set<String> names = new HashSet<>(others);
    names.add(System.getenv().getOrDefault("HOSTNAME", ""));
    if (Files.isReadable(KERNEL)) {
      try {
        names.add(Files.readString(KERNEL).strip());
      } catch (IOException e) {
        // then we are known by the other names
      }
    }
    names.removeIf(String::isBlank);
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }
}
