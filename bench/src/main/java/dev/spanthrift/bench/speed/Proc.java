package dev.spanthrift.bench.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Linux says about a process.
 *
 * @param userSeconds CPU time in user mode
 * @param systemSeconds CPU time in the kernel
 * @param threadSeconds the same of the threads that live, in nanoseconds instead of clock ticks
 * @param residentKb VmRSS
 * @param anonymousKb the part of it that no file backs
 */
public record Proc(
    double userSeconds,
    double systemSeconds,
    double threadSeconds,
    long residentKb,
    long anonymousKb) {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on all Linux ports we run

  public static Proc read(long pid) {
    String stat = text(Path.of("/proc", Long.toString(pid), "stat"));
    // The second field may hold spaces; the fields counted here follow its closing parenthesis.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    String memory = text(Path.of("/proc", Long.toString(pid), "smaps_rollup"));
    return new Proc(
        Long.parseLong(fields[11]) / TICKS_PER_SECOND,
        Long.parseLong(fields[12]) / TICKS_PER_SECOND,
        threadSeconds(pid),
        kilobytes(memory, "Rss:"),
        kilobytes(memory, "Anonymous:"));
  }

  public double cpuSeconds() {
    return userSeconds + systemSeconds;
  }

  private static double threadSeconds(long pid) {
    long nanos = 0;
    for (String thread : names(Path.of("/proc", Long.toString(pid), "task"))) {
      try {
        String text =
            Files.readString(Path.of("/proc", Long.toString(pid), "task", thread, "schedstat"));
        nanos += Long.parseLong(text.substring(0, text.indexOf(' ')));
      } catch (IOException ended) {
        continue; // between the two looks
      }
    }
    return nanos / 1e9;
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new IllegalStateException("the server is gone: " + e.getMessage(), e);
    }
  }

  private static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new IllegalStateException("the server is gone: " + e.getMessage(), e);
    }
  }

  private static long kilobytes(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
