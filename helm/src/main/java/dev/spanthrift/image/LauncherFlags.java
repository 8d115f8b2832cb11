package dev.spanthrift.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the launcher {@code ./spanthrift} starts a JVM with, read from the script itself: an image
 * has no shell, and flags that were written down twice would differ one day.
 *
 * @param flags all that do not depend on memory, in the launcher's order
 * @param environment what it exports for malloc
 */
record LauncherFlags(List<String> flags, Map<String, String> environment) {
  private static final Pattern EXPORT =
      Pattern.compile("(?m)^ *export (MALLOC_\\w+)=\"\\$\\{\\1:-(\\d+)\\}\"$");

  LauncherFlags {
    flags = List.copyOf(flags);
  }

  static LauncherFlags read(Path launcher) throws IOException {
    String script = Files.readString(launcher);
    List<String> flags =
        List.of("JVM_FLAGS", "HEAP_FLAGS", "JIT_FLAGS").stream()
            .flatMap(name -> words(script, name).stream())
            .toList();
    Map<String, String> environment = new LinkedHashMap<>();
    Matcher exports = EXPORT.matcher(script);
    while (exports.find()) {
      environment.put(exports.group(1), exports.group(2));
    }
    if (environment.isEmpty()) {
      throw new ImageException(launcher + " exports nothing for malloc, or in other words");
    }
    return new LauncherFlags(flags, environment);
  }

  private static List<String> words(String script, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + "='([^']+)'$").matcher(script);
    if (!line.find()) {
      throw new ImageException("the launcher has no line " + name + "='…'");
    }
    return List.of(line.group(1).split(" +"));
  }
}
