package dev.spanthrift.agent.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The start of a program in an image without a shell: the JVM is up with the memory of an ordinary
 * sidecar before anybody can look at the container's limit. Where that is another, or where there
 * are options for the JVM, this process becomes the JVM that the launcher would have started, once,
 * with the same process id.
 *
 * <p>That takes 0.3 to 0.6 s of CPU, for such sizes alone (RATIONALE.md).
 */
public final class ImageStart {
  /** "image" in an image, "again" after it has begun anew; absent where the launcher started. */
  private static final String PROPERTY = "spanthrift.start";

  /** What the entry point names for the memory's options; replaced as a whole. */
  private static final String FILE = "/memory";

  private static final int REFUSED = 1;

  private ImageStart() {}

  /**
   * Returns where all is as it should be; ends the process where the memory asked for cannot be.
   */
  public static void claimMemory(Map<String, String> environment) {
    if (!System.getProperty(PROPERTY, "").equals("image")) {
      return;
    }
    try {
      MemoryClaim claim = MemoryClaim.of(environment, Path.of("/"));
      if (claim.warning() != null) {
        say(claim.warning());
      }
      if (!claim.options().isEmpty() || !isGiven(claim)) {
        becomeAnother(claim);
      }
    } catch (MemoryClaim.RefusedException e) {
      say(e.why());
      System.exit(REFUSED);
    }
  }

  private static boolean isGiven(MemoryClaim claim) {
    return Long.getLong("spanthrift.memory", 0) == claim.memory();
  }

  private static void becomeAnother(MemoryClaim claim) {
    try {
      List<String> words = words(commandLine(), claim.flags());
      ProcessReplacement.become(Path.of("/proc/self/exe").toRealPath().toString(), words);
    } catch (IOException | IllegalStateException e) {
      // Smaller or larger than it should be is better than not at all.
      say("goes on with the memory of an ordinary sidecar: " + e.getMessage());
    }
  }

  /** The same words, with these flags in place of the file of memory. */
  static List<String> words(List<String> commandLine, List<String> flags) {
    List<String> words = new ArrayList<>();
    boolean replaced = false;
    for (String word : commandLine) {
      if (!replaced && word.startsWith("@") && word.endsWith(FILE)) {
        words.addAll(flags);
        words.add("-D" + PROPERTY + "=again");
        replaced = true;
      } else {
        words.add(word);
      }
    }
    if (!replaced) {
      throw new IllegalStateException("the command line names no @…" + FILE);
    }
    return words;
  }

  private static List<String> commandLine() throws IOException {
    String words =
        new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.UTF_8);
    return List.of(words.split("\0"));
  }

  private static void say(String words) {
    System.err.println("spanthrift: " + words);
  }
}
