package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can be wrong with an engine; the sidecar goes on alone, and comes back. */
@Timeout(120)
class EngineTroubleTest {
  private static final int BOUND = 100_000;
  private static final Duration TIMEOUT = Duration.ofMillis(200);

  @TempDir Path folder;
  private RedisServer server;
  private final List<FleetDoor> fleets = new ArrayList<>();

  @BeforeEach
  void start() {
    server = RedisServer.start(folder);
  }

  @AfterEach
  void stop() {
    fleets.forEach(FleetDoor::close);
    server.signal("CONT");
    server.close();
  }

  private FleetDoor open(String pod) {
    return open(pod, null, null);
  }

  private FleetDoor open(String pod, @Nullable String user, @Nullable Path passwordFile) {
    FleetSettings settings =
        new FleetSettings(
            server.url(),
            "default",
            pod,
            "st",
            0,
            null,
            user,
            passwordFile,
            null,
            null,
            null,
            Duration.ofSeconds(30),
            true,
            TIMEOUT,
            10);
    FleetDoor fleet = FleetDoor.open(settings, BOUND, true);
    fleets.add(fleet);
    return fleet;
  }

  private FleetDoor connected(String pod) {
    FleetDoor fleet = open(pod);
    RedisKeepLedgerTest.await(() -> !fleet.status().away());
    return fleet;
  }

  private static void tell(FleetDoor fleet, long trace) {
    LedgerBatch batch = new LedgerBatch();
    batch.inflow(0, 1e12);
    batch.tell(trace, trace, 1, TraceClass.ERROR, 0);
    RedisKeepLedgerTest.exchange(fleet.ledger(), batch);
  }

  private static double told(FleetDoor fleet, long trace) {
    LedgerBatch batch = new LedgerBatch();
    batch.inflow(0, 1e12);
    batch.ask(trace, trace, false, 10);
    RedisKeepLedgerTest.exchange(fleet.ledger(), batch);
    return batch.askTold(0);
  }

  /** Asks until the engine answers again; in real life a tick does. */
  private static void awaitBack(FleetDoor fleet) {
    RedisKeepLedgerTest.await(
        () -> {
          double unused = told(fleet, 999);
          return !fleet.status().away();
        });
  }

  @Test
  void anEngineThatIsNotThereHoldsNobodyUp() {
    server.kill();
    FleetDoor fleet = open("pod");
    tell(fleet, 1);
    assertEquals(1, told(fleet, 1)); // its own part answers
    assertEquals(0, told(fleet, 2));
    assertEquals(0, fleet.status().traffic().commands()); // nobody was waited for
    assertEquals(2, fleet.status().traffic().answeredAlone());
    assertTrue(fleet.status().away());
    server.restart();
    RedisKeepLedgerTest.await(() -> fleet.status().engine().startsWith("Redis"));
    awaitBack(fleet);
  }

  @Test
  void whyItIsAloneIsSaidFromTheFirstMoment() {
    server.signal("STOP");
    FleetDoor fleet = open("pod");
    tell(fleet, 1);
    assertTrue(fleet.status().away());
    assertFalse(fleet.status().lastError().isEmpty());
    server.signal("CONT");
    awaitBack(fleet);
  }

  @Test
  void aPausedEngineIsGivenUpInTimeAndTakenBack() {
    FleetDoor fleet = connected("pod");
    tell(fleet, 1);
    server.signal("STOP");
    for (int i = 0; i < 3; i++) {
      assertEquals(1, told(fleet, 1));
    }
    assertEquals(3, fleet.status().traffic().answeredAlone());
    assertTrue(fleet.status().away());
    assertTrue(fleet.status().errors().containsKey("timeout"), () -> fleet.status().toString());
    server.signal("CONT");
    awaitBack(fleet);
    assertEquals(1, told(fleet, 1));
  }

  @Test
  void keepsThatCouldNotBeToldAreToldWhenTheEngineIsBack() {
    FleetDoor one = connected("one");
    FleetDoor other = connected("other");
    server.kill();
    tell(one, 7);
    assertEquals(0, told(other, 7));
    server.restart();
    awaitBack(one);
    awaitBack(other);
    assertEquals(1, told(other, 7));
  }

  @Test
  void whatIsSpentCountsThoughTheAnswerNeverComes() {
    FleetDoor fleet = connected("pod");
    LedgerBatch in = new LedgerBatch();
    in.inflow(5_000, 1e12);
    RedisKeepLedgerTest.exchange(fleet.ledger(), in);
    server.signal("STOP");
    LedgerBatch spends = new LedgerBatch();
    spends.inflow(0, 1e12);
    spends.spend(3, 3, 400);
    RedisKeepLedgerTest.exchange(fleet.ledger(), spends);
    assertTrue(fleet.status().errors().containsKey("timeout"), () -> fleet.status().toString());
    server.signal("CONT");
    awaitBack(fleet);
    LedgerBatch later = new LedgerBatch();
    later.inflow(0, 1e12);
    RedisKeepLedgerTest.exchange(fleet.ledger(), later);
    assertEquals(4_600, later.level(), 1);
  }

  @Test
  void aFlushedEngineForgetsKeepsButNotTheLevel() {
    FleetDoor fleet = connected("pod");
    LedgerBatch in = new LedgerBatch();
    in.inflow(5_000, 1e12);
    RedisKeepLedgerTest.exchange(fleet.ledger(), in);
    assertEquals("+OK", server.command("FLUSHALL"));
    LedgerBatch later = new LedgerBatch();
    later.inflow(0, 1e12);
    RedisKeepLedgerTest.exchange(fleet.ledger(), later);
    assertEquals(5_000, later.level(), 1);
    assertFalse(fleet.status().away());
  }

  @Test
  void aWrongPasswordIsSaidAndTheFileIsReadAgain() throws Exception {
    assertEquals("+OK", server.command("CONFIG", "SET", "requirepass", "right"));
    Path file = folder.resolve("password");
    Files.writeString(file, "wrong\n");
    FleetDoor fleet = open("pod", null, file);
    RedisKeepLedgerTest.await(() -> fleet.status().lastError().contains("password"));
    tell(fleet, 1);
    assertEquals(1, told(fleet, 1));
    Files.writeString(file, "right\n");
    awaitBack(fleet);
  }

  @Test
  void aFullEngineIsSaidAndHoldsNobodyUp() {
    FleetDoor fleet = connected("pod");
    tell(fleet, 1);
    assertEquals("+OK", server.command("CONFIG", "SET", "maxmemory", "1"));
    tell(fleet, 2);
    assertEquals(1, told(fleet, 2));
    assertTrue(fleet.status().errors().containsKey("full"), () -> fleet.status().toString());
    assertEquals("+OK", server.command("CONFIG", "SET", "maxmemory", "0"));
    awaitBack(fleet);
  }

  @Test
  void aReplicaIsLeftForAnotherConnection() {
    FleetDoor fleet = connected("pod");
    tell(fleet, 1);
    int nobody = RedisServer.freePort();
    Set<String> before = clients();
    assertEquals("+OK", server.command("REPLICAOF", "127.0.0.1", String.valueOf(nobody)));
    tell(fleet, 2);
    assertEquals(1, told(fleet, 2));
    assertTrue(fleet.status().errors().containsKey("read_only"), () -> fleet.status().toString());
    RedisKeepLedgerTest.await(() -> clients().stream().noneMatch(before::contains));
    assertEquals("+OK", server.command("REPLICAOF", "NO", "ONE"));
    awaitBack(fleet);
  }

  /** Connections that ran a script. */
  private Set<String> clients() {
    return server.ask("CLIENT", "LIST").stream()
        .filter(line -> line.contains("cmd=eval"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .collect(Collectors.toSet());
  }

  @Test
  void aLoadingEngineIsWaitedFor() {
    assertEquals(
        Trouble.LOADING,
        Trouble.of(
            new io.lettuce.core.RedisCommandExecutionException(
                "LOADING Redis is loading the dataset in memory")));
  }
}
