package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values, schema and README say the same. */
class ValuesTest {
  private static final Path SCHEMA = Chart.FOLDER.resolve("values.schema.json");
  private static final Path README = Chart.FOLDER.resolve("README.md");
  private static final String BEGIN =
      "<!-- values: written by mvn test -pl helm -Dhelm.update=true -->\n";
  private static final String END = "<!-- end of values -->";

  /** In the schema alone: the condition of a parent chart's dependency is no value of ours. */
  private static final List<String> SCHEMA_ONLY = List.of("enabled");

  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private Values values;
  private JsonObject schema;
  private List<String> paths;

  @BeforeEach
  void read() throws IOException {
    values = Values.read();
    schema = JsonParser.parseString(Files.readString(SCHEMA)).getAsJsonObject();
    paths = values.paths(schema);
    assertTrue(paths.size() > 100, paths::toString);
  }

  @Test
  void everyValueHasASentence() {
    List<String> without = new ArrayList<>();
    for (String path : paths) {
      String sentence = values.sentences().getOrDefault(path, "");
      if (!sentence.matches("[A-Z].{8,}\\.")) {
        without.add(path + ": " + sentence);
      }
    }
    assertEquals(List.of(), without);
  }

  @Test
  void everyValueIsInTheSchemaWithATypeAndItsSentence() throws IOException {
    List<String> missing = new ArrayList<>();
    for (String path : paths) {
      JsonObject described = Values.described(schema, path);
      if (described == null || !described.has("type")) {
        missing.add(path);
      } else if (Chart.UPDATE) {
        described.addProperty("description", values.sentences().get(path));
      } else {
        assertEquals(
            values.sentences().get(path),
            described.has("description") ? described.get("description").getAsString() : "",
            path + ": run with -Dhelm.update=true");
      }
    }
    assertEquals(List.of(), missing);
    if (Chart.UPDATE) {
      Files.writeString(SCHEMA, PRETTY.toJson(schema) + "\n");
    }
  }

  @Test
  void everythingInTheSchemaIsAValue() {
    List<String> orphans = new ArrayList<>();
    collectOrphans("", schema, orphans);
    assertEquals(SCHEMA_ONLY, orphans);
  }

  private void collectOrphans(String prefix, JsonObject described, List<String> orphans) {
    if (!described.has("properties")) {
      return;
    }
    for (String key : described.getAsJsonObject("properties").keySet()) {
      if (!paths.contains(prefix + key)) {
        orphans.add(prefix + key);
      }
      collectOrphans(prefix + key + ".", Values.property(described, key), orphans);
    }
  }

  @Test
  void theReadmeListsEveryValue() throws IOException {
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    assertTrue(begin >= BEGIN.length() && end >= begin, "the marks of the table are gone");
    if (Chart.UPDATE) {
      readme = readme.substring(0, begin) + table() + readme.substring(end);
      Files.writeString(README, readme);
      end = readme.indexOf(END);
    }
    assertEquals(table(), readme.substring(begin, end), "run with -Dhelm.update=true");
  }

  private String table() {
    StringBuilder table = new StringBuilder("| value | default | what it is |\n|---|---|---|\n");
    for (String path : paths) {
      boolean section = Values.described(schema, path).has("properties");
      JsonElement value = Rendered.at(values.defaults(), path);
      String shown = section ? "" : "`" + PRETTY.newBuilder().create().toJson(value) + "`";
      table
          .append("| `")
          .append(path)
          .append("` | ")
          .append(shown.replaceAll("\\s+", " "))
          .append(" | ")
          .append(values.sentences().get(path).replace("|", "\\|"))
          .append(" |\n");
    }
    return table.toString();
  }
}
