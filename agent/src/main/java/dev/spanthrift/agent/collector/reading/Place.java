package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.collector.ottl.value.GoDuration;
import dev.spanthrift.agent.config.yaml.YamlNode;
import dev.spanthrift.agent.config.yaml.YamlNode.Scalar.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a foreign YAML file. Reading never throws: what has the wrong form adds a problem, and
 * the default is taken.
 *
 * @param path with dots, for people to find it
 * @param name with slashes, for people to accept its loss: list elements stand in it by their name
 */
public record Place(
    @Nullable YamlNode node, String path, String name, String where, Remarks remarks) {
  /** Steps that a name goes without, because nothing else can be meant. */
  private static final Set<String> UNNAMED =
      Set.of("protocols", "grpc", "http", "authenticator", "enabled");

  private static final Pattern SECRET =
      Pattern.compile("header|password|token|auth|htpasswd|pem\\b", Pattern.CASE_INSENSITIVE);

  public static Place root(@Nullable YamlNode node, String where, Remarks remarks) {
    return new Place(node, "", "", where, remarks);
  }

  public Place child(String key) {
    YamlNode child = node instanceof YamlNode.Mapping map ? map.entries().get(key) : null;
    return new Place(
        child,
        path.isEmpty() ? key : path + "." + key,
        UNNAMED.contains(key) ? name : step(key),
        child == null ? where : child.where(),
        remarks);
  }

  /** A policy is accepted as one thing, whatever stands in it. */
  private String step(String key) {
    return name.contains("/policies/") ? name : name.isEmpty() ? key : name + "/" + key;
  }

  /** Whether something stands there. */
  public boolean given() {
    return node != null && !(node instanceof YamlNode.Scalar scalar && scalar.isNothing());
  }

  /** Whether the key stands there, perhaps without a value. */
  public boolean exists() {
    return node != null;
  }

  public boolean isMap() {
    return node instanceof YamlNode.Mapping;
  }

  public boolean isList() {
    return node instanceof YamlNode.Sequence;
  }

  /** Whether nothing stands there, or a text, a list or a section without content. */
  public boolean isEmpty() {
    return switch (node) {
      case null -> true;
      case YamlNode.Scalar scalar -> scalar.text().isEmpty();
      case YamlNode.Sequence list -> list.elements().isEmpty();
      case YamlNode.Mapping map -> map.entries().isEmpty();
    };
  }

  /** A scalar as written, for problems; nothing that may be secret. */
  @Nullable String shown() {
    boolean secret = SECRET.matcher(path).find();
    return node instanceof YamlNode.Scalar scalar && !secret ? scalar.text() : null;
  }

  public Map<String, Place> children() {
    Map<String, Place> children = new LinkedHashMap<>();
    if (node instanceof YamlNode.Mapping map) {
      map.entries().keySet().forEach(key -> children.put(key, child(key)));
    } else if (given()) {
      wrong("a section with keys");
    }
    return children;
  }

  public List<Place> elements() {
    List<Place> elements = new ArrayList<>();
    if (node instanceof YamlNode.Sequence list) {
      for (YamlNode element : list.elements()) {
        elements.add(element(element, elements.size()));
      }
    } else if (given()) {
      wrong("a list");
    }
    return elements;
  }

  private Place element(YamlNode element, int index) {
    boolean named =
        element instanceof YamlNode.Mapping map
            && map.entries().get("name") instanceof YamlNode.Scalar;
    Place plain =
        new Place(element, path + "[" + index + "]", step("" + index), element.where(), remarks);
    return named
        ? new Place(element, plain.path, step(plain.child("name").text("")), plain.where, remarks)
        : plain;
  }

  public List<String> texts() {
    return elements().stream().map(element -> element.text("")).toList();
  }

  /** Says what would be right in its place. */
  public void wrong(String right) {
    String shown = shown();
    remarks.wrong(
        this, right + (shown == null || shown.isEmpty() ? "" : ", not \"" + shown + "\""));
  }

  public String text(String otherwise) {
    return textOf().orElse(otherwise);
  }

  Optional<String> textOf() {
    return scalar(null, text -> text, "a text");
  }

  /** One of these words, which is said if it is none. */
  public Optional<String> oneOf(List<String> allowed) {
    Optional<String> text = textOf();
    if (text.isPresent() && !allowed.contains(text.get())) {
      remarks.wrong(this, "\"" + text.get() + "\" is none of them; " + words(text.get(), allowed));
      return Optional.empty();
    }
    return text;
  }

  private static String words(String text, List<String> allowed) {
    return Words.instead(text, allowed);
  }

  public long whole(long otherwise) {
    return wholeOf().orElse(otherwise);
  }

  Optional<Long> wholeOf() {
    return scalar(Kind.NUMBER, Place::whole, "a whole number");
  }

  private static Long whole(String text) {
    String plain = text.replace("_", "").replaceFirst("^\\+", "");
    if (plain.matches("-?[0-9]+")) {
      return Long.valueOf(plain);
    }
    return plain.matches("-?0[xX][0-9a-fA-F]+")
        ? Long.decode(plain)
        : Long.valueOf((long) decimal(plain));
  }

  private static double decimal(String text) {
    double value = Double.parseDouble(text);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  public double number(double otherwise) {
    return numberOf().orElse(otherwise);
  }

  Optional<Double> numberOf() {
    return scalar(Kind.NUMBER, text -> decimal(text.replace("_", "")), "a number");
  }

  public boolean flag(boolean otherwise) {
    return flagOf().orElse(otherwise);
  }

  Optional<Boolean> flagOf() {
    return scalar(
        Kind.BOOLEAN, text -> text.toLowerCase(Locale.ROOT).equals("true"), "true or false");
  }

  /** Nanoseconds; a plain number counts them. */
  public long nanos(long otherwise) {
    return nanosOf().orElse(otherwise);
  }

  Optional<Long> nanosOf() {
    if (node instanceof YamlNode.Scalar scalar && scalar.kind() == Kind.NUMBER) {
      return wholeOf();
    }
    return scalar(null, Place::nanos, KeyForm.Sort.TIME.right());
  }

  static Long nanos(String text) {
    return GoDuration.nanos(text);
  }

  /** A value of this kind; null for any. */
  private <T> Optional<T> scalar(@Nullable Kind kind, Function<String, T> read, String right) {
    if (!given()) {
      return Optional.empty();
    }
    if (node instanceof YamlNode.Scalar scalar && (kind == null || scalar.kind() == kind)) {
      try {
        return Optional.of(read.apply(kind == null ? scalar.text() : scalar.text().strip()));
      } catch (IllegalArgumentException e) {
        // said below
      }
    }
    wrong("write " + right);
    return Optional.empty();
  }
}
