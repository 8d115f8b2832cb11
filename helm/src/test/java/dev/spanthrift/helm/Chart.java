package dev.spanthrift.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Files;
import java.nio.file.Path;

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
