package dev.spanthrift.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * One image as an archive: a tar with an OCI image layout in it (image-spec 1.1), as containerd,
 * kind, skopeo and podman take it.
 */
final class OciArchive {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  /** The kubelet's own prefix for names without a registry, by which containerd looks for them. */
  private static final String REGISTRY = "docker.io/library/";

  private final Platform platform;
  private final String tag;
  private final String created;
  private final Map<String, Object> run;
  private final String image;
  private final List<Layer> layers;

  OciArchive(
      Entry entry,
      Platform platform,
      String tag,
      String created,
      Map<String, String> environment,
      List<Layer> layers) {
    this.platform = platform;
    this.tag = tag;
    this.created = created;
    this.image = entry.image();
    this.layers = List.copyOf(layers);
    this.run = run(entry, environment);
  }

  /** What a container starts with. */
  private Map<String, Object> run(Entry entry, Map<String, String> environment) {
    Map<String, Object> ports = new TreeMap<>();
    entry.ports().forEach(port -> ports.put(port + "/tcp", Map.of()));
    Map<String, Object> labels = new TreeMap<>();
    labels.put("org.opencontainers.image.title", image);
    labels.put("org.opencontainers.image.version", tag);
    labels.put("org.opencontainers.image.licenses", "Apache-2.0");
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("User", "65532:65532");
    words.put("ExposedPorts", ports);
    words.put(
        "Env",
        new TreeMap<>(environment)
            .entrySet().stream().map(pair -> pair.getKey() + "=" + pair.getValue()).toList());
    words.put("Entrypoint", entry.words());
    words.put("Cmd", entry.arguments());
    words.put("WorkingDir", "/" + ImageFolder.HOME);
    words.put("Labels", labels);
    return words;
  }

  /**
   * Writes it, with its small files left beside the layers too; the manifest's digest comes back.
   */
  String write(Path tar, Path blobs) throws IOException {
    byte[] config = json(configuration());
    byte[] manifest = json(manifest(config));
    byte[] index = json(index(manifest));
    Set<Path> files = new LinkedHashSet<>();
    layers.forEach(layer -> files.add(layer.file()));
    for (byte[] blob : List.of(config, manifest)) {
      files.add(Files.write(blobs.resolve(digest(blob)), blob));
    }
    try (TarArchiveOutputStream out =
        new TarArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(tar)))) {
      add(out, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
      add(out, "index.json", index);
      for (Path file : files) {
        begin(out, "blobs/sha256/" + file.getFileName(), Files.size(file));
        Files.copy(file, out);
        out.closeArchiveEntry();
      }
    }
    return "sha256:" + digest(manifest);
  }

  private Map<String, Object> configuration() {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("created", created);
    words.put("architecture", platform.architecture);
    words.put("os", "linux");
    words.put("config", run);
    words.put(
        "rootfs",
        map(
            "type",
            "layers",
            "diff_ids",
            layers.stream().map(layer -> "sha256:" + layer.diffId()).toList()));
    words.put(
        "history",
        layers.stream().map(layer -> map("created", created, "created_by", layer.name())).toList());
    return words;
  }

  private Map<String, Object> manifest(byte[] config) {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("schemaVersion", 2);
    words.put("mediaType", MANIFEST);
    words.put("config", descriptor(CONFIG, digest(config), config.length));
    words.put(
        "layers",
        layers.stream().map(layer -> descriptor(LAYER, layer.digest(), layer.bytes())).toList());
    return words;
  }

  private Map<String, Object> index(byte[] manifest) {
    Map<String, Object> image = descriptor(MANIFEST, digest(manifest), manifest.length);
    image.put("platform", map("architecture", platform.architecture, "os", "linux"));
    image.put(
        "annotations",
        map(
            "io.containerd.image.name",
            REGISTRY + this.image + ":" + tag,
            "org.opencontainers.image.ref.name",
            tag));
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("schemaVersion", 2);
    words.put("mediaType", INDEX);
    words.put("manifests", List.of(image));
    return words;
  }

  private static Map<String, Object> descriptor(String type, String digest, long size) {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("mediaType", type);
    words.put("digest", "sha256:" + digest);
    words.put("size", size);
    return words;
  }

  /** In this order, as a map of the JDK's has none. */
  private static Map<String, Object> map(String one, Object its, String other, Object others) {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put(one, its);
    words.put(other, others);
    return words;
  }

  private static byte[] json(Map<String, Object> words) {
    return JsonMapper.shared().writeValueAsBytes(words);
  }

  private static String digest(byte[] bytes) {
    return HexFormat.of().formatHex(Digests.sha256().digest(bytes));
  }

  private static void add(TarArchiveOutputStream out, String name, byte[] bytes)
      throws IOException {
    begin(out, name, bytes.length);
    out.write(bytes);
    out.closeArchiveEntry();
  }

  private static void begin(TarArchiveOutputStream out, String name, long size) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setMode(0644);
    entry.setLastModifiedTime(ImageFolder.TIME);
    entry.setUserName(""); // not of who builds
    entry.setGroupName("");
    out.putArchiveEntry(entry);
  }
}
