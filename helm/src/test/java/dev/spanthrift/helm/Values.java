package dev.spanthrift.helm;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code values.yaml} says: each key's default and the {@code # --} sentence above it.
 *
 * <p>Sentences are found line by line, since a parser drops comments: the file is ours, two spaces
 * a level, one key a line.
 */
record Values(JsonObject defaults, Map<String, String> sentences) {
  static final Path FILE = Chart.FOLDER.resolve("values.yaml");
  private static final Pattern SENTENCE = Pattern.compile(" *# -- (.+)");
  private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");

  static Values read() throws IOException {
    return new Values(Rendered.parse(Files.readString(FILE)), sentences(Files.readAllLines(FILE)));
  }

  private static Map<String, String> sentences(List<String> lines) {
    Map<String, String> sentences = new LinkedHashMap<>();
    List<String> path = new ArrayList<>();
    String pending = "";
    for (String line : lines) {
      Matcher sentence = SENTENCE.matcher(line);
      Matcher key = KEY.matcher(line);
      if (sentence.matches()) {
        pending = sentence.group(1);
        continue;
      }
      if (key.matches()) {
        int depth = key.group(1).length() / 2;
        while (path.size() > depth) {
          path.removeLast();
        }
        path.add(key.group(2));
        if (!pending.isEmpty()) {
          sentences.put(String.join(".", path), pending);
        }
      }
      pending = "";
    }
    return sentences;
  }

  /**
   * Paths of all values, sections before what is in them. A section ends where the schema describes
   * no properties: what users put there is theirs.
   */
  List<String> paths(JsonObject schema) {
    List<String> paths = new ArrayList<>();
    collect("", defaults, schema, paths);
    return paths;
  }

  private static void collect(
      String prefix, JsonObject values, JsonObject schema, List<String> paths) {
    for (Map.Entry<String, JsonElement> entry : values.entrySet()) {
      String path = prefix + entry.getKey();
      paths.add(path);
      JsonObject described = property(schema, entry.getKey());
      if (described != null && described.has("properties")) {
        collect(path + ".", entry.getValue().getAsJsonObject(), described, paths);
      }
    }
  }

  /** What a schema says of one key; null if nothing. */
  static JsonObject property(JsonObject schema, String key) {
    JsonObject properties = schema.getAsJsonObject("properties");
    return properties == null ? null : properties.getAsJsonObject(key);
  }

  /** What a schema says of a path; null if nothing. */
  static JsonObject described(JsonObject schema, String path) {
    JsonObject here = schema;
    for (String key : path.split("\\.")) {
      here = here == null ? null : property(here, key);
    }
    return here;
  }
}
