package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cluster and Sentinel, found out by asking whoever stands at the URL. */
@Timeout(120)
class EngineKindsTest {
  private static final int BOUND = 10_000;

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private RedisServer server(String name, String... options) {
    RedisServer server = RedisServer.begin(folder.resolve(name), RedisServer.freePort(), options);
    open.add(server);
    return server;
  }

  private FleetDoor fleet(String url, String pod) {
    FleetDoor fleet = FleetDoor.open(RedisKeepLedgerTest.settings(url, pod), BOUND, true);
    open.add(fleet);
    RedisKeepLedgerTest.await(() -> !fleet.status().away());
    return fleet;
  }

  private static void tellAndFind(FleetDoor one, FleetDoor other, int traces, long seed) {
    LedgerBatch told = new LedgerBatch();
    told.inflow(0, 1e12);
    LedgerBatch asked = new LedgerBatch();
    asked.inflow(0, 1e12);
    for (int i = 0; i < traces; i++) {
      told.tell(seed + i, seed * 31 + i, .5, TraceClass.ERROR, 10);
      asked.ask(seed + i, seed * 31 + i, false, 10);
    }
    RedisKeepLedgerTest.exchange(one.ledger(), told);
    RedisKeepLedgerTest.exchange(other.ledger(), asked);
    for (int i = 0; i < traces; i++) {
      assertEquals(.5, asked.askTold(i));
    }
    assertEquals(java.util.Map.of(), other.status().errors());
  }

  @Test
  void aClusterSharesTheTracesOut() {
    List<RedisServer> nodes = new ArrayList<>();
    int[][] slots = {{0, 5460}, {5461, 10922}, {10923, 16383}};
    for (int i = 0; i < slots.length; i++) {
      RedisServer node = server("node-" + i, "--cluster-enabled", "yes");
      assertEquals(
          "+OK", node.command("CLUSTER", "ADDSLOTSRANGE", "" + slots[i][0], "" + slots[i][1]));
      nodes.add(node);
    }
    for (RedisServer node : nodes) {
      nodes.getFirst().command("CLUSTER", "MEET", "127.0.0.1", "" + node.port());
    }
    for (RedisServer node : nodes) {
      RedisKeepLedgerTest.await(
          () -> node.ask("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
      RedisKeepLedgerTest.await(
          () -> node.ask("CLUSTER", "INFO").toString().contains("cluster_known_nodes:3"));
    }
    String url = nodes.getFirst().url();
    FleetDoor one = fleet(url, "one");
    tellAndFind(one, fleet(url, "other"), 300, 7);
    assertTrue(one.status().engine().contains("cluster"), () -> one.status().engine());
    for (RedisServer node : nodes) {
      int keys = Integer.parseInt(node.command("DBSIZE").substring(1));
      assertTrue(keys > 50, "keys on a node: " + keys);
    }
  }

  @Test
  void aFailoverOfSentinelIsFollowed() throws Exception {
    RedisServer master = server("master");
    RedisServer replica = server("replica", "--replicaof", "127.0.0.1 " + master.port());
    Path conf = folder.resolve("sentinel").resolve("sentinel.conf");
    Files.createDirectories(conf.getParent());
    Files.writeString(
        conf,
        """
        sentinel monitor main 127.0.0.1 %d 1
        sentinel down-after-milliseconds main 500
        sentinel failover-timeout main 3000
        """
            .formatted(master.port()));
    RedisServer sentinel = server("sentinel", conf.toString(), "--sentinel");
    RedisKeepLedgerTest.await(() -> replica.info("replication", "master_link_status").equals("up"));
    RedisKeepLedgerTest.await(
        () -> sentinel.ask("INFO", "sentinel").toString().contains("slaves=1"));
    FleetDoor one = fleet(sentinel.url(), "one");
    FleetDoor other = fleet(sentinel.url(), "other");
    tellAndFind(one, other, 20, 7);
    assertTrue(one.status().engine().contains("sentinel"), () -> one.status().engine());
    master.kill();
    RedisKeepLedgerTest.await(() -> isMaster(replica));
    RedisKeepLedgerTest.await(() -> answers(one) && answers(other));
    LedgerBatch told = new LedgerBatch();
    told.tell(99, 99, 1, TraceClass.ERROR, 0);
    RedisKeepLedgerTest.exchange(one.ledger(), told);
    LedgerBatch asked = new LedgerBatch();
    asked.ask(99, 99, false, 1);
    RedisKeepLedgerTest.exchange(other.ledger(), asked);
    assertEquals(1, asked.askTold(0));
  }

  /** Whoever becomes the master cuts its connections. */
  private static boolean isMaster(RedisServer server) {
    try {
      return server.info("replication", "role").equals("master");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static boolean answers(FleetDoor fleet) {
    LedgerBatch batch = new LedgerBatch();
    batch.ask(5, 5, false, 1);
    RedisKeepLedgerTest.exchange(fleet.ledger(), batch);
    return !fleet.status().away();
  }
}
