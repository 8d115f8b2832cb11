package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules of docs/FLEET.md are enough, and none is too many. The whole ledger test runs under
 * them too: {@link RedisKeepLedgerTest} connects as that user.
 */
@Timeout(120)
class AccessRulesTest {
  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  static void allow(RedisServer server, String password) {
    List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", "spans", "reset", "on"));
    words.add(">" + password);
    words.addAll(List.of(AccessRules.of("st").split(" ")));
    assertEquals("+OK", server.command(words.toArray(String[]::new)));
  }

  private static Set<String> allowed() {
    return Arrays.stream(AccessRules.of("st").split(" "))
        .filter(rule -> rule.startsWith("+"))
        .map(rule -> rule.substring(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Commands that ran since the counts were reset, those of scripts too. */
  private static Set<String> used(RedisServer server) {
    Set<String> used = new TreeSet<>();
    for (String line : server.ask("INFO", "commandstats")) {
      if (line.startsWith("cmdstat_")) {
        String command = line.substring("cmdstat_".length(), line.indexOf(':'));
        used.add(command.replaceAll("\\|.*", ""));
      }
    }
    // Those of the test, and what stands for itself in every access list.
    used.removeAll(Set.of("config", "acl", "auth", "flushall", "client"));
    return used;
  }

  @Test
  void everyCommandIsNeededAndNoOtherIs() throws Exception {
    Set<String> used = new TreeSet<>();
    for (boolean cluster : new boolean[] {false, true}) {
      RedisServer server =
          RedisServer.start(
              folder.resolve("cluster-" + cluster), "--cluster-enabled", cluster ? "yes" : "no");
      open.add(server);
      if (cluster) {
        assertEquals("+OK", server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383"));
        RedisKeepLedgerTest.await(
            () -> server.ask("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
      }
      used.addAll(live(server, cluster ? 0 : 3));
    }
    assertEquals(allowed(), used);
  }

  /** All that sidecars do in their lives. */
  private Set<String> live(RedisServer server, int database) throws Exception {
    allow(server, "secret");
    assertEquals("+OK", server.command("CONFIG", "RESETSTAT"));
    Path file = Files.writeString(folder.resolve("password"), "secret");
    FleetSettings settings =
        RedisKeepLedgerTest.settings(server.url(), "pod", database, "spans", file);
    assertTrue(EngineCheck.of(settings).ok());
    FleetDoor fleet = FleetDoor.open(settings, 1_000, true);
    open.add(fleet);
    RedisKeepLedgerTest.await(() -> exchanges(fleet) && fleet.counts().isJoined());
    fleet.counts().leave(new FleetCounts.LeftBooks(new byte[] {1}, new double[FleetCounts.SIZE]));
    RedisKeepLedgerTest.await(() -> exchanges(fleet) && !fleet.members().join().isEmpty());
    EdgeBooksTest.trace(fleet, true, true, 1);
    RedisKeepLedgerTest.exchange(fleet.ledger(), new LedgerBatch());
    EdgeBooksTest.exchangeLater(fleet);
    RedisKeepLedgerTest.await(
        () -> exchanges(fleet) && used(server).containsAll(List.of("hdel", "hincrby")));
    assertEquals(1, fleet.edges().join().size());
    assertEquals(Map.of(), fleet.status().errors());
    return used(server);
  }

  private static boolean exchanges(FleetDoor fleet) {
    RedisKeepLedgerTest.exchange(fleet.ledger(), new LedgerBatch());
    return !fleet.status().away();
  }

  @Test
  void thePaperSaysTheSame() throws Exception {
    String paper = Files.readString(Path.of("..", "docs", "FLEET.md"), StandardCharsets.UTF_8);
    assertTrue(paper.contains("on >… " + AccessRules.of("st") + "\n"));
  }
}
