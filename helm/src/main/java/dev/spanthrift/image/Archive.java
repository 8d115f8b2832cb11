package dev.spanthrift.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/** One image as an OCI archive, a tar with an OCI layout in it, from a folder. By Jib, offline. */
final class Archive {
  static final String USER = "65532:65532";
  static final List<Integer> PORTS = List.of(4317, 4318, 4321);
  static final List<String> COMMAND = List.of("run");

  private final ImageFolder folder;
  private final Platform platform;
  private final String version;
  private final Map<String, String> environment;

  Archive(
      ImageFolder folder,
      dev.spanthrift.image.Platform platform,
      String version,
      Map<String, String> environment) {
    this.folder = folder;
    this.platform = new Platform(platform.architecture, "linux");
    this.version = version;
    this.environment = Map.copyOf(environment);
  }

  /** Writes it; the digest of the image's manifest comes back. */
  String write(Entry entry, List<Layer> layers, Path tar, Path cache)
      throws IOException, InterruptedException {
    JibContainerBuilder image =
        Jib.fromScratch()
            .setPlatforms(Set.of(platform))
            .setFormat(ImageFormat.OCI)
            .setCreationTime(Instant.EPOCH)
            .setUser(USER)
            .setEntrypoint(entry.words())
            .setProgramArguments(COMMAND)
            .setEnvironment(environment)
            .setWorkingDirectory(AbsoluteUnixPath.get("/" + ImageFolder.HOME))
            .addLabel("org.opencontainers.image.title", entry.image())
            .addLabel("org.opencontainers.image.version", version)
            .addLabel("org.opencontainers.image.licenses", "Apache-2.0");
    for (int port : PORTS) {
      image.addExposedPort(Port.tcp(port));
    }
    for (Layer layer : layers) {
      image.addFileEntriesLayer(entries(layer));
    }
    try {
      return image
          .containerize(
              Containerizer.to(TarImage.at(tar).named(entry.image() + ":" + version))
                  .setOfflineMode(true)
                  .setToolName("spanthrift")
                  .setBaseImageLayersCache(cache)
                  .setApplicationLayersCache(cache))
          .getDigest()
          .toString();
    } catch (InvalidImageReferenceException
        | CacheDirectoryCreationException
        | RegistryException
        | ExecutionException e) {
      throw new ImageException("the archive " + tar + " could not be written", e);
    }
  }

  private FileEntriesLayer entries(Layer layer) throws IOException {
    FileEntriesLayer.Builder entries = FileEntriesLayer.builder().setName(layer.name());
    for (Path path : layer.paths()) {
      String inside = "/" + folder.root().relativize(path);
      entries.addEntry(
          path,
          AbsoluteUnixPath.get(inside),
          permissions(path, inside),
          ImageFolder.TIME.toInstant(),
          owner(inside));
    }
    return entries.build();
  }

  /** From the path alone, not from the umask of who builds. */
  private static FilePermissions permissions(Path path, String inside) {
    if (inside.equals("/tmp")) {
      return FilePermissions.fromOctalString("777"); // Jib knows no sticky bit; chart mounts its own
    }
    boolean program = inside.contains("/bin/") || inside.endsWith("/jspawnhelper") || inside.contains("/ld-");
    return FilePermissions.fromOctalString(
        Files.isDirectory(path) || program ? "755" : "644");
  }

  private static String owner(String inside) {
    return inside.equals("/var/lib/spanthrift") ? USER : "0:0";
  }

  /** Files and folders that change together. */
  record Layer(String name, List<Path> paths) {
    Layer {
      paths = List.copyOf(new ArrayList<>(paths));
    }
  }
}
