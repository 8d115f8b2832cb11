package dev.spanthrift.agent.config.settings;

import java.lang.reflect.RecordComponent;
import java.net.URI;

/** Writes {@code spanthrift.example.yaml} from the tree of records. */
final class ExampleFile {
  private static final String HEAD =
      """
      # Every setting of Spanthrift, with its default and its environment variable.
      # A variable beats the file, the file beats the default; ${env:NAME} and ${env:NAME:-otherwise}
      # work in every value. Times have a unit (500ms, 1s, 2m), sizes too (512KiB, 64MiB).
      # Without destinations here, OTEL_EXPORTER_OTLP_ENDPOINT and its relatives name the backend.
      # Written from the code by ExampleFileTest with -Dformat.apply=true.
      """;

  private final StringBuilder out = new StringBuilder(HEAD);

  private ExampleFile() {}

  static String text() {
    ExampleFile file = new ExampleFile();
    file.section(SpanthriftSettings.class, "", "");
    return file.out.toString();
  }

  private void section(Class<?> type, String path, String indent) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (indent.isEmpty()) {
        out.append('\n');
      }
      String key = Keys.join(path, component.getName());
      if (Keys.isSection(component)) {
        line(indent + "# " + Keys.setting(component).value());
        line(indent + component.getName() + ":");
        section(component.getType(), key, indent + "  ");
      } else {
        value(component, key, indent);
      }
    }
  }

  private void value(RecordComponent component, String key, String indent) {
    Setting setting = Keys.setting(component);
    wrapped(indent + "# ", setting.value());
    line(indent + "# " + Keys.variable(key));
    String empty =
        switch (component.getType().getSimpleName()) {
          case "List", "Set" -> "[]";
          case "Map" -> "{}";
          default -> "";
        };
    String byDefault = setting.byDefault().isEmpty() ? empty : setting.byDefault();
    line((indent + component.getName() + ": " + byDefault).stripTrailing());
    Class<?> element = Keys.elementType(component);
    if (element != null) {
      element(element);
    }
  }

  private void element(Class<?> type) {
    line("# Each element may have these keys:");
    element(type, "# - ", "#   ");
  }

  private void element(Class<?> type, String first, String indent) {
    String bullet = first;
    for (RecordComponent component : type.getRecordComponents()) {
      Setting setting = Keys.setting(component);
      wrapped(indent + "# ", setting.value());
      if (Keys.isSection(component)) {
        line(indent + component.getName() + ":");
        element(component.getType(), indent + "  ", indent + "  ");
        continue;
      }
      String needed = component.getType() == URI.class ? "https://backend.example:4318" : "100";
      String shown = setting.required() ? needed : setting.byDefault();
      String byDefault = component.getName().equals("signals") ? "[" + shown + "]" : shown;
      line((bullet + component.getName() + ": " + byDefault).stripTrailing());
      bullet = indent;
    }
  }

  private void wrapped(String prefix, String sentence) {
    StringBuilder line = new StringBuilder(prefix);
    for (String word : sentence.split(" ")) {
      if (line.length() + word.length() > 100) {
        line(line.toString().stripTrailing());
        line = new StringBuilder(prefix);
      }
      line.append(word).append(' ');
    }
    line(line.toString().stripTrailing());
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
