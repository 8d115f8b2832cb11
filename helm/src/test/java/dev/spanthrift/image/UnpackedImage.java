package dev.spanthrift.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An archive that the build made, read back and laid out as a container's engine would. */
final class UnpackedImage {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path root;
  private final JsonNode index;
  private final JsonNode manifest;
  private final JsonNode configuration;
  private final Map<String, Owner> owners = new LinkedHashMap<>();

  /** Of a file or folder in a layer; who unpacks without being root cannot give it to anybody. */
  record Owner(long user, long group, int mode) {}

  private UnpackedImage(Path tar, Path folder) throws IOException {
    root = folder.resolve("root");
    Path layout = Files.createDirectories(folder.resolve("layout"));
    try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
      unpack(in, layout, false);
    }
    index = JSON.readTree(layout.resolve("index.json").toFile());
    manifest = blob(layout, index.path("manifests").path(0));
    configuration = blob(layout, manifest.path("config"));
    Files.createDirectories(root);
    for (JsonNode layer : manifest.path("layers")) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file(layout, layer)))) {
        unpack(in, root, true);
      }
    }
  }

  static UnpackedImage of(Path tar, Path folder) throws IOException {
    return new UnpackedImage(tar, folder);
  }

  Path root() {
    return root;
  }

  JsonNode index() {
    return index;
  }

  JsonNode manifest() {
    return manifest;
  }

  JsonNode configuration() {
    return configuration;
  }

  Map<String, Owner> owners() {
    return owners;
  }

  private static Path file(Path layout, JsonNode descriptor) {
    return layout.resolve(
        "blobs/sha256/" + descriptor.path("digest").asString().substring("sha256:".length()));
  }

  private static JsonNode blob(Path layout, JsonNode descriptor) {
    return JSON.readTree(file(layout, descriptor).toFile());
  }

  private void unpack(InputStream in, Path to, boolean isRoot) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = to.resolve(entry.getName()).normalize();
        if (!path.startsWith(to)) {
          throw new IOException("leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          folders.add(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
        }
        if (isRoot) {
          owners.put(
              "/" + to.relativize(path),
              new Owner(entry.getLongUserId(), entry.getLongGroupId(), entry.getMode()));
          Files.setPosixFilePermissions(path, permissions(entry.getMode()));
          Files.setLastModifiedTime(path, FileTime.from(entry.getLastModifiedDate().toInstant()));
        }
      }
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's r to the others' x
    for (int bit = 0; bit < all.length; bit++) {
      if ((mode & (0400 >> bit)) != 0) {
        permissions.add(all[bit]);
      }
    }
    return permissions;
  }

  /** What the image starts with, and its environment. */
  List<String> words(List<String> arguments) {
    List<String> words = strings(configuration.path("config").path("Entrypoint"));
    words.addAll(
        arguments.isEmpty() ? strings(configuration.path("config").path("Cmd")) : arguments);
    return words;
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (String pair : strings(configuration.path("config").path("Env"))) {
      int equals = pair.indexOf('=');
      environment.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return environment;
  }

  static List<String> strings(JsonNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(node -> strings.add(node.asString()));
    return strings;
  }
}
