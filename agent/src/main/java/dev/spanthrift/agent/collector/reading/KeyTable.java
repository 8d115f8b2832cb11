package dev.spanthrift.agent.collector.reading;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one component of a foreign configuration, and what becomes of each.
 *
 * <p>The tables are a resource, {@code keys.txt}: readers ask them, the documentation is written
 * from them, and a test walks them. So no key can be passed over without a word.
 */
public final class KeyTable {
  private static final Map<String, KeyTable> ALL = all();

  /**
   * One row.
   *
   * @param path below the component, with dots
   * @param byDefault what is so without the key; {@code -} for nothing
   * @param words where it is carried, or why it is not
   */
  public record KeyRow(String path, KeyForm form, String byDefault, KeyFate fate, String words) {}

  private final String name;
  private final Map<String, KeyRow> keys = new LinkedHashMap<>();

  private KeyTable(String name) {
    this.name = name;
  }

  /** Null when no such component is read. */
  public static @Nullable KeyTable find(String component) {
    return ALL.get(component);
  }

  /** The table of a component that is known to be read. */
  public static KeyTable of(String component) {
    return Objects.requireNonNull(ALL.get(component), component);
  }

  /** All components, in the order of the resource. */
  public static List<KeyTable> tables() {
    return List.copyOf(ALL.values());
  }

  public String name() {
    return name;
  }

  public List<KeyRow> keys() {
    return List.copyOf(keys.values());
  }

  /** Says of every key that stands there what becomes of it, unless it is obeyed. */
  public void walk(Place at) {
    walk(at, "");
  }

  private void walk(Place at, String prefix) {
    at.children()
        .forEach(
            (name, child) -> {
              String path = prefix.isEmpty() ? name : prefix + "." + name;
              KeyRow key = keys.get(path);
              if (key != null) {
                say(key, child);
              } else if (!below(path).isEmpty()) {
                walk(child, path);
              } else {
                unknown(child, name, below(prefix));
              }
            });
  }

  private static void unknown(Place at, String name, List<String> known) {
    at.remarks().wrong(at, "unknown key; " + Words.instead(name, known));
  }

  /** Names one step below a path; none when it is no section. */
  private List<String> below(String path) {
    String start = path.isEmpty() ? "" : path + ".";
    return keys.keySet().stream()
        .filter(key -> key.startsWith(start))
        .map(key -> key.substring(start.length()).replaceFirst("\\..*", ""))
        .distinct()
        .toList();
  }

  private static void say(KeyRow key, Place at) {
    if (!at.given() || !key.form().fits(at)) {
      return;
    }
    Remarks remarks = at.remarks();
    boolean same = key.form().same(at, key.byDefault());
    switch (key.fate()) {
      case CARRIED, PARTS -> {}
      case NOTE -> remarks.note(at, key.words());
      case LEFT_OUT, DIFFERS, OTHERWISE, REFUSED -> {
        if (same) {
          remarks.note(at, "as it is without the key; " + key.words());
        } else {
          remarks.add(key.fate(), at, key.words());
        }
      }
    }
  }

  private static Map<String, KeyTable> all() {
    Map<String, List<String[]>> sections = sections();
    Map<String, KeyTable> tables = new LinkedHashMap<>();
    sections.forEach(
        (name, rows) -> {
          if (!name.startsWith("group ")) {
            KeyTable table = new KeyTable(name);
            table.fill("", rows, sections);
            tables.put(name, table);
          }
        });
    return tables;
  }

  private void fill(String prefix, List<String[]> rows, Map<String, List<String[]>> sections) {
    for (String[] row : rows) {
      if (row[0].startsWith("= ")) {
        fill(prefix, group(row[0], sections), sections);
      } else if (row[1].startsWith("= ")) {
        fill(prefix + row[0] + ".", group(row[1], sections), sections);
      } else {
        String path = prefix + row[0];
        keys.put(
            path, new KeyRow(path, KeyForm.parse(row[1]), row[2], KeyFate.named(row[3]), row[4]));
      }
    }
  }

  private static List<String[]> group(String reference, Map<String, List<String[]>> sections) {
    return Objects.requireNonNull(sections.get("group " + reference.substring(2)), reference);
  }

  private static Map<String, List<String[]>> sections() {
    Map<String, List<String[]>> sections = new LinkedHashMap<>();
    List<String[]> rows = new ArrayList<>();
    for (String line : resource().lines().toList()) {
      if (line.startsWith("[")) {
        rows = new ArrayList<>();
        sections.put(line.substring(1, line.length() - 1), rows);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        rows.add(line.split(" {2,}", 5));
      }
    }
    return sections;
  }

  private static String resource() {
    try (InputStream in = KeyTable.class.getResourceAsStream("keys.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
