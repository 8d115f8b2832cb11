package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A setting that is text has the text that was written, whatever YAML makes of it. */
class TextSettingsTest {
  private static DestinationSettings destination(String yaml, Map<String, String> environment)
      throws Exception {
    return SettingsLoader.load(yaml, "test.yaml", environment).settings().destinations().getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e3",
        "017",
        "0.50",
        "+1",
        "0123456",
        "1234e5678",
        ".inf",
        "-.INF",
        ".nan",
        "true",
        "True",
        "no",
        "on",
        "null",
        "~",
        "Null",
        "0x1F",
        "0o17",
        "0b11",
        "1_000",
        "1:30",
        "12:34:56",
        "2024-01-01",
        "2024-01-01T00:00:00Z",
        "00",
        "-0",
        "1.",
        ".5",
        "1E3",
        "=",
        "123456789012345678901234567890",
        "0.10000000000000000000001",
        "a:b"
      })
  void aHeaderIsTheTextThatWasWritten(String text) throws Exception {
    String head = "destinations: [{endpoint: 'http://b:1', headers: {x-key: ";
    assertEquals(
        Map.of("x-key", text),
        destination(
                "destinations:\n- endpoint: http://b:1\n  headers:\n    x-key: " + text, Map.of())
            .headers(),
        "block");
    assertEquals(
        Map.of("x-key", text), destination(head + text + "}}]", Map.of()).headers(), "flow");
    assertEquals(
        Map.of("x-key", text),
        destination(head + "\"" + text + "\"}}]", Map.of()).headers(),
        "quoted");
    assertEquals(
        Map.of("x-key", text),
        destination(head + "'${env:KEY}'}}]", Map.of("KEY", text)).headers(),
        "quoted variable");
    assertEquals(
        Map.of("x-key", text),
        destination(
                "destinations:\n- endpoint: http://b:1\n  headers:\n    x-key: ${env:KEY}",
                Map.of("KEY", text))
            .headers(),
        "variable");
    assertEquals(
        Map.of("x-key", text),
        destination("", Map.of("SPANTHRIFT_DESTINATIONS", head.substring(14) + text + "}}]"))
            .headers(),
        "list in a variable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e3", "017", "0.50", "+1", "true", "2024-01-01", "1_000"})
  void aNameIsTheTextThatWasWritten(String text) throws Exception {
    assertEquals(
        text,
        destination("destinations: [{endpoint: 'http://b:1', name: " + text + "}]", Map.of())
            .name());
    assertEquals(
        text,
        SettingsLoader.load("budgets: [{amount: 1, name: " + text + "}]", "t", Map.of())
            .settings()
            .budgets()
            .getFirst()
            .name());
    assertEquals(
        Map.of("k", text),
        SettingsLoader.load("budgets: [{amount: 1, scope: {k: " + text + "}}]", "t", Map.of())
            .settings()
            .budgets()
            .getFirst()
            .scope());
    assertEquals(
        Map.of("hosts", text),
        SettingsLoader.load("price: {usage: {hosts: " + text + "}}", "t", Map.of())
            .settings()
            .price()
            .usage());
  }

  @Test
  void aKeyIsTheTextThatWasWritten() throws Exception {
    assertEquals(
        Map.of("017", "a", "true", "b", "1e3", "c"),
        destination(
                "destinations: [{endpoint: 'http://b:1', headers: {017: a, true: b, 1e3: c}}]",
                Map.of())
            .headers());
  }

  @Test
  void theScopeOfABudgetIsNoHeader() throws Exception {
    assertEquals(
        Map.of("app.kubernetes.io/name", "größe", "team", "a,b=c%", "x y", ""),
        SettingsLoader.load(
                "budgets: [{amount: 1, scope: {app.kubernetes.io/name: größe, team: 'a,b=c%', x y:"
                    + " ''}}]",
                "t", Map.of())
            .settings()
            .budgets()
            .getFirst()
            .scope());
  }

  @Test
  void usageInAVariableIsReadAsItStands() throws Exception {
    for (String text : List.of("hosts=5,containers=7", "{hosts: 5, containers: 7}")) {
      assertEquals(
          Map.of("hosts", "5", "containers", "7"),
          SettingsLoader.load("", "t", Map.of("SPANTHRIFT_PRICE_USAGE", text))
              .settings()
              .price()
              .usage());
    }
  }
}
