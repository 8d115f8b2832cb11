package dev.spanthrift.helm;

import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The chart under test and the one way in which tests render it: Helm 3 inside this JVM. */
final class Chart {
  static final Path FOLDER = Path.of("spanthrift");
  static final Path EXAMPLES = Path.of("examples");

  /** Whether stored files are written anew instead of compared: {@code -Dhelm.update=true}. */
  static final boolean UPDATE = Boolean.getBoolean("helm.update");

  /** What every test that does not care needs to say. */
  static final String SIDECAR =
      """
      destination: {endpoint: "https://otlp.example.com:4318"}
      application: {image: "shop/cart:1"}
      """;

  static final String GATEWAY =
      """
      mode: gateway
      destination: {endpoint: "https://otlp.example.com:4318"}
      """;

  static final String CLUSTER =
      """
      mode: cluster
      destination: {endpoint: "https://otlp.example.com:4318"}
      """;

  private Chart() {}

  static Rendered render(Path values) {
    return render(FOLDER, "demo", values);
  }

  /** Later texts win over earlier ones, as with several {@code --values}. */
  static Rendered render(String... values) {
    return renderAs("demo", values);
  }

  static Rendered renderAs(String release, String... values) {
    return render(FOLDER, release, files(values));
  }

  static Rendered render(Path chart, String release, Path... values) {
    TemplateCommand command =
        new Helm(chart).template().withName(release).withNamespace("shop").withKubeVersion("1.36");
    for (Path file : values) {
      command.withValuesFile(file);
    }
    return Rendered.of(command.call());
  }

  /** Annotation of hooks in {@link #unhooked}. */
  private static final String HOOK = "hook.test/kind";

  /**
   * What an installation runs beside the release's objects, by its {@code helm.sh/hook}. Helm as a
   * library leaves hooks out of all that it prints, so it is given a chart in which they are none.
   */
  static Map<String, List<JsonObject>> hooks(String... values) {
    Map<String, List<JsonObject>> hooks = new TreeMap<>();
    for (JsonObject object : render(unhooked(), "demo", files(values)).objects()) {
      JsonObject annotations = object.getAsJsonObject("metadata").getAsJsonObject("annotations");
      if (annotations != null && annotations.has(HOOK)) {
        hooks
            .computeIfAbsent(annotations.get(HOOK).getAsString(), kind -> new ArrayList<>())
            .add(object);
      }
    }
    return hooks;
  }

  private static Path unhooked;

  private static synchronized Path unhooked() {
    if (unhooked == null) {
      try {
        Path copy = Files.createTempDirectory("unhooked");
        copy(FOLDER, copy);
        for (String template : List.of("check.yaml", "tests/test.yaml")) {
          Path file = copy.resolve("templates").resolve(template);
          Files.writeString(
              file, Files.readString(file).replace("    helm.sh/hook: ", "    " + HOOK + ": "));
        }
        unhooked = copy;
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return unhooked;
  }

  static void copy(Path from, Path to) throws java.io.IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  /** A client-side dry run: the only command of Helm that shows the notes without a cluster. */
  static String notes(String... values) {
    var install =
        new Helm(FOLDER)
            .install()
            .withName("demo")
            .withNamespace("shop")
            .clientOnly()
            .dryRun()
            .debug()
            .withKubeVersion("1.36");
    for (Path file : files(values)) {
      install.withValuesFile(file);
    }
    return install.call().getOutput();
  }

  static Path[] files(String... values) {
    try {
      Path[] files = new Path[values.length];
      for (int i = 0; i < values.length; i++) {
        files[i] = Files.createTempFile("values", ".yaml");
        files[i].toFile().deleteOnExit();
        Files.writeString(files[i], values[i]);
      }
      return files;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
