package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ExampleFileTest {
  private static final Path FILE =
      Path.of("").toAbsolutePath().getParent().resolve("spanthrift.example.yaml");

  @BeforeAll
  static void write() throws Exception {
    if (Boolean.getBoolean("format.apply")) {
      Files.writeString(FILE, ExampleFile.text());
    }
  }

  @Test
  void isWhatTheRecordsSay() throws Exception {
    assertEquals(ExampleFile.text(), Files.readString(FILE), "run with -Dformat.apply=true");
  }

  @Test
  void parsesToTheDefaults() throws Exception {
    SettingsLoader.Loaded loaded = SettingsLoader.load(FILE, Map.of());
    assertEquals(SettingsLoader.defaults(), loaded.settings());
    assertEquals(List.of(), loaded.warnings());
  }

  @Test
  void showsEveryKeyAndItsVariable() throws Exception {
    String text = Files.readString(FILE);
    for (String key : Keys.all()) {
      String name = key.substring(key.lastIndexOf('.') + 1);
      assertTrue(text.contains(name + ":"), key);
    }
    for (SettingsTable.Row row : SettingsTable.rows()) {
      assertTrue(
          row.key().contains("[") || text.contains("# " + Keys.variable(row.key())), row.key());
    }
  }

  @Test
  void itsDestinationParsesWhenTheCommentSignsGo() throws Exception {
    String element =
        Files.readAllLines(FILE).stream()
            .dropWhile(line -> !line.startsWith("# Each element"))
            .skip(1)
            .takeWhile(line -> line.startsWith("#"))
            .map(line -> line.substring(1))
            .collect(Collectors.joining("\n"));
    Path file = Files.createTempFile("spanthrift", ".yaml");
    try {
      Files.writeString(file, "destinations:\n" + element + "\n");
      DestinationSettings shown =
          SettingsLoader.load(file, Map.of()).settings().destinations().getFirst();
      Files.writeString(file, "destinations: [{endpoint: 'https://backend.example:4318'}]\n");
      assertEquals(SettingsLoader.load(file, Map.of()).settings().destinations().getFirst(), shown);
      long keys =
          Arrays.stream(DestinationSettings.class.getRecordComponents())
              .filter(component -> element.contains(component.getName() + ":"))
              .count();
      assertEquals(DestinationSettings.class.getRecordComponents().length, keys);
    } finally {
      Files.delete(file);
    }
  }
}
