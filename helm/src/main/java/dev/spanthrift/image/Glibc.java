package dev.spanthrift.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The C library's files that the runtime and the native libraries ask for, taken from the machine
 * that builds, as there is no base image. docs/IMAGE.md says what follows from that.
 */
final class Glibc {
  /** A line of ldd: {@code libc.so.6 => /lib/…/libc.so.6 (0x…)}, or the loader's path alone. */
  private static final Pattern LINE = Pattern.compile("^\\s*(?:(\\S+) => )?(/\\S+) \\(0x\\w+\\)$");

  private static final Pattern MISSING = Pattern.compile("^\\s*(\\S+) => not found$");

  /** What a look-up of names opens by itself in a glibc before 2.34; stubs in a newer one. */
  private static final List<String> NAMES =
      List.of("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2");

  private Glibc() {}

  /** Copies to where it lies here what these ELF files need and these folders do not hold. */
  static void copy(Path root, List<Path> folders) throws IOException, InterruptedException {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      files.addAll(elfFiles(folder));
    }
    SortedSet<Path> needed = needed(files);
    List<Path> own = new ArrayList<>(needed);
    for (Path library : own) {
      for (String name : NAMES) {
        Path beside = library.resolveSibling(name);
        if (library.endsWith("libc.so.6") && Files.exists(beside)) {
          needed.add(beside);
        }
      }
    }
    for (Path library : needed) {
      Path copy = root.resolve(library.toString().substring(1));
      Files.createDirectories(copy.getParent());
      Files.copy(library.toRealPath(), copy);
    }
  }

  private static SortedSet<Path> needed(List<Path> files) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ldd"));
    files.forEach(file -> command.add(file.toString()));
    Process ldd = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (ldd.waitFor() != 0) {
      throw new ImageException("ldd failed: " + said.strip());
    }
    SortedSet<Path> needed = new TreeSet<>();
    for (String line : said.lines().toList()) {
      Matcher missing = MISSING.matcher(line);
      if (missing.matches() && files.stream().noneMatch(file -> file.endsWith(missing.group(1)))) {
        throw new ImageException("this machine has no " + missing.group(1));
      }
      Matcher found = LINE.matcher(line);
      if (found.matches() && !files.contains(Path.of(found.group(2)).normalize())) {
        needed.add(Path.of(found.group(2)));
      }
    }
    return needed;
  }

  private static List<Path> elfFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          if (Arrays.equals(in.readNBytes(4), new byte[] {0x7f, 'E', 'L', 'F'})) {
            found.add(file);
          }
        }
      }
      return found;
    }
  }
}
