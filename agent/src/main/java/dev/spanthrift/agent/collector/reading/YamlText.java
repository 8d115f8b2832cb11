package dev.spanthrift.agent.collector.reading;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/** Maps as YAML that our own loader reads back. */
public final class YamlText {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                  .disable(YAMLWriteFeature.SPLIT_LINES)
                  .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                  .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                  .stringQuotingChecker(new Careful())
                  .build())
          .build();

  /**
   * Leaves quotes away where nobody, whatever version of YAML he reads, takes the text for a
   * number, a time or a boolean.
   */
  private static final class Careful extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1;
    private static final Pattern SAFE =
        Pattern.compile("[A-Za-z/][A-Za-z0-9_./:-]*|[0-9]+(us|ms|s|m|h|B|MiB)");

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value) || !SAFE.matcher(value).matches();
    }
  }

  private YamlText() {}

  /** With every variable's form written such that it stays as it is. */
  public static Map<String, Object> escaped(Map<String, Object> document) {
    Map<String, Object> escaped = new LinkedHashMap<>();
    document.forEach((key, value) -> escaped.put(key, escapedValue(value)));
    return escaped;
  }

  private static Object escapedValue(Object value) {
    return switch (value) {
      case String text -> text.replace("${env:", "$${env:");
      case Map<?, ?> map -> {
        Map<String, Object> all = new LinkedHashMap<>();
        map.forEach((key, inner) -> all.put(String.valueOf(key), escapedValue(inner)));
        yield all;
      }
      case List<?> list -> list.stream().map(YamlText::escapedValue).toList();
      default -> value;
    };
  }

  public static String of(Map<String, Object> document) {
    return MAPPER.writeValueAsString(document);
  }
}
