package dev.spanthrift.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** A Java runtime of the modules that the programs refer to, by jlink. */
final class JavaRuntime {
  /**
   * {@code jdeps --ignore-missing-deps --multi-release 25 --print-module-deps spanthrift.jar
   * lib/*.jar} of both images; {@code ImageModulesIT} asks again. The cluster's client reads
   * certificates of elliptic curves, which java.base does since JDK 22.
   */
  static final List<String> MODULES =
      List.of(
          "java.base",
          "java.compiler",
          "java.desktop",
          "java.instrument",
          "java.naming",
          "java.net.http",
          "java.prefs",
          "java.scripting",
          "java.sql",
          "jdk.jfr",
          "jdk.management",
          "jdk.net",
          "jdk.unsupported");

  /**
   * What nobody calls in there, so that nothing but Java can be started: Spring and Jackson refer
   * to java.beans of java.desktop, and nothing to its screen, which would ask for X11.
   */
  private static final List<String> UNUSED =
      List.of(
          "bin/jfr",
          "bin/jrunscript",
          "bin/keytool",
          "lib/jexec",
          "lib/libawt.so",
          "lib/libawt_headless.so",
          "lib/libawt_xawt.so",
          "lib/libfontmanager.so",
          "lib/libfreetype.so",
          "lib/libjavajpeg.so",
          "lib/libjawt.so",
          "lib/libjsound.so",
          "lib/liblcms.so",
          "lib/libmlib_image.so",
          "lib/libsplashscreen.so",
          "lib/psfont.properties.ja",
          "lib/psfontj2d.properties",
          "lib/jrt-fs.jar");

  /** With it the JVM starts the second half of the training, and nobody anything later. */
  private static final String SPAWN = "lib/jspawnhelper";

  private JavaRuntime() {}

  /** Makes it of the JDK that runs this, in a folder that does not exist yet. */
  static void link(Path folder) throws IOException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new ImageException("this Java has no jlink; a whole JDK is needed"));
    // Not --strip-debug: it would run the objcopy of the machine, where there is one, so that
    // images
    // of two machines differ. Not compressed: layers are, and start is faster.
    List<String> words =
        List.of(
            "--add-modules",
            String.join(",", MODULES),
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            folder.toString());
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    if (jlink.run(out, out, words.toArray(String[]::new)) != 0) {
      throw new ImageException("jlink failed: " + said.toString(StandardCharsets.UTF_8).strip());
    }
    for (String name : UNUSED) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  /** After the training: what is left can start nothing. */
  static void close(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(SPAWN));
  }
}
