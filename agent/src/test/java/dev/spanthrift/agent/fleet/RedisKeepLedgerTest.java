package dev.spanthrift.agent.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.FleetSettings;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ledger over a real engine, as a user who may do what docs/FLEET.md says. */
@Timeout(120)
class RedisKeepLedgerTest {
  private static final long LIMIT_NANOS = 30_000_000_000L;
  private static final int BOUND = 100_000;

  @TempDir static Path folder;
  private static RedisServer server;
  private final List<FleetDoor> fleets = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(folder);
    AccessRulesTest.allow(server, "secret");
    Files.writeString(folder.resolve("password"), "secret");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    assertEquals("+OK", server.command("FLUSHALL"));
  }

  @AfterEach
  void close() {
    fleets.forEach(FleetDoor::close);
  }

  static FleetSettings settings(String url, String pod) {
    return settings(url, pod, 0, null, null);
  }

  static FleetSettings settings(
      String url, String pod, int database, @Nullable String user, @Nullable Path passwordFile) {
    return new FleetSettings(
        url,
        "default",
        pod,
        "st",
        database,
        null,
        user,
        passwordFile,
        null,
        null,
        null,
        Duration.ofSeconds(30),
        Duration.ofSeconds(2),
        10);
  }

  private FleetDoor fleet(String pod) {
    FleetSettings asDocumented =
        settings(server.url(), pod, 0, "spans", folder.resolve("password"));
    FleetDoor fleet = FleetDoor.open(asDocumented, BOUND, true);
    fleets.add(fleet);
    await(() -> !fleet.status().away());
    return fleet;
  }

  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not in time");
      LockSupport.parkNanos(1_000_000);
    }
  }

  static void exchange(KeepLedger ledger, LedgerBatch batch) {
    AtomicReference<LedgerBatch> back = new AtomicReference<>();
    ledger.exchange(batch, System.nanoTime(), back::set);
    await(
        () -> {
          ledger.poll(System.nanoTime());
          return back.get() != null;
        });
  }

  private static void ask(LedgerBatch batch, long trace) {
    batch.ask(trace, trace, false, 100);
  }

  @Test
  void whatOnePodTellsAnotherOneFinds() {
    KeepLedger one = fleet("one").ledger();
    KeepLedger other = fleet("other").ledger();
    LedgerBatch told = new LedgerBatch();
    told.tell(7, 7, .25, TraceClass.SLOW, 1000);
    told.tell(8, 8, 1, TraceClass.POLICY, 0);
    exchange(one, told);
    LedgerBatch more = new LedgerBatch();
    more.tell(7, 7, .125, TraceClass.ERROR, 1000);
    exchange(other, more);
    LedgerBatch asked = new LedgerBatch();
    ask(asked, 7);
    ask(asked, 8);
    ask(asked, 9);
    exchange(other, asked);
    assertEquals(.25, asked.askTold(0));
    assertEquals(TraceClass.SLOW, asked.askClass(0));
    assertEquals(1, asked.askTold(1));
    assertEquals(TraceClass.POLICY, asked.askClass(1));
    assertEquals(0, asked.askTold(2));
  }

  @Test
  void answersWhatTheLedgerInMemoryAnswers() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    KeepLedger redis = fleet("pod").ledger();
    KeepLedger memory = new InProcessKeepLedger(false, Duration.ofSeconds(30), BOUND);
    for (int round = 0; round < 40; round++) {
      long fill = random.nextLong();
      LedgerBatch one = filled(new Random(fill));
      LedgerBatch other = filled(new Random(fill));
      exchange(redis, one);
      exchange(memory, other);
      assertSameAnswers(other, one);
      double level = Math.max(1, Math.abs(other.level()));
      assertEquals(other.level(), one.level(), level * 1e-6, "level");
    }
  }

  private static LedgerBatch filled(Random random) {
    LedgerBatch batch = new LedgerBatch();
    batch.inflow(random.nextInt(100_000), 1e12);
    for (int i = 0; i < 300; i++) {
      long trace = random.nextInt(40);
      switch (random.nextInt(6)) {
        case 0 ->
            batch
                .part(trace, trace)
                .set(
                    random.nextLong(),
                    random.nextBoolean() ? 0 : random.nextLong(),
                    random.nextInt(5000),
                    random.nextInt(5) == 0,
                    random.nextInt(4) == 0 ? 2.5 : 1);
        case 1 ->
            batch.tell(
                trace,
                trace,
                random.nextDouble(),
                TraceClass.of(random.nextInt(6)),
                random.nextInt(5000));
        case 2 -> batch.spend(trace, trace, random.nextInt(3000));
        case 3 -> batch.ask(trace, trace, random.nextBoolean(), random.nextInt(3000));
        case 4 -> batch.read(trace, trace);
        default -> batch.release(trace, trace);
      }
    }
    return batch;
  }

  private static void assertSameAnswers(LedgerBatch expected, LedgerBatch actual) {
    for (int i = 0; i < expected.asks().size(); i++) {
      assertEquals(expected.askTold(i), actual.askTold(i), "told");
      assertEquals(expected.askWhole(i), actual.askWhole(i), "whole");
      assertEquals(expected.askRooted(i), actual.askRooted(i), "rooted");
      if (expected.askTold(i) > 0) {
        assertEquals(expected.askClass(i), actual.askClass(i), "class");
      }
    }
    for (int i = 0; i < expected.reads().size(); i++) {
      assertEquals(expected.readAnswer(i).path(), actual.readAnswer(i).path(), "path");
      assertEquals(expected.readAnswer(i).errors(), actual.readAnswer(i).errors(), "errors");
      assertEquals(expected.readAnswer(i).price(), actual.readAnswer(i).price(), "price");
      assertEquals(expected.readAnswer(i).weight(), actual.readAnswer(i).weight(), "weight");
      assertEquals(expected.readAnswer(i).isRooted(), actual.readAnswer(i).isRooted(), "rooted");
    }
  }

  @Test
  void podsShareOneLevel() {
    KeepLedger one = fleet("one").ledger();
    KeepLedger other = fleet("other").ledger();
    LedgerBatch in = new LedgerBatch();
    in.inflow(1_000_000, 1e12);
    exchange(one, in);
    assertEquals(1_000_000, in.level(), 1);
    LedgerBatch spent = new LedgerBatch();
    spent.inflow(0, 1e12);
    spent.spend(1, 1, 400_000);
    exchange(other, spent);
    LedgerBatch nothing = new LedgerBatch();
    nothing.inflow(0, 1e12);
    exchange(other, nothing); // tells its spending
    LedgerBatch later = new LedgerBatch();
    later.inflow(0, 1e12);
    exchange(one, later);
    assertEquals(600_000, later.level(), 1);
  }

  @Test
  void scriptsThatTheEngineForgotAreSentAgain() {
    KeepLedger ledger = fleet("pod").ledger();
    exchange(ledger, told(5));
    assertEquals("+OK", server.command("SCRIPT", "FLUSH"));
    LedgerBatch asked = new LedgerBatch();
    ask(asked, 5);
    exchange(ledger, asked);
    assertEquals(1, asked.askTold(0));
    assertFalse(fleets.getFirst().status().away());
  }

  private static LedgerBatch told(long trace) {
    LedgerBatch batch = new LedgerBatch();
    batch.tell(trace, trace, 1, TraceClass.ERROR, 0);
    return batch;
  }

  @Test
  void entriesGoAfterTheWaitAndAMinute() {
    exchange(fleet("pod").ledger(), told(5));
    List<String> keys =
        server.ask("EVAL", "return redis.call('PTTL', redis.call('KEYS', 'st{??}*')[1])", "0");
    long millis = Long.parseLong(keys.getFirst().substring(1));
    assertTrue(millis > 80_000 && millis <= 90_000, "ms left: " + millis);
  }

  @Test
  void aTraceTakesAtMost200BytesOfTheEngine() {
    KeepLedger ledger = fleet("pod").ledger();
    exchange(ledger, new LedgerBatch());
    long before = Long.parseLong(server.info("memory", "used_memory"));
    int traces = 102_400; // between two doublings of the engine's tables
    Random random = new Random(1);
    for (int from = 0; from < traces; from += 4096) {
      LedgerBatch batch = new LedgerBatch();
      for (int i = 0; i < 4096; i++) {
        batch.part(random.nextLong(), random.nextLong()).set(random.nextLong(), 0, 5, true, 1);
      }
      exchange(ledger, batch);
    }
    long after = Long.parseLong(server.info("memory", "used_memory"));
    double bytes = (double) (after - before) / traces;
    System.out.printf("bytes a trace: %.1f%n", bytes);
    assertTrue(bytes <= 200, "bytes a trace: " + bytes);
  }
}
