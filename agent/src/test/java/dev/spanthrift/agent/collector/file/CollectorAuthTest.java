package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.translate.Import;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An exporter's authenticator is the header that the Collector would send. */
class CollectorAuthTest {
  private static final String FRAME =
      """
      receivers: {otlp: {protocols: {grpc: {}}}}
      exporters: {%s: {endpoint: "%s", auth: {authenticator: %s}}}
      extensions: {%s}
      service: {extensions: [%s], pipelines: {traces: {receivers: [otlp], exporters: [%s]}}}
      """;

  @TempDir Path folder;

  private static String file(String exporter, String endpoint, String id, String body) {
    String extension = "%s: %s".formatted(id, body);
    return FRAME.formatted(exporter, endpoint, id, extension, id, exporter);
  }

  private Path written(String text) throws Exception {
    return Files.writeString(folder.resolve("c.yaml"), text);
  }

  private Map<String, String> sent(String text, Map<String, String> environment) throws Exception {
    CollectorFile read = CollectorFile.read(written(text), environment, CollectorVersion.NEWEST);
    assertEquals(List.of(), read.lost());
    Map<String, String> headers = new TreeMap<>();
    read.load(Map.of()).settings().destinations().getFirst().auth().toExport().into(headers::put);
    return headers;
  }

  private Map<String, String> sent(String id, String body) throws Exception {
    return sent(file("otlp", "https://b:1", id, body), Map.of("SECRET", "1e3"));
  }

  @Test
  void basicAuthenticationIsAHeader() throws Exception {
    assertEquals(
        Map.of("Authorization", "Basic dTox" + "ZTM="), // u:1e3
        sent("basicauth/b", "{client_auth: {username: u, password: '${env:SECRET}'}}"));
    Path user = Files.writeString(folder.resolve("user"), "user\n");
    Path password = Files.writeString(folder.resolve("password"), "pass word\n");
    assertEquals(
        Map.of("Authorization", "Basic dXNlcjpwYXNzIHdvcmQ="),
        sent(
            "basicauth",
            "{client_auth: {username_file: %s, password_file: %s}}".formatted(user, password)));
  }

  @Test
  void bearerTokensAreAHeader() throws Exception {
    assertEquals(Map.of("Authorization", "Bearer 017"), sent("bearertokenauth", "{token: 017}"));
    assertEquals(
        Map.of("X-Key", "Token t"),
        sent("bearertokenauth", "{header: X-Key, scheme: Token, tokens: [t, u]}"));
    assertEquals(Map.of("Authorization", "t"), sent("bearertokenauth", "{scheme: '', token: t}"));
    Path token = Files.writeString(folder.resolve("token"), "\ufeff t0k3n  # ours\nanother\n");
    assertEquals(
        Map.of("Authorization", "Bearer t0k3n"),
        sent("bearertokenauth", "{filename: %s}".formatted(token)));
  }

  @Test
  void whatTheCollectorRefusesOfItIsRefused() throws Exception {
    for (String[] one :
        new String[][] {
          {"bearertokenauth", "{}", "token, tokens or filename"},
          {"bearertokenauth", "{token: a, tokens: [b]}", "either token or tokens"},
          {"bearertokenauth", "{tokn: a}", "did you mean token?"},
          {"basicauth", "{htpasswd: {inline: 'a:b'}}", "htpasswd is for receivers"},
        }) {
      String text = file("otlp", "https://b:1", one[0], one[1]);
      SettingsException refused =
          assertThrows(SettingsException.class, () -> sent(text, Map.of()), one[1]);
      assertTrue(refused.getMessage().contains(one[2]), refused.getMessage());
      assertFalse(refused.getMessage().contains("= a"), "no secret is shown");
    }
    String plain = file("otlp", "http://b:1", "bearertokenauth", "{token: a}");
    SettingsException refused = assertThrows(SettingsException.class, () -> sent(plain, Map.of()));
    assertTrue(refused.getMessage().contains("with TLS only"), refused.getMessage());
    assertEquals(
        Map.of("Authorization", "Bearer a"),
        sent(file("otlphttp", "http://b:1", "bearertokenauth", "{token: a}"), Map.of()));
  }

  @Test
  void anImportKeepsTheVariablesOfSecrets() throws Exception {
    String text =
        file(
            "otlp",
            "https://b:1",
            "basicauth",
            "{client_auth: {username: u, password: '${env:SECRET}'}}");
    Import imported = Import.read(written(text), Map.of("SECRET", "hunter2"));
    assertFalse(imported.text().contains("hunter2"), imported.text());
    Map<String, String> headers = new TreeMap<>();
    SettingsLoader.load(imported.text(), "imported", Map.of("SECRET", "1e3"))
        .settings()
        .destinations()
        .getFirst()
        .auth()
        .toExport()
        .into(headers::put);
    assertEquals(Map.of("Authorization", "Basic dToxZTM="), headers);
  }
}
