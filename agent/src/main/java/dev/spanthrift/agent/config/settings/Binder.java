package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.Expansion;
import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlReader;
import dev.spanthrift.sampler.wire.Signal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills records from nodes and environment variables, and lists what does not fit.
 *
 * <p>An environment variable beats the file, the file beats the default; an empty variable and an
 * empty value count as absent.
 */
final class Binder {
  private static final String DEFAULT = "default";
  private static final String NO_LIST = "a map, or k=v,k2=v2; not a list";

  private final Map<String, String> environment;
  private final List<SettingProblem> problems;
  private final Map<String, String> places = new HashMap<>();
  private final Set<String> variablesUsed = new LinkedHashSet<>();

  Binder(Map<String, String> environment, List<SettingProblem> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** Names of all variables that a setting could have come from. */
  Set<String> variablesKnown() {
    return variablesUsed;
  }

  /** Keys that have a value that is not the default. */
  Set<String> given() {
    Set<String> given = new LinkedHashSet<>();
    places.forEach(
        (key, place) -> {
          if (!place.equals(DEFAULT)) {
            given.add(key);
          }
        });
    return given;
  }

  /** File and line, or the variable, that a value came from; empty when it has none. */
  String place(String path) {
    return places.getOrDefault(path, "");
  }

  /**
   * Fills one record.
   *
   * @return null when something in it is wrong; then a problem was added
   */
  <T extends Record> @Nullable T bind(Class<T> type, @Nullable YamlNode node, String path) {
    int before = problems.size();
    Map<String, YamlNode> entries = entries(type, node, path);
    if (problems.size() > before && !(node instanceof YamlNode.Mapping)) {
      return null; // its keys are not missing, they have no place
    }
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      values[i] = component(components[i], entries.get(name), Keys.join(path, name));
    }
    return problems.size() == before ? construct(type, components, values, path) : null;
  }

  private Map<String, YamlNode> entries(Class<?> type, @Nullable YamlNode node, String path) {
    switch (node) {
      case null -> {
        return Map.of();
      }
      case YamlNode.Mapping mapping -> {
        refuseUnknown(type, mapping, path);
        return mapping.entries();
      }
      case YamlNode.Scalar scalar when scalar.isNothing() -> {
        return Map.of();
      }
      case YamlNode.Scalar scalar ->
          problems.add(
              new SettingProblem(
                  whole(path),
                  scalar.text(),
                  scalar.where(),
                  "a section; write its keys below it"));
      case YamlNode.Sequence sequence ->
          problems.add(
              new SettingProblem(
                  whole(path), null, sequence.where(), "a section with keys, not a list"));
    }
    return Map.of();
  }

  private static String whole(String path) {
    return path.isEmpty() ? "the file" : path;
  }

  private void refuseUnknown(Class<?> type, YamlNode.Mapping mapping, String path) {
    List<String> known =
        Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
    mapping
        .entries()
        .forEach(
            (key, node) -> {
              if (!known.contains(key)) {
                String right =
                    Synonyms.synonym(key, node.plain(), Set.copyOf(known))
                        .or(() -> Keys.nearest(path, key))
                        .map(nearest -> "unknown key; did you mean " + nearest + "?")
                        .orElse("unknown key; known here: " + String.join(", ", known));
                problems.add(new SettingProblem(Keys.join(path, key), null, node.where(), right));
              }
            });
  }

  private @Nullable Object component(
      RecordComponent component, @Nullable YamlNode node, String path) {
    if (Keys.isSection(component)) {
      return bind(component.getType().asSubclass(Record.class), node, path);
    }
    YamlNode source = fromEnvironment(component, path);
    if (source == null) {
      source = node instanceof YamlNode.Scalar scalar && scalar.isNothing() ? null : node;
    }
    Setting setting = Keys.setting(component);
    if (source == null && setting.required()) {
      problems.add(new SettingProblem(path, null, "", "is needed: " + setting.value()));
      return null;
    }
    if (source == null && !setting.byDefault().isEmpty()) {
      source = new YamlNode.Scalar(setting.byDefault(), YamlNode.Scalar.Kind.TEXT, DEFAULT);
    }
    if (source != null) {
      places.put(path, source.where());
    }
    return value(component, source, path);
  }

  /** List elements have no variable of their own; the list as a whole has, as YAML text. */
  private @Nullable YamlNode fromEnvironment(RecordComponent component, String path) {
    if (path.contains("[")) {
      return null;
    }
    String variable = Keys.variable(path);
    variablesUsed.add(variable);
    String text = environment.getOrDefault(variable, "");
    if (text.isEmpty()) {
      return null;
    }
    return component.getType() == List.class
        ? YamlReader.read(text, variable, false, new Expansion(environment), problems)
        : new YamlNode.Scalar(text, YamlNode.Scalar.Kind.TEXT, variable);
  }

  private @Nullable Object value(
      RecordComponent component, @Nullable YamlNode source, String path) {
    Class<?> type = component.getType();
    if (Keys.isTexts(component)) {
      List<String> texts = texts(source, path);
      return type == Set.class ? new LinkedHashSet<>(texts) : texts;
    }
    if (type == List.class) {
      return list(component, source, path);
    }
    if (type == Map.class) {
      return Keys.setting(component).headers() ? headers(source, path) : textMap(source, path);
    }
    if (type == Set.class) {
      return signals(source, path);
    }
    return source == null ? null : scalar(component, source, path);
  }

  private @Nullable Object scalar(RecordComponent component, YamlNode source, String path) {
    if (!(source instanceof YamlNode.Scalar scalar)) {
      problems.add(
          new SettingProblem(path, null, source.where(), "one value, not a list or a section"));
      return null;
    }
    try {
      return Values.parse(component.getType(), scalar.text());
    } catch (IllegalArgumentException e) {
      problems.add(new SettingProblem(path, scalar.text(), scalar.where(), message(e)));
      return null;
    }
  }

  private List<?> list(RecordComponent component, @Nullable YamlNode source, String path) {
    if (source == null) {
      return List.of();
    }
    if (!(source instanceof YamlNode.Sequence sequence)) {
      problems.add(
          new SettingProblem(
              path, shown(source), source.where(), "a list; begin each element with -"));
      return List.of();
    }
    Class<? extends Record> type = Keys.elementType(component);
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < sequence.elements().size(); i++) {
      YamlNode element = sequence.elements().get(i);
      String elementPath = path + "[" + i + "]";
      Object bound = type != null ? bind(type, element, elementPath) : rawMap(element, elementPath);
      if (bound != null) {
        elements.add(bound);
      }
    }
    return elements;
  }

  /** A list, or texts with commas between, as a variable has them. */
  private List<String> texts(@Nullable YamlNode source, String path) {
    List<YamlNode> elements =
        source instanceof YamlNode.Sequence sequence
            ? sequence.elements()
            : source == null ? List.of() : List.of(source);
    List<String> texts = new ArrayList<>();
    for (YamlNode element : elements) {
      if (!(element instanceof YamlNode.Scalar scalar)) {
        problems.add(
            new SettingProblem(path, null, element.where(), "a list of texts, such as [a, b]"));
      } else if (element == source) {
        Arrays.stream(scalar.text().split(",")).map(String::strip).forEach(texts::add);
      } else {
        texts.add(scalar.text());
      }
    }
    texts.removeIf(String::isEmpty);
    return List.copyOf(texts);
  }

  private static String shownText(YamlNode node) {
    return Objects.requireNonNullElse(shown(node), "a section");
  }

  private static @Nullable String shown(YamlNode node) {
    return node instanceof YamlNode.Scalar scalar ? scalar.text() : null;
  }

  private @Nullable Object rawMap(YamlNode element, String path) {
    if (element instanceof YamlNode.Mapping mapping) {
      return mapping.plain();
    }
    problems.add(
        new SettingProblem(
            path,
            shown(element),
            element.where(),
            "a rule with keys, such as {name: errors, match: {status: ERROR}, keep: true}"));
    return null;
  }

  private Map<String, String> headers(@Nullable YamlNode source, String path) {
    Map<String, String> headers = new LinkedHashMap<>();
    try {
      switch (source) {
        case null -> {}
        case YamlNode.Scalar scalar -> headers.putAll(Headers.parse(scalar.text()));
        case YamlNode.Mapping mapping ->
            mapping
                .entries()
                .forEach(
                    (name, node) ->
                        headers.put(
                            Headers.checkedName(name),
                            // No transport carries the space around a value; files of secrets end
                            // in a line.
                            Headers.checkedValue(name, text(node).strip())));
        case YamlNode.Sequence sequence -> throw new IllegalArgumentException(NO_LIST);
      }
    } catch (IllegalArgumentException e) {
      problems.add(
          new SettingProblem(path, null, source == null ? "" : source.where(), message(e)));
    }
    return headers;
  }

  /** Text as it stands there; a variable may hold a map in YAML, or k=v,k2=v2. */
  private Map<String, String> textMap(@Nullable YamlNode source, String path) {
    Map<String, String> texts = new LinkedHashMap<>();
    try {
      switch (source) {
        case null -> {}
        case YamlNode.Scalar scalar when scalar.text().strip().startsWith("{") ->
            texts.putAll(textMap(YamlReader.read(scalar.text(), scalar.where(), problems), path));
        case YamlNode.Scalar scalar ->
            Headers.entries(scalar.text()).forEach(e -> texts.put(e.name(), e.value()));
        case YamlNode.Mapping mapping ->
            mapping.entries().forEach((name, node) -> texts.put(name, text(node)));
        case YamlNode.Sequence sequence -> throw new IllegalArgumentException(NO_LIST);
      }
    } catch (IllegalArgumentException e) {
      problems.add(
          new SettingProblem(path, null, source == null ? "" : source.where(), message(e)));
    }
    return texts;
  }

  private static String text(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar.text();
    }
    throw new IllegalArgumentException("a map of texts, without sections or lists in it");
  }

  private Set<Signal> signals(@Nullable YamlNode source, String path) {
    List<String> texts =
        switch (source) {
          case null -> List.of();
          case YamlNode.Scalar scalar -> List.of(scalar.text().split(","));
          case YamlNode.Sequence sequence ->
              sequence.elements().stream().map(Binder::shownText).toList();
          case YamlNode.Mapping mapping -> List.of("a section");
        };
    Set<Signal> signals = new LinkedHashSet<>();
    for (String text : texts) {
      try {
        signals.add((Signal) Values.parse(Signal.class, text));
      } catch (IllegalArgumentException e) {
        problems.add(
            new SettingProblem(path, text, source == null ? "" : source.where(), message(e)));
      }
    }
    return signals;
  }

  private <T extends Record> @Nullable T construct(
      Class<T> type, RecordComponent[] components, @Nullable Object[] values, String path) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Checks.RefusedException refused) {
        refused.violations().forEach(violation -> add(violation, path));
        return null;
      }
      throw new IllegalStateException("record " + type, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("record " + type, e);
    }
  }

  private void add(Checks.Violation violation, String path) {
    String key = Keys.join(path, violation.component());
    problems.add(
        new SettingProblem(
            key,
            violation.value().isEmpty() ? null : violation.value(),
            places.getOrDefault(key, ""),
            violation.right()));
  }

  private static String message(IllegalArgumentException e) {
    return Objects.requireNonNullElse(e.getMessage(), "cannot be read");
  }
}
