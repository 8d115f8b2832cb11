package dev.spanthrift.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The AOT cache of an image: the program of the folder runs its own training ({@code warm}), with
 * the runtime, the jars and the flags that the image starts with.
 */
final class AotTraining {
  static final String FILE = "spanthrift.aot";
  private static final long SECONDS_MAX = 300;

  private AotTraining() {}

  /**
   * Makes it.
   *
   * @param flags as in the image, with paths of the folder
   */
  static void run(ImageFolder image, List<String> flags, LauncherFlags launcher, Path log)
      throws IOException, InterruptedException {
    Path cache = image.of(ImageFolder.HOME).resolve(FILE);
    List<String> command = new ArrayList<>();
    command.add(image.of(ImageFolder.JAVA + "/bin/java").toString());
    command.addAll(flags);
    // As the launcher's own warm: no linking ahead, which would load every class at every start.
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:-AOTClassLinking",
            "-XX:AOTCacheOutput=" + cache,
            "-cp",
            image.of(ImageFolder.HOME).resolve(Entry.SIDECAR.jars().getFirst()).toString(),
            Entry.SIDECAR.main(),
            "warm"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("SPANTHRIFT_") || name.contains("JAVA"));
    builder.environment().putAll(launcher.environment());
    Process training = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!training.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      training.destroyForcibly();
      throw new ImageException("the training run did not end in " + SECONDS_MAX + " s; see " + log);
    }
    if (!Files.exists(cache)) {
      throw new ImageException(
          "the AOT cache could not be made: "
              + Files.readString(log, StandardCharsets.UTF_8).strip());
    }
    Files.deleteIfExists(Path.of(cache + ".config"));
  }
}
