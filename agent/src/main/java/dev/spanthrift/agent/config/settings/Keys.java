package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.Suggestions;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of the settings tree, their environment variables, and the nearest one to a typo. */
public final class Keys {
  private Keys() {}

  /** Every path that may stand in the file; those of list elements as {@code destinations[].x}. */
  public static List<String> all() {
    List<String> keys = new ArrayList<>();
    collect(SpanthriftSettings.class, "", keys);
    return keys;
  }

  private static void collect(Class<?> type, String path, List<String> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      String key = join(path, component.getName());
      keys.add(key);
      if (isSection(component)) {
        collect(component.getType(), key, keys);
      }
      Class<?> element = elementType(component);
      if (element != null) {
        collect(element, key + "[]", keys);
      }
    }
  }

  /** Whether the component is a record of settings and not a value. */
  static boolean isSection(RecordComponent component) {
    RecordComponent[] inner = component.getType().getRecordComponents();
    return inner != null && inner.length > 0 && inner[0].isAnnotationPresent(Setting.class);
  }

  /** The record that a list's elements are; null for other components. */
  static @Nullable Class<? extends Record> elementType(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType list
            && list.getActualTypeArguments()[0] instanceof Class<?> element
            && element.isRecord()
        ? element.asSubclass(Record.class)
        : null;
  }

  /** Whether a list's or a set's elements are words as they stand. */
  static boolean isTexts(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType type
        && type.getRawType() != Map.class
        && type.getActualTypeArguments()[0] == String.class;
  }

  static Setting setting(RecordComponent component) {
    return Objects.requireNonNull(component.getAnnotation(Setting.class), component::getName);
  }

  static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** {@code hold.bytesMax} is {@code SPANTHRIFT_HOLD_BYTES_MAX}. */
  static String variable(String key) {
    return "SPANTHRIFT_"
        + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The known key that an unknown one was probably meant to be: a neighbour before all others. */
  static Optional<String> nearest(String path, String unknown) {
    String section = path.replaceAll("\\[[0-9]+]", "[]");
    List<String> neighbours =
        all().stream().filter(key -> parent(key).equals(section)).map(Keys::name).toList();
    return Suggestions.nearest(unknown, neighbours)
        .map(name -> join(section, name))
        .or(() -> all().stream().filter(key -> name(key).equalsIgnoreCase(unknown)).findFirst())
        .or(() -> Suggestions.nearest(join(section, unknown), all()));
  }

  private static String name(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static String parent(String key) {
    return key.substring(0, Math.max(0, key.lastIndexOf('.')));
  }
}
