package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.collector.ottl.GoDuration;
import dev.spanthrift.agent.config.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A place in a foreign YAML file. Reading never throws: what has the wrong form adds a problem, and
 * the default is taken.
 */
public record Place(@Nullable YamlNode node, String path, String where, Remarks remarks) {
  public static Place root(@Nullable YamlNode node, String where, Remarks remarks) {
    return new Place(node, "", where, remarks);
  }

  public Place child(String key) {
    YamlNode child = node instanceof YamlNode.Mapping map ? map.entries().get(key) : null;
    return new Place(
        child,
        path.isEmpty() ? key : path + "." + key,
        child == null ? where : child.where(),
        remarks);
  }

  /** Whether something stands there. */
  public boolean given() {
    return node != null && !(node instanceof YamlNode.Scalar scalar && scalar.isNothing());
  }

  /** Whether the key stands there, perhaps without a value. */
  public boolean exists() {
    return node != null;
  }

  boolean isMap() {
    return node instanceof YamlNode.Mapping;
  }

  public boolean isList() {
    return node instanceof YamlNode.Sequence;
  }

  /** A scalar as written, for problems; nothing that may be secret. */
  @Nullable String shown() {
    boolean secret = path.toLowerCase(Locale.ROOT).contains("header");
    return node instanceof YamlNode.Scalar scalar && !secret ? scalar.text() : null;
  }

  public Map<String, Place> children() {
    Map<String, Place> children = new LinkedHashMap<>();
    if (node instanceof YamlNode.Mapping map) {
      map.entries().keySet().forEach(key -> children.put(key, child(key)));
    } else if (given()) {
      remarks.wrong(this, "a section with keys");
    }
    return children;
  }

  public List<Place> elements() {
    List<Place> elements = new ArrayList<>();
    if (node instanceof YamlNode.Sequence list) {
      for (YamlNode element : list.elements()) {
        elements.add(
            new Place(element, path + "[" + elements.size() + "]", element.where(), remarks));
      }
    } else if (given()) {
      remarks.wrong(this, "a list");
    }
    return elements;
  }

  public List<String> texts() {
    return elements().stream().map(element -> element.text("")).toList();
  }

  /** Says that keys other than these have no counterpart. */
  public void expect(Set<String> known) {
    children()
        .forEach(
            (key, child) -> {
              if (!known.contains(key)) {
                remarks.lost(child, "no counterpart here");
              }
            });
  }

  public String text(String otherwise) {
    return scalar(text -> text, "a text").orElse(otherwise);
  }

  public long whole(long otherwise) {
    return scalar(Place::whole, "a whole number").orElse(otherwise);
  }

  private static long whole(String text) {
    String plain = text.replace("_", "");
    return plain.matches("[-+]?[0-9]+(\\.0*)?")
        ? Long.parseLong(plain.replaceFirst("\\..*", "").replaceFirst("^\\+", ""))
        : Double.valueOf(plain).longValue();
  }

  public double number(double otherwise) {
    return scalar(Double::valueOf, "a number").orElse(otherwise);
  }

  public boolean flag(boolean otherwise) {
    return scalar(Place::flag, "true or false").orElse(otherwise);
  }

  private static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** Nanoseconds; a plain number counts them. */
  public long nanos(long otherwise) {
    return scalar(
            text -> text.matches("[0-9]+") ? Long.parseLong(text) : GoDuration.nanos(text),
            "a time such as 500ms, 10s or 1m30s")
        .orElse(otherwise);
  }

  private <T> Optional<T> scalar(Function<String, T> read, String right) {
    if (!given()) {
      return Optional.empty();
    }
    if (node instanceof YamlNode.Scalar scalar) {
      try {
        return Optional.of(read.apply(scalar.text().strip()));
      } catch (IllegalArgumentException e) {
        remarks.wrong(this, "write " + right);
        return Optional.empty();
      }
    }
    remarks.wrong(this, "write " + right);
    return Optional.empty();
  }
}
