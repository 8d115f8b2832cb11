package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The formatter of the build: google-java-format over every source file of every module.
 *
 * <p>A test, not a plugin, because it must run on the JDK that the code is written for, while Maven
 * itself may run on 17. {@code mvn test -pl agent -am -Dtest=FormatTest -Dformat.apply=true
 * -Dsurefire.failIfNoSpecifiedTests=false} writes what it would like to see.
 */
class FormatTest {
  @Test
  void everySourceFileIsFormatted() throws Exception {
    boolean apply = Boolean.getBoolean("format.apply");
    Path root = Path.of("").toAbsolutePath().getParent();
    List<String> unformatted = new ArrayList<>();
    for (Path file : sources(root)) {
      String before = Files.readString(file);
      String after = format(before);
      if (!after.equals(before)) {
        if (apply) {
          Files.writeString(file, after);
        } else {
          unformatted.add(root.relativize(file).toString());
        }
      }
    }
    assertEquals(List.of(), unformatted, "run with -Dformat.apply=true");
  }

  private static List<Path> sources(Path root) throws Exception {
    List<Path> files = new ArrayList<>();
    for (String module : List.of("sampler", "exporter", "agent", "helm", "bench")) {
      Path folder = root.resolve(module).resolve("src");
      if (Files.isDirectory(folder)) {
        try (Stream<Path> found = Files.walk(folder)) {
          found.filter(p -> p.toString().endsWith(".java")).forEach(files::add);
        }
      }
    }
    return files;
  }

  private static String format(String source) throws Exception {
    String unused = RemoveUnusedImports.removeUnusedImports(source);
    String ordered = ImportOrderer.reorderImports(unused, Style.GOOGLE);
    return new Formatter().formatSource(ordered);
  }
}
