package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import dev.spanthrift.agent.config.settings.FleetSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code spanthrift check} says of a real engine. */
@Timeout(120)
class EngineCheckTest {
  @TempDir Path folder;
  private RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start(folder.resolve("engine"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private EngineCheck.Finding check() {
    return EngineCheck.of(RedisKeepLedgerTest.settings(server.url(), "pod"));
  }

  private void set(String key, String value) {
    assertEquals("+OK", server.command("CONFIG", "SET", key, value));
  }

  @Test
  void versionKindAndLatencyAreSaid() {
    EngineCheck.Finding found = check();
    assertTrue(found.ok());
    String version = server.info("server", "redis_version");
    String words = "Redis " + version + ", standalone, scripts run, ";
    assertTrue(found.detail().startsWith(words), found.detail());
    assertTrue(found.detail().matches(".* \\d+\\.\\d ms a call"), found.detail());
    assertEquals("", found.warning());
  }

  @Test
  void policiesThatThrowKeysOutAreWarnedOfAndOnlyThose() {
    for (String policy : List.of("allkeys-lru", "allkeys-lfu", "allkeys-random")) {
      set("maxmemory-policy", policy);
      assertTrue(check().ok());
      assertTrue(check().warning().startsWith("maxmemory-policy " + policy + " throws"));
    }
    for (String policy : List.of("noeviction", "volatile-ttl", "volatile-lru")) {
      set("maxmemory-policy", policy);
      assertEquals("", check().warning());
    }
  }

  @Test
  void anEngineThatIsNotThereIsSaid() {
    server.kill();
    EngineCheck.Finding found = check();
    assertFalse(found.ok());
    assertTrue(found.detail().startsWith("the engine cannot be reached: "), found.detail());
    assertTrue(found.detail().contains("refused"), found.detail());
  }

  @Test
  void aFullEngineAndAReplicaAreSaid() {
    set("maxmemory", "1");
    assertTrue(check().detail().startsWith("the engine has no memory left: OOM"));
    set("maxmemory", "0");
    server.command("REPLICAOF", "127.0.0.1", String.valueOf(RedisServer.freePort()));
    assertTrue(
        check().detail().startsWith("the engine is a replica and takes no writes: READONLY"));
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() throws Exception {
    set("requirepass", "right");
    Path file = Files.writeString(folder.resolve("password"), "guessed");
    EngineCheck.Finding found = EngineCheck.of(settings(null, file));
    assertTrue(
        found.detail().startsWith("the engine refuses user or password: WRONGPASS"), found::detail);
    assertFalse(found.detail().contains("guessed"));
    String none = check().detail();
    assertTrue(none.startsWith("the engine refuses user or password: NOAUTH"), none);
  }

  private FleetSettings settings(String user, Path file) {
    return RedisKeepLedgerTest.settings(server.url(), "pod", 0, user, file);
  }

  @Test
  void theRulesAreNamedWhereACommandOrAKeyIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "secret");
    for (String missing : List.of("-evalsha", "-info", "-set", "~other*")) {
      List<String> rules = new ArrayList<>(List.of("ACL", "SETUSER", "spans", "reset", "on"));
      rules.add(">secret");
      rules.addAll(List.of(AccessRules.of("st").split(" ")));
      rules.addAll(missing.startsWith("~") ? List.of("resetkeys", missing) : List.of(missing));
      assertEquals("+OK", server.command(rules.toArray(String[]::new)));
      EngineCheck.Finding found = EngineCheck.of(settings("spans", file));
      assertFalse(found.ok(), missing);
      assertTrue(
          found.detail().endsWith("; the user needs: " + AccessRules.of("st")),
          () -> missing + ": " + found.detail());
    }
  }

  @Test
  void theVerbPrintsItAsOneLineAndFailsWithTheEngine() {
    Map<String, String> environment =
        Map.of(
            "SPANTHRIFT_FLEET_URL",
            server.url(),
            "SPANTHRIFT_FLEET_TIMEOUT",
            "5s",
            "SPANTHRIFT_STATE_DIR",
            folder.resolve("state").toString());
    set("maxmemory-policy", "allkeys-lru");
    String out = Console.run(environment, "check").out();
    assertTrue(out.matches("(?s).*ok +fleet " + server.url() + " +Redis .*"), out);
    assertTrue(out.matches("(?s).*warn +fleet " + server.url() + " +maxmemory-policy .*"), out);
    server.kill();
    out = Console.run(environment, "check").out();
    assertTrue(out.matches("(?s).*FAILED +fleet " + server.url() + " +the engine cannot.*"), out);
  }
}
