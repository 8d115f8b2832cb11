package dev.spanthrift.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Builds the images of sidecar and cluster from what Maven has packaged, as OCI archives for the
 * machine's own processor. docs/IMAGE.md says what is in them.
 *
 * <p>Words are {@code key=value}: {@code repository} (a folder), {@code target} (a folder in it),
 * {@code version}, {@code created} (a moment in ISO 8601), {@code aot} (an AOT cache of the same
 * program and place, instead of a training run; tests build twice with it).
 */
public final class ImageBuild {
  private final Map<String, String> words;
  private final Path repository;
  private final Path place;
  private final Path blobs;
  private final String tag;
  private final String created;
  private final Platform platform;
  private final LauncherFlags launcher;
  private final ImageFolder folder;
  private final long begin = System.nanoTime();

  private ImageBuild(Map<String, String> words, Platform platform) throws IOException {
    this.words = Map.copyOf(words);
    this.platform = platform;
    repository = Path.of(words.getOrDefault("repository", "")).toAbsolutePath().normalize();
    place =
        repository
            .resolve(words.getOrDefault("target", "helm/target/image"))
            .resolve(platform.architecture);
    blobs = place.resolve("blobs");
    tag = words.getOrDefault("version", "0.1.0").replace("-SNAPSHOT", "");
    created = words.getOrDefault("created", "1970-01-01T00:00:00Z");
    launcher = LauncherFlags.read(repository.resolve("spanthrift"));
    folder = new ImageFolder(place.resolve("rootfs"));
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> words = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals <= 0) {
        fail("words are key=value, not " + argument);
      }
      words.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    Platform platform = Platform.ofThisMachine();
    if (platform == null) {
      System.out.println("image: SKIPPED: images are built on Linux, amd64 or arm64");
      return;
    }
    for (Platform other : Platform.values()) {
      if (other != platform) {
        System.out.printf(
            "image: SKIPPED %s: it is built on a machine of that kind%n", other.architecture);
      }
    }
    try {
      new ImageBuild(words, platform).build();
    } catch (ImageException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  private static void fail(String why) {
    System.err.println("image: " + why);
    System.exit(1);
  }

  private void build() throws IOException, InterruptedException {
    clean(place);
    Files.createDirectories(folder.root());
    Files.createDirectories(blobs);
    folder.basics();
    JavaRuntime.link(folder.of(ImageFolder.JAVA));
    say("runtime");
    Path home = folder.of(ImageFolder.HOME);
    Path jar = repository.resolve("agent/target/spanthrift.jar");
    Path cluster = repository.resolve("helm/target/spanthrift-cluster.jar");
    List<String> ofSidecar = folder.program(jar, platform);
    boolean hasCluster = Files.exists(cluster);
    List<String> ofCluster = hasCluster ? folder.program(cluster, platform) : List.of();
    Glibc.copy(
        folder.root(), List.of(folder.of(ImageFolder.JAVA), home.resolve(ImageFolder.NATIVE)));
    writeFlags(zstd(home.resolve(ImageFolder.NATIVE)));
    folder.setTimes();
    say("program");
    List<String> flags = Entry.flags(launcher, home, zstd(home.resolve(ImageFolder.NATIVE)));
    String aot = words.getOrDefault("aot", "");
    if (!aot.isEmpty()) {
      Files.copy(Path.of(aot), home.resolve(AotTraining.FILE));
    } else {
      AotTraining.run(folder, flags, launcher, place.resolve("warm.log"));
    }
    JavaRuntime.close(folder.of(ImageFolder.JAVA));
    folder.setTimes();
    say("AOT cache");
    Map<Part, Layer> layers = layers(ofCluster);
    say("layers");
    write(Entry.SIDECAR, layers);
    list(Entry.SIDECAR, ofSidecar);
    if (hasCluster) {
      write(Entry.CLUSTER, layers);
      list(Entry.CLUSTER, Stream.concat(ofSidecar.stream(), ofCluster.stream()).toList());
    }
    say("archives");
  }

  /** By hand there may be no list of Maven's, and then there is none of ours. */
  private void list(Entry entry, List<String> files) throws IOException {
    Path libraries = place.resolveSibling("libraries.cdx.json");
    if (Files.exists(libraries)) {
      List<String> jars =
          files.stream()
              .filter(file -> file.startsWith("lib/"))
              .map(file -> file.substring("lib/".length()))
              .toList();
      Sbom.write(libraries, folder, jars, place.resolve(entry.image() + ".cdx.json"));
    } else {
      System.out.println("image: no SBOM, as Maven's plugin has listed no libraries");
    }
  }

  private void writeFlags(String zstd) throws IOException {
    List<String> flags = Entry.flags(launcher, Path.of("/" + ImageFolder.HOME), zstd);
    flags.add("-XX:AOTCache=/" + ImageFolder.HOME + "/" + AotTraining.FILE);
    flags.add("-Dspanthrift.aot=found");
    folder.write(ImageFolder.HOME + "/" + Entry.FLAGS, lines(flags));
    folder.write(ImageFolder.HOME + "/" + Entry.MEMORY, lines(Entry.memory()));
  }

  private static String lines(List<String> words) {
    return String.join("\n", words) + "\n";
  }

  private void write(Entry entry, Map<Part, Layer> layers) throws IOException {
    Path tar = place.resolve(entry.image() + ".tar");
    List<Layer> own =
        layers.entrySet().stream()
            .filter(layer -> entry.equals(Entry.CLUSTER) || layer.getKey() != Part.CLUSTER)
            .map(Map.Entry::getValue)
            .toList();
    String digest =
        new OciArchive(entry, platform, tag, created, Entry.environment(launcher), own)
            .write(tar, blobs);
    System.out.printf(
        Locale.ROOT,
        "image: %s:%s %s, %.1f MB compressed (%s), %s: %s%n",
        entry.image(),
        tag,
        platform.architecture,
        own.stream().mapToLong(Layer::bytes).sum() / 1e6,
        String.join(
            ", ",
            own.stream()
                .map(
                    layer ->
                        String.format(Locale.ROOT, "%s %.1f", layer.name(), layer.bytes() / 1e6))
                .toList()),
        digest,
        tar);
  }

  /**
   * What changes together is one layer, the rarest first; both images share all but the cluster's.
   */
  private enum Part {
    RUNTIME,
    LIBRARIES,
    PROGRAM,
    AOT,
    CLUSTER
  }

  private Map<Part, Layer> layers(List<String> ofCluster) throws IOException {
    Map<Part, List<Path>> parts = new EnumMap<>(Part.class);
    Path home = folder.of(ImageFolder.HOME);
    for (Path path : folder.below("")) {
      if (!path.equals(folder.root())) {
        parts.computeIfAbsent(part(path, home, ofCluster), part -> new ArrayList<>()).add(path);
      }
    }
    Map<Part, Layer> layers = new EnumMap<>(Part.class);
    parts.entrySet().parallelStream()
        .map(part -> Map.entry(part.getKey(), pack(part.getKey(), part.getValue())))
        .toList()
        .forEach(layer -> layers.put(layer.getKey(), layer.getValue()));
    return layers;
  }

  private Layer pack(Part part, List<Path> paths) {
    try {
      return Layer.pack(part.name().toLowerCase(Locale.ROOT), folder, paths, blobs);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Part part(Path path, Path home, List<String> ofCluster) {
    if (!path.startsWith(home) || path.equals(home)) {
      return Part.RUNTIME;
    }
    String inside = home.relativize(path).toString();
    if (inside.equals(AotTraining.FILE)) {
      return Part.AOT;
    } else if (ofCluster.contains(inside)) {
      return Part.CLUSTER;
    }
    boolean isOwn =
        inside.startsWith("lib/sampler-")
            || inside.startsWith("lib/exporter-")
            || List.of("spanthrift.jar", Entry.FLAGS, Entry.MEMORY).contains(inside);
    return isOwn ? Part.PROGRAM : Part.LIBRARIES;
  }

  private static String zstd(Path natives) throws IOException {
    try (Stream<Path> files = Files.list(natives)) {
      return files
          .map(file -> file.toFile().getName())
          .filter(name -> name.startsWith("libzstd-jni"))
          .findFirst()
          .orElseThrow(() -> new ImageException("no native library of zstd for this processor"));
    }
  }

  private static void clean(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private void say(String what) {
    System.out.printf(
        Locale.ROOT, "image: %s after %.1f s%n", what, (System.nanoTime() - begin) / 1e9);
  }
}
