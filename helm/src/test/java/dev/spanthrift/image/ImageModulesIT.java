package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The runtime has what classes in the images refer to; jdeps reads every jar. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "images are built on Linux")
class ImageModulesIT {
  @Test
  void theRuntimeHasEveryModuleThatAJarRefersTo() throws Exception {
    Path home = ImageProcess.requireImage().resolveSibling("rootfs").resolve(ImageFolder.HOME);
    List<String> words =
        new ArrayList<>(
            List.of("--ignore-missing-deps", "--multi-release", "25", "--print-module-deps"));
    try (Stream<Path> files = Files.walk(home)) {
      files.map(Path::toString).filter(name -> name.endsWith(".jar")).sorted().forEach(words::add);
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    int code =
        ToolProvider.findFirst("jdeps").orElseThrow().run(out, out, words.toArray(String[]::new));
    String text = said.toString(StandardCharsets.UTF_8);
    assertEquals(0, code, text);
    String last = text.lines().filter(line -> line.startsWith("java.base")).findFirst().orElse("");
    assertTrue(!last.isEmpty(), text);
    Set<String> missing = new TreeSet<>(Arrays.asList(last.split(",")));
    JavaRuntime.MODULES.forEach(missing::remove);
    assertEquals(Set.of(), missing, "modules that JavaRuntime.MODULES lacks");
  }
}
