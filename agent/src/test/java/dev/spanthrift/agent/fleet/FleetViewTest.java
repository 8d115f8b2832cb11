package dev.spanthrift.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.policy.FleetRates;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sidecar says of its fleet, over a real engine. */
@Timeout(120)
class FleetViewTest {
  private static final long SECOND = 1_000_000_000L;

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
    server.close();
  }

  private FleetDoor fleet(String pod, String policy, String price) {
    FleetDoor fleet = FleetDoor.open(RedisKeepLedgerTest.settings(server.url(), pod), 10_000, true);
    fleets.add(fleet);
    describe(fleet, policy, price);
    RedisKeepLedgerTest.await(() -> !fleet.status().away());
    return fleet;
  }

  private static void describe(FleetDoor fleet, String policy, String price) {
    fleet.describe(
        () ->
            new FleetDoor.Self("1.2", policy, price, .5, 7, 900, 2_000_000_000L, 150L << 20, .125));
  }

  /** As sidecars do, again and again: reports count for five seconds. */
  private void awaitFleet(java.util.function.BooleanSupplier condition) {
    RedisKeepLedgerTest.await(
        () -> {
          fleets.forEach(f -> RedisKeepLedgerTest.exchange(f.ledger(), new LedgerBatch()));
          return condition.getAsBoolean();
        });
  }

  private List<FleetStatus.Member> members() {
    return fleets.getFirst().members().join();
  }

  @Test
  void everySidecarIsListedWithWhatItSaysOfItself() {
    fleet("one", "p", "q");
    fleet("other", "p", "q");
    awaitFleet(() -> members().size() == 2);
    FleetStatus.Member one = members().getFirst();
    assertEquals(
        new FleetStatus.Member(
            "one", 0, "1.2", "p", "q", .5, 7, 900, 2_000_000_000L, 1, 150L << 20, .125),
        one);
    awaitFleet(
        () -> fleets.stream().allMatch(f -> f.status().pods() == 2 && f.status().podsKnown()));
    assertEquals("", fleets.getFirst().status().disagreement());
  }

  /** While a fleet is rolled out there are lines with less in them, and with more. */
  @Test
  void whoSaysLessIsListedWithWhatItSays() {
    byte[] older = "older\t1.1\tp\tq\t0.5\t7\t900\t2000000000".getBytes(UTF_8);
    byte[] newer = "newer\t1.3\tp\tq\t0.5\t7\t900\t2000000000\t\t0.25\tmore".getBytes(UTF_8);
    List<FleetStatus.Member> read = FleetMembers.members(List.of(line(older), line(newer)), 7);
    assertEquals(List.of("newer", "older"), read.stream().map(FleetStatus.Member::pod).toList());
    assertEquals(0.25, read.getFirst().processors());
    assertNull(read.getFirst().residentBytes());
    assertNull(read.getLast().residentBytes());
    assertNull(read.getLast().processors());
  }

  private static byte[] line(byte[] text) {
    return ByteBuffer.allocate(4 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(7)
        .put(text)
        .array();
  }

  @Test
  void whatArrivesForAFleetsRateIsKnownToAll() {
    FleetRates one = FleetDoor.rates(fleet("one", "p", "q"));
    FleetRates other = FleetDoor.rates(fleet("other", "p", "q"));
    awaitFleet(
        () -> {
          long now = System.nanoTime();
          double here = one.perSecond("limit", 10, now);
          double there = other.perSecond("limit", 30, now);
          return Math.abs(here - 40) < 2 && Math.abs(there - 40) < 2;
        });
  }

  @Test
  void otherPoliciesAreNamedByAllUntilTheyAreTheSame() {
    fleet("one", "p", "q");
    fleet("other", "p", "q");
    FleetDoor strange = fleet("strange", "r", "q");
    String words =
        "the fleet's sidecars decide differently: one, other by policies p at prices q; strange by"
            + " policies r at prices q";
    awaitFleet(() -> fleets.stream().allMatch(f -> f.status().disagreement().equals(words)));
    describe(strange, "p", "q");
    awaitFleet(() -> fleets.stream().allMatch(f -> f.status().disagreement().isEmpty()));
  }

  @Test
  void otherPricesAreNamedToo() {
    FleetDoor one = fleet("one", "p", "q");
    fleet("other", "p", "dear");
    awaitFleet(() -> one.status().disagreement().endsWith("one by policies p at prices q"));
  }

  @Test
  void whoHasLeftIsNoDisagreement() {
    FleetDoor one = fleet("one", "p", "q");
    FleetDoor other = fleet("other", "r", "q");
    awaitFleet(() -> !one.status().disagreement().isEmpty());
    fleets.remove(other);
    other.close();
    awaitFleet(() -> one.status().disagreement().isEmpty());
  }

  @Test
  void manyAreCountedAndNotAllNamed() {
    List<FleetStatus.Member> members = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      members.add(
          new FleetStatus.Member("pod-" + i, 0, "1", "p" + i / 6, "q", 1, 1, 1, 1, 1, null, null));
    }
    assertEquals(
        "the fleet's sidecars decide differently: pod-0, pod-1, pod-2, pod-3 and 2 more by policies"
            + " p0 at prices q; pod-6, pod-7, pod-8, pod-9 and 2 more by policies p1 at prices q",
        FleetStatus.disagreement(members));
  }

  @Test
  void membersThatNobodyCanListAreAnErrorWithWords() {
    FleetDoor one = fleet("one", "p", "q");
    server.kill();
    CompletionException e = assertThrows(CompletionException.class, () -> one.members().join());
    assertTrue(e.getCause().getMessage().startsWith("the engine "), e.getCause().getMessage());
  }

  private static void exchange(FleetDoor fleet, LedgerBatch batch, long now) {
    boolean[] back = new boolean[1];
    fleet.ledger().exchange(batch, now, answered -> back[0] = true);
    RedisKeepLedgerTest.await(
        () -> {
          fleet.ledger().poll(now);
          return back[0];
        });
  }

  private static void tell(FleetDoor fleet, long trace, long now) {
    LedgerBatch batch = new LedgerBatch();
    batch.tell(trace, trace, .5, TraceClass.POLICY, 0);
    exchange(fleet, batch, now);
  }

  private static void ask(FleetDoor fleet, long trace, boolean kept, long now) {
    LedgerBatch batch = new LedgerBatch();
    batch.ask(trace, trace, kept, 10);
    exchange(fleet, batch, now);
    assertEquals(TraceClass.POLICY, batch.askClass(0));
  }

  @Test
  void theShareThatWouldBeTornWithoutTheEngineIsLearnedWhileItAnswers() {
    FleetDoor one = fleet("one", "p", "q");
    FleetDoor other = fleet("other", "p", "q");
    long now = System.nanoTime();
    assertNull(one.status().wholeness().tornWithoutEngine());
    for (long trace = 1; trace <= 4; trace++) {
      tell(one, trace, now);
      ask(other, trace, trace != 2, now); // it would have kept all but the second by itself
      ask(other, trace, true, now);
    }
    exchange(one, new LedgerBatch(), now + 44 * SECOND);
    assertEquals(0, one.status().wholeness().lookedAt());
    exchange(one, new LedgerBatch(), now + 46 * SECOND);
    FleetStatus.Wholeness whole = one.status().wholeness();
    assertEquals(4, whole.lookedAt());
    assertEquals(1, whole.keptBecauseTold());
    assertEquals(.25, whole.tornWithoutEngine(), 1e-9);
    assertEquals(0, whole.tornNow());
    server.kill();
    tell(one, 9, now + 47 * SECOND);
    whole = one.status().wholeness();
    assertEquals(.25, whole.tornNow(), 1e-9);
    assertEquals(1, whole.untold());
    assertEquals(0, whole.neverTold());
  }

  @Test
  void keepsThatComeTooLateAreCountedAsNeverTold() {
    FleetDoor one = fleet("one", "p", "q");
    long now = System.nanoTime();
    server.kill();
    tell(one, 1, now);
    server.restart();
    awaitFleet(() -> !one.status().away());
    assertEquals(0, one.status().wholeness().neverTold());
    server.kill();
    tell(one, 2, now);
    server.restart();
    RedisKeepLedgerTest.await(
        () -> {
          exchange(one, new LedgerBatch(), now + 61 * SECOND);
          return !one.status().away();
        });
    assertEquals(1, one.status().wholeness().neverTold());
    assertEquals(2, one.status().wholeness().untold());
  }

  @Test
  void whoLeavesSaysItsLastCounts() {
    FleetDoor one = fleet("one", "p", "q");
    FleetDoor other = fleet("other", "p", "q");
    double[] none = new double[FleetCounts.SIZE];
    double[] last = new double[FleetCounts.SIZE];
    last[0] = 700;
    one.counts().exchange(last);
    fleets.remove(one);
    one.close();
    awaitFleet(() -> other.counts().exchange(none)[0] == 700);
  }

  private static double inflow(FleetDoor fleet, double amount, long now) {
    LedgerBatch batch = new LedgerBatch();
    batch.inflow(amount, 1e12);
    batch.ask(1, 1, false, 0); // so that the engine is missed at once
    exchange(fleet, batch, now);
    return batch.level();
  }

  /** Ten are assumed, two were there: each takes half at first, and a tenth in the end. */
  @Test
  void whoIsAloneForLongTakesNoMoreThanItsPartOfALargerFleet() {
    FleetDoor one = fleet("one", "p", "q");
    fleet("other", "p", "q");
    awaitFleet(() -> one.status().pods() == 2 && one.status().podsKnown());
    server.kill();
    long now = System.nanoTime();
    double before = inflow(one, 0, now);
    double atOnce = inflow(one, 1000, now) - before;
    assertEquals(2 * 1000, atOnce, 1); // as if the other did the same
    before = inflow(one, 0, now + 60 * SECOND);
    double afterAMinute = inflow(one, 1000, now + 60 * SECOND) - before;
    assertEquals(2 * 1000 * 2 / 6., afterAMinute, 1);
    before = inflow(one, 0, now + 3600 * SECOND);
    assertEquals(2 * 1000 * 2 / 10., inflow(one, 1000, now + 3600 * SECOND) - before, 1);
    server.restart();
    awaitFleet(() -> !one.status().away());
    before = inflow(one, 0, now);
    assertEquals(1000, inflow(one, 1000, now) - before, 1);
  }
}
