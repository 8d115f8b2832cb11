package dev.spanthrift.kubernetes.injection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Pods as clusters have them, in src/test/resources/pods. */
public final class PodCorpus {
  static final YAMLMapper YAML = YAMLMapper.builder().build();
  static final Path FOLDER = Path.of("src/test/resources/pods").toAbsolutePath();

  /** A pod by the name of its file. */
  record Case(String name, ObjectNode pod) {
    boolean isSkipped() {
      return name.startsWith("skip-");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private PodCorpus() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        cases.add(new Case(file.getFileName().toString().replace(".yaml", ""), read(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  static Stream<Case> injectable() {
    return all().stream().filter(c -> !c.isSkipped());
  }

  private static ObjectNode read(Path file) throws IOException {
    return (ObjectNode) YAML.readTree(Files.readString(file));
  }

  public static ObjectNode pod(String name) {
    try {
      return read(FOLDER.resolve(name + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PodNamespace enabled(String name) {
    return new PodNamespace(name, Map.of(Names.NAMESPACE_LABEL, "enabled"), Map.of());
  }

  /** Defaults with everything on. */
  static SidecarDefaults defaults() {
    return new SidecarDefaults(
        "registry.example/spanthrift:0.1.0",
        "IfNotPresent",
        "https://otlp.vendor.example:4318",
        "http/protobuf",
        "shadow",
        "https://spanthrift-controller.spanthrift.svc:8443",
        "spanthrift-ca",
        "redis://redis.observability:6379",
        SidecarDefaults.USER,
        Names.DEFAULT_REVISION,
        "spanthrift",
        true,
        SidecarResources.DEFAULT);
  }
}
