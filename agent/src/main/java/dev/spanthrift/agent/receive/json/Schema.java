package dev.spanthrift.agent.receive.json;

import dev.spanthrift.agent.receive.json.Type.Enumeration;
import dev.spanthrift.agent.receive.json.Type.Field;
import dev.spanthrift.agent.receive.json.Type.Message;
import dev.spanthrift.agent.receive.json.Type.Scalar;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.Named;

/** The messages of OTLP, read once from {@code otlp.schema}, which explains its own format. */
final class Schema {
  static final Schema OTLP = new Schema(read("otlp.schema"));

  private final Map<String, Type> types = new HashMap<>();

  Schema(String text) {
    Map<String, List<String>> blocks = blocks(text);
    blocks.forEach(this::declare);
    blocks.forEach(this::define);
  }

  /** The request message of a signal. */
  Message request(Signal signal) {
    return message(
        switch (signal) {
          case TRACES -> "ExportTraceServiceRequest";
          case METRICS -> "ExportMetricsServiceRequest";
          case LOGS -> "ExportLogsServiceRequest";
          case PROFILES -> "ExportProfilesServiceRequest";
        });
  }

  static PropertyNameMatcher matcher(List<Field> fields) {
    List<Named> names = fields.stream().map(f -> Named.fromString(f.name())).toList();
    return JsonToProtobuf.JSON.constructNameMatcher(names, false);
  }

  private Message message(String name) {
    if (type(name) instanceof Message message) {
      return message;
    }
    throw new IllegalArgumentException(name + " is not a message");
  }

  private Type type(String name) {
    Type type = types.get(name);
    return type != null ? type : Scalar.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Indented lines by the heading above them. */
  private static Map<String, List<String>> blocks(String text) {
    Map<String, List<String>> blocks = new HashMap<>();
    List<String> block = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("  ")) {
        block.add(line.strip());
      } else if (!line.isBlank() && !line.startsWith("#")) {
        block = new ArrayList<>();
        blocks.put(line, block);
      }
    }
    return blocks;
  }

  private void declare(String heading, List<String> lines) {
    String[] words = words(heading);
    Type type =
        words[0].equals("enum") ? enumeration(words[1], words[2], lines) : new Message(words[1]);
    types.put(words[1], type);
  }

  private static Enumeration enumeration(String name, String prefix, List<String> lines) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String value : words(String.join(" ", lines))) {
      numbers.put(prefix + value, numbers.size());
    }
    return new Enumeration(name, numbers);
  }

  private void define(String heading, List<String> lines) {
    if (types.get(words(heading)[1]) instanceof Message message) {
      message.define(lines.stream().map(this::field).toList());
    }
  }

  private Field field(String line) {
    String[] words = words(line);
    boolean keepsZero = words[2].endsWith("?");
    boolean repeated = words[2].endsWith("[]");
    String type = words[2].replace("?", "").replace("[]", "");
    return new Field(Integer.parseInt(words[0]), words[1], type(type), repeated, keepsZero);
  }

  private static String[] words(String line) {
    return line.split("\\s+", -1);
  }

  private static String read(String resource) {
    try (InputStream in = Schema.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
