package dev.spanthrift.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Builds the images of sidecar and cluster from what Maven has packaged: {@code mvn verify -pl helm
 * -am}, or by hand with a word {@code key=value} for each of {@code repository}, {@code target},
 * {@code version}. docs/IMAGE.md says what is in them.
 */
public final class ImageBuild {
  private final Path repository;
  private final Path target;
  private final String version;
  private final Platform platform = Platform.ofThisMachine();

  private ImageBuild(Map<String, String> words) {
    repository = Path.of(words.getOrDefault("repository", "")).toAbsolutePath().normalize();
    target = repository.resolve(words.getOrDefault("target", "helm/target/image"));
    version = words.getOrDefault("version", "0.1.0-SNAPSHOT");
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> words = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      words.put(argument.substring(0, Math.max(0, equals)), argument.substring(equals + 1));
    }
    try {
      new ImageBuild(words).build();
    } catch (ImageException e) {
      System.err.println("image: " + e.getMessage());
      System.exit(1);
    }
  }

  private void build() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    LauncherFlags launcher = LauncherFlags.read(repository.resolve("spanthrift"));
    Path place = target.resolve(platform.architecture);
    delete(place.resolve("rootfs"));
    Files.createDirectories(place.resolve("rootfs"));
    ImageFolder folder = new ImageFolder(place.resolve("rootfs"));
    Path home = folder.of(ImageFolder.HOME);
    folder.basics();
    JavaRuntime.link(folder.of(ImageFolder.JAVA), null);
    say("runtime", begin);
    folder.program(repository.resolve("agent/target/spanthrift.jar"), "spanthrift.jar", platform);
    String zstd = zstd(home.resolve(ImageFolder.NATIVE));
    Glibc.copy(
        folder.root(), List.of(folder.of(ImageFolder.JAVA), home.resolve(ImageFolder.NATIVE)));
    List<String> flags = Entry.flags(launcher, Path.of("/" + ImageFolder.HOME), zstd);
    flags.add("-XX:AOTCache=/" + ImageFolder.HOME + "/" + AotTraining.FILE);
    flags.add("-Dspanthrift.aot=found");
    folder.write(ImageFolder.HOME + "/" + Entry.FLAGS, String.join("\n", flags) + "\n");
    folder.write(
        ImageFolder.HOME + "/" + Entry.MEMORY, String.join("\n", Entry.memory()) + "\n");
    folder.setTimes();
    say("program", begin);
    AotTraining.run(folder, Entry.flags(launcher, home, zstd), launcher, place.resolve("warm.log"));
    folder.setTimes();
    say("AOT cache", begin);
    Map<String, String> environment = new HashMap<>(launcher.environment());
    environment.put("SPANTHRIFT_STATE_DIR", "/var/lib/spanthrift");
    Path tar = place.resolve(Entry.SIDECAR.image() + ".tar");
    Archive archive = new Archive(folder, platform, version, environment);
    String digest = archive.write(Entry.SIDECAR, layers(folder), tar, target.resolve("cache"));
    say("archive", begin);
    System.out.printf(
        "image: %s %s %s, %.1f MB: %s%n",
        Entry.SIDECAR.image(), platform.architecture, digest, Files.size(tar) / 1e6, tar);
  }

  private static List<Archive.Layer> layers(ImageFolder folder) throws IOException {
    Path home = folder.of(ImageFolder.HOME);
    List<Path> runtime = new ArrayList<>();
    List<Path> libraries = new ArrayList<>();
    List<Path> program = new ArrayList<>();
    List<Path> cache = new ArrayList<>();
    for (Path path : folder.below("")) {
      String name = path.getFileName().toString();
      if (path.equals(folder.root())) {
        continue;
      } else if (!path.startsWith(home) || path.equals(home)) {
        runtime.add(path);
      } else if (name.equals(AotTraining.FILE)) {
        cache.add(path);
      } else if (isOwn(home.relativize(path).toString())) {
        program.add(path);
      } else {
        libraries.add(path);
      }
    }
    return List.of(
        new Archive.Layer("runtime", runtime),
        new Archive.Layer("libraries", libraries),
        new Archive.Layer("program", program),
        new Archive.Layer("aot", cache));
  }

  private static boolean isOwn(String path) {
    return !path.contains("/") && !path.equals("lib") && !path.equals("native")
        || path.startsWith("lib/sampler-")
        || path.startsWith("lib/exporter-");
  }

  private static String zstd(Path natives) throws IOException {
    try (Stream<Path> files = Files.list(natives)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("libzstd-jni"))
          .findFirst()
          .orElseThrow(() -> new ImageException("no native library of zstd for this processor"));
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void say(String what, long begin) {
    System.out.printf("image: %s, %.1f s%n", what, (System.nanoTime() - begin) / 1e9);
  }
}
