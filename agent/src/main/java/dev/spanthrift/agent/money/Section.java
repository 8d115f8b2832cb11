package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.Suggestions;
import dev.spanthrift.agent.config.yaml.YamlNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a price model's file: what it lacks or has wrong becomes a problem with its line,
 * and a harmless stand-in goes on, so that one reading finds them all.
 */
final class Section {
  private final String path;
  private final YamlNode node;
  private final Map<String, YamlNode> entries;
  private final List<SettingProblem> problems;
  private final Set<String> asked = new TreeSet<>();

  Section(String path, YamlNode node, List<SettingProblem> problems) {
    this.path = path;
    this.node = node;
    this.problems = problems;
    if (node instanceof YamlNode.Mapping mapping) {
      entries = mapping.entries();
    } else {
      entries = Map.of();
      problem("", node, "a section with keys");
    }
  }

  /** Reports keys that nobody asked for. */
  void done() {
    entries.forEach(
        (key, value) -> {
          if (!asked.contains(key)) {
            String near =
                Suggestions.nearest(key, asked)
                    .map(best -> "; did you mean " + best + "?")
                    .orElse("");
            problem(key, value, "unknown key" + near);
          }
        });
  }

  boolean has(String key) {
    asked.add(key);
    return entries.get(key) != null
        && !(entries.get(key) instanceof YamlNode.Scalar scalar && scalar.isNothing());
  }

  /** Whether the value is that word. */
  boolean is(String key, String word) {
    asked.add(key);
    return entries.get(key) instanceof YamlNode.Scalar scalar && scalar.text().equals(word);
  }

  String text(String key) {
    if (!has(key)) {
      problem(key, node, "is needed");
      return "?";
    }
    return scalar(key, entries.get(key));
  }

  @Nullable String optional(String key) {
    return has(key) ? text(key) : null;
  }

  private String scalar(String key, @Nullable YamlNode value) {
    if (value instanceof YamlNode.Scalar scalar) {
      return scalar.text();
    }
    problem(key, value == null ? node : value, "one value, not a list or a section");
    return "?";
  }

  boolean flag(String key) {
    String text = text(key);
    if (!text.equals("true") && !text.equals("false")) {
      problem(key, entries.getOrDefault(key, node), "write true or false");
    }
    return text.equals("true");
  }

  <E extends Enum<E>> E constant(String key, Class<E> type, E byDefault) {
    return has(key) ? constant(key, type) : byDefault;
  }

  <E extends Enum<E>> E constant(String key, Class<E> type) {
    E first = type.getEnumConstants()[0];
    String known =
        String.join(
            ", ",
            Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList());
    return parsed(
        key,
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("write one of " + known)),
        first);
  }

  /** A value that a function makes of the text; its exception says what would be right. */
  <T> T parsed(String key, Function<String, T> parser, T otherwise) {
    String text = text(key);
    try {
      return text.equals("?") ? otherwise : parser.apply(text);
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      problem(key, entries.getOrDefault(key, node), String.valueOf(e.getMessage()));
      return otherwise;
    }
  }

  BigDecimal decimal(String key) {
    return parsed(key, Section::number, BigDecimal.ZERO);
  }

  private static BigDecimal number(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      if (number.signum() < 0) {
        throw new IllegalArgumentException("write a number of at least 0");
      }
      if (number.precision() > 40 || Math.abs((long) number.scale()) > 40) {
        throw new IllegalArgumentException("write a number of at most 40 digits");
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("write a number such as 0.50", e);
    }
  }

  Section section(String key) {
    asked.add(key);
    return new Section(at(key), entries.getOrDefault(key, node), problems);
  }

  Optional<Section> optionalSection(String key) {
    return has(key) ? Optional.of(section(key)) : Optional.empty();
  }

  /** Whether the value is a section and not a plain one. */
  boolean isSection(String key) {
    return entries.get(key) instanceof YamlNode.Mapping;
  }

  /** The elements of a list, none when it is missing. */
  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    List<YamlNode> elements = elements(key);
    for (int i = 0; i < elements.size(); i++) {
      sections.add(new Section(at(key) + "[" + i + "]", elements.get(i), problems));
    }
    return sections;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    elements(key).forEach(element -> texts.add(scalar(key, element)));
    return texts;
  }

  private List<YamlNode> elements(String key) {
    if (!has(key)) {
      return List.of();
    }
    YamlNode list = entries.getOrDefault(key, node);
    if (list instanceof YamlNode.Sequence sequence) {
      return sequence.elements();
    }
    problem(key, list, "a list; begin each element with -");
    return List.of();
  }

  /** Key to section-like holder of each entry, for maps whose keys are free. */
  Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    entries.keySet().forEach(key -> keys.put(key, at(key)));
    asked.addAll(entries.keySet());
    return keys;
  }

  void problem(String key, String right) {
    problem(key, entries.getOrDefault(key, node), right);
  }

  private void problem(String key, YamlNode value, String right) {
    String written = value instanceof YamlNode.Scalar scalar ? scalar.text() : null;
    problems.add(new SettingProblem(key.isEmpty() ? path : at(key), written, value.where(), right));
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
