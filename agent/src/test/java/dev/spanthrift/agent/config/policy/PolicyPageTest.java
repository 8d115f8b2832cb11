package dev.spanthrift.agent.config.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.policy.PolicyCompilation.Compiled;
import dev.spanthrift.agent.config.policy.PolicyCompilation.Invalid;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.Where;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** docs/policies.md is written from the code: every key, and examples that hold. */
class PolicyPageTest {
  private static final Path PAGE =
      Path.of("").toAbsolutePath().getParent().resolve("docs/policies.md");
  private static final Pattern SECTION = Pattern.compile("(?m)^### `([A-Za-z]+)`$");
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  private static String page;

  @BeforeAll
  static void read() throws Exception {
    page = Files.readString(PAGE);
  }

  private static Map<String, String> sections() {
    Map<String, String> sections = new TreeMap<>();
    Matcher heading = SECTION.matcher(page);
    while (heading.find()) {
      int end = page.indexOf("\n##", heading.end());
      sections.merge(
          heading.group(1),
          page.substring(heading.end(), end < 0 ? page.length() : end),
          String::concat);
    }
    return sections;
  }

  @Test
  void everyKeyOfTheCodeHasASectionAndNoOther() {
    Set<String> keys = new TreeSet<>(ConditionParser.CONDITIONS);
    keys.addAll(ConditionParser.TESTS);
    keys.addAll(PolicyParser.ACTIONS);
    assertEquals(keys, sections().keySet());
  }

  @Test
  void everySectionShowsItsKeyInAnExample() {
    sections()
        .forEach(
            (key, text) -> {
              Matcher example = EXAMPLE.matcher(text);
              assertTrue(example.find() && example.group(1).contains(key + ":"), key);
            });
  }

  @Test
  void everyExampleCompilesWithoutAWarning() {
    Matcher example = EXAMPLE.matcher(page);
    List<String> wrong = new ArrayList<>();
    int examples = 0;
    for (; example.find(); examples++) {
      switch (PolicyCompilation.of(YAML.readTree(example.group(1)), null)) {
        case Compiled(var set, var warnings) when warnings.isEmpty() -> {}
        case Compiled(var set, var warnings) -> wrong.add(warnings + "\n" + example.group(1));
        case Invalid(var problems) -> wrong.add(problems + "\n" + example.group(1));
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(examples > sections().size(), "and the first one");
  }

  @Test
  void everyWordThatAKeyTakesStandsThere() {
    for (SpanKind kind : SpanKind.values()) {
      assertTrue(String.valueOf(sections().get("kind")).contains("`" + kind + "`"), kind.name());
    }
    for (SpanStatus status : SpanStatus.values()) {
      assertTrue(String.valueOf(sections().get("status")).contains(status.name()), status.name());
    }
    for (Where where : Where.values()) {
      String word = "`" + where.name().toLowerCase(Locale.ROOT) + "`";
      assertTrue(
          where == Where.ANY || String.valueOf(sections().get("attribute")).contains(word), word);
    }
    PolicyParser.POLICY_KEYS.forEach(
        key -> assertTrue(page.contains("`" + key + "`") || page.contains("| an action"), key));
  }
}
