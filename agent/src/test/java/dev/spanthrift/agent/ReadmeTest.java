package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What the README shows must work when somebody copies it. */
class ReadmeTest {
  private static final Path README = Path.of("").toAbsolutePath().getParent().resolve("README.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private static Stream<String> blocks() throws Exception {
    return YAML.matcher(Files.readString(README))
        .results()
        .map(MatchResult::group)
        .map(block -> block.substring(8, block.length() - 3));
  }

  private static boolean isPolicyFile(String block) {
    return block.contains("\ndefault:");
  }

  private Path write(String text) throws Exception {
    return Files.writeString(folder.resolve("shown.yaml"), text);
  }

  private static void assertSound(PolicyDocument document) {
    assertEquals(List.of(), PolicySet.compile(document).warnings());
  }

  @Test
  void itsConfigurationsLoadWithoutAWarning() throws Exception {
    List<String> shown = blocks().filter(block -> !isPolicyFile(block)).toList();
    assertTrue(shown.size() >= 2, shown::toString);
    for (String text : shown) {
      SettingsLoader.Loaded loaded =
          SettingsLoader.load(
              write(text), Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"));
      assertEquals(List.of(), loaded.warnings(), text);
      SpanthriftSettings settings = loaded.settings();
      assertTrue(!settings.policies().isEmpty() || !settings.budgets().isEmpty(), text);
      assertSound(PolicyParser.parse(settings));
    }
  }

  @Test
  void itsPolicyFileIsAPolicyFile() throws Exception {
    List<String> shown = blocks().filter(ReadmeTest::isPolicyFile).toList();
    assertEquals(1, shown.size(), shown::toString);
    Map<String, Object> document =
        new YAMLMapper().readValue(shown.getFirst(), new TypeReference<Map<String, Object>>() {});
    assertSound(PolicyParser.parse(document));
  }
}
