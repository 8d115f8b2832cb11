package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.yaml.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthSettingsTest {
  @TempDir Path folder;

  private static AuthSettings auth(String text) throws SettingsException {
    String file = "destinations: [{endpoint: 'http://b:1', auth: {" + text + "}}]";
    return SettingsLoader.load(file, "file", Map.of("SECRET", "1e3"))
        .settings()
        .destinations()
        .getFirst()
        .auth();
  }

  private static Map<String, String> sent(String text) throws SettingsException {
    Map<String, String> headers = new TreeMap<>();
    auth(text).toExport().into(headers::put);
    return headers;
  }

  @Test
  void isNothingUnlessItIsSet() throws Exception {
    assertEquals(Map.of(), sent(""));
  }

  @Test
  void aTokenIsTextWhateverYamlThinksOfIt() throws Exception {
    assertEquals(Map.of("Authorization", "Bearer 1e3"), sent("token: '${env:SECRET}'"));
    assertEquals(Map.of("Authorization", "Bearer 017"), sent("token: 017"));
    assertEquals(Map.of("X-Key", "017"), sent("token: 017, header: X-Key, scheme: none"));
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    AuthSettings auth = auth("tokenFile: " + folder.resolve("nobody"));
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, auth::toExport);
    assertTrue(refused.getMessage().contains("nobody cannot be read"), refused.getMessage());
    Path file = Files.writeString(folder.resolve("strange"), "tökén");
    AuthSettings strange = auth("tokenFile: " + file);
    IllegalArgumentException unsendable =
        assertThrows(IllegalArgumentException.class, strange::toExport);
    assertFalse(unsendable.getMessage().contains("kén"), unsendable.getMessage());
  }

  @Test
  void whatDoesNotGoTogetherIsRefusedWithoutTheSecret() {
    for (String text :
        new String[] {
          "password: hush",
          "username: a, usernameFile: /b",
          "token: hush, tokenFile: /b",
          "token: hush, username: a",
          "username: 'a:b', password: hush",
          "token: hush, header: 'a b'",
        }) {
      SettingsException refused = assertThrows(SettingsException.class, () -> auth(text), text);
      assertTrue(refused.getMessage().contains("destinations[0].auth."), refused.getMessage());
      assertFalse(refused.getMessage().contains("hush"), refused.getMessage());
    }
  }

  @Test
  void itsTextShowsNoSecret() throws Exception {
    assertFalse(auth("token: hush").toString().contains("hush"));
    assertFalse(auth("username: a, password: hush").toString().contains("hush"));
  }
}
