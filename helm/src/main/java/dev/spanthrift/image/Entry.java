package dev.spanthrift.image;

import dev.spanthrift.agent.launch.MemoryClaim;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How an image starts its program: Java, two files of options that lie in the image, a class path.
 *
 * @param image words in OCI's and the chart's name, "spanthrift"
 * @param main the class
 * @param jars of the class path, in the program's folder
 * @param arguments where a container gives none
 * @param ports that it opens unless told otherwise, for the reader of the image's configuration
 */
record Entry(
    String image, String main, List<String> jars, List<String> arguments, List<Integer> ports) {
  static final Entry SIDECAR =
      new Entry(
          "spanthrift",
          "dev.spanthrift.agent.Spanthrift",
          List.of("spanthrift.jar"),
          List.of("run"),
          List.of(4317, 4318, 4321));
  static final Entry CLUSTER =
      new Entry(
          "spanthrift-cluster",
          "dev.spanthrift.kubernetes.Cluster",
          List.of("spanthrift.jar", "spanthrift-cluster.jar"),
          List.of("help"),
          List.of());

  static final String FLAGS = "flags";

  /**
   * Its own file and the last word of it, so that {@code ImageStart} can put others in its place.
   */
  static final String MEMORY = "memory";

  Entry {
    jars = List.copyOf(jars);
    arguments = List.copyOf(arguments);
    ports = List.copyOf(ports);
  }

  /** The words of the entry point, with the image's paths. */
  List<String> words() {
    String home = "/" + ImageFolder.HOME + "/";
    return List.of(
        "/" + ImageFolder.JAVA + "/bin/java",
        "@" + home + FLAGS,
        "@" + home + MEMORY,
        "-cp",
        String.join(":", jars.stream().map(jar -> home + jar).toList()),
        main);
  }

  /**
   * Flags of the launcher, and what an image knows beforehand: where things lie.
   *
   * @param home the program's folder, in the image or where it is made
   * @param zstd the name of zstd's native library
   */
  static List<String> flags(LauncherFlags launcher, Path home, String zstd) {
    List<String> flags = new ArrayList<>(launcher.flags());
    flags.add("-Djava.library.path=" + home.resolve(ImageFolder.NATIVE));
    flags.add("-DZstdNativePath=" + home.resolve(ImageFolder.NATIVE).resolve(zstd));
    flags.add("-Dspanthrift.start=image");
    return flags;
  }

  /** What the launcher exports, and what an image knows beforehand. */
  static Map<String, String> environment(LauncherFlags launcher) {
    Map<String, String> environment = new TreeMap<>(launcher.environment());
    environment.put("SPANTHRIFT_STATE_DIR", "/" + ImageFolder.STATE);
    environment.put("PATH", "/" + ImageFolder.JAVA + "/bin");
    return environment;
  }

  /** What an ordinary sidecar may take, in JVM options. */
  static List<String> memory() {
    return MemoryClaim.usual().flags();
  }
}
