package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The sampler with a budget of a tenth of the bytes, in virtual time. */
class BudgetingTest {
  private static final long SECOND = 1_000_000_000L;

  private final Random random = new Random(11);
  private final Scanner scanner = new Scanner(10_000);
  private long now = SECOND;
  private long errors;
  private final List<byte[]> shipped = new ArrayList<>();

  private Sampler sampler(boolean solo) {
    return sampler(solo, new Allowance.ShareOfTraffic(0.1));
  }

  private Sampler sampler(boolean solo, Allowance allowance) {
    return sampler(
        new InProcessKeepLedger(solo, Duration.ofSeconds(30), 100_000),
        allowance,
        Treasury.PLAIN,
        List.of());
  }

  private PolicySet set = PolicySet.compile(PolicyDocument.EMPTY);

  private Sampler sampler(
      KeepLedger ledger, Allowance allowance, Treasury treasury, List<Policy> policies) {
    AllocationSettings settings = AllocationSettings.DEFAULT.withCarryOver(Duration.ofSeconds(60));
    BudgetParts parts =
        new BudgetParts(
            settings, allowance, PriceOf.BYTES, ledger, new InProcessFleetSums(), "pod", treasury);
    set = PolicySet.compile(new PolicyDocument(policies, Action.BUDGET));
    return new Sampler(SamplerSettings.DEFAULT, new PolicyJudge(set), SliceCodec.deflate(), parts);
  }

  private void run(Sampler sampler, int seconds, int tracesPerSecond) {
    for (int s = 0; s < seconds; s++) {
      for (int tick = 0; tick < 10; tick++) {
        for (int i = 0; i < tracesPerSecond / 10; i++) {
          byte[] request = trace();
          sampler.hold(scanner.scan(request, 0, request.length), now);
        }
        now += SECOND / 10;
        sampler.decide(now);
        sampler.tell(now);
        sampler.stamp();
      }
      shipped.add(sampler.ship());
    }
  }

  private byte[] trace() {
    return trace(random.nextInt(2) == 0 ? "GET /orders/" : "GET /carts/");
  }

  private byte[] trace(String name) {
    boolean error = random.nextInt(200) == 0;
    errors += error ? 1 : 0;
    ByteBuffer id = ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong());
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(id.flip()))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(7).flip()))
            .setName(name + random.nextInt(100_000))
            .setStartTimeUnixNano(now)
            .setEndTimeUnixNano(now + 1_000_000 + random.nextInt(1_000_000));
    if (error) {
      span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  private static void assertIdentity(SamplerCounts counts) {
    assertEquals(
        counts.received().spans(),
        counts.held().spans() + counts.kept().spans() + counts.dropped().spans());
  }

  @Test
  void spendsTheBudgetAndNoMoreAndKeepsErrorsFirst() {
    Sampler sampler = sampler(true);
    run(sampler, 600, 100);
    SamplerCounts counts = sampler.counts();
    assertIdentity(counts);
    double share = counts.kept().bytes() / (double) counts.received().bytes();
    assertTrue(share > 0.07 && share < 0.11, "kept " + share + " of the bytes");
    long keptErrors = counts.kept().byReason().getOrDefault("budget:error", 0L);
    assertTrue(keptErrors > errors * 0.8, keptErrors + " of " + errors + " errors");
  }

  @Test
  void aColdSamplerKeepsErrorsAndDoesNotSpendItselfDryOnWhateverComesFirst() {
    double tenth = 0.1 * 100 * trace().length;
    errors = 0;
    Sampler sampler = sampler(true, new Allowance.PerSecond(tenth));
    run(sampler, 10, 100);
    sampler.decideAll(now);
    SamplerCounts counts = sampler.counts();
    long keptErrors = counts.kept().byReason().getOrDefault("budget:error", 0L);
    assertTrue(errors >= 3, "errors in the sample: " + errors);
    assertTrue(keptErrors >= errors * 0.9, keptErrors + " of " + errors + " errors");
    assertTrue(
        counts.kept().bytes() < 20 * tenth, "kept " + counts.kept().bytes() / tenth + " s worth");
  }

  private static InProcessKeepLedger solo() {
    return new InProcessKeepLedger(true, Duration.ofSeconds(30), 100_000);
  }

  private static Policy policy(String name, String start, Action action) {
    Condition match = new Condition.Name(new ValueTest.StartsWith(start));
    return new Policy(name, match, action);
  }

  /** Spans kept of names that begin so. */
  private static long kept(List<byte[]> shipped, String start) {
    long count = 0;
    try {
      for (byte[] request : shipped) {
        count +=
            ExportTraceServiceRequest.parseFrom(request).getResourceSpansList().stream()
                .flatMap(r -> r.getScopeSpansList().stream())
                .flatMap(s -> s.getSpansList().stream())
                .filter(span -> span.getName().startsWith(start))
                .count();
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return count;
  }

  @Test
  void s6_aTraceOfWeightFourIsKeptFourTimesAsOftenAsItsLike() {
    Policy carts = policy("carts", "GET /carts", new Action.Weight(4));
    Sampler sampler =
        sampler(solo(), new Allowance.ShareOfTraffic(0.1), Treasury.PLAIN, List.of(carts));
    run(sampler, 600, 100);
    double ratio = (double) kept(shipped, "GET /carts") / kept(shipped, "GET /orders");
    // Errors and the base rate are the same for both, and a weight does not change them.
    assertTrue(ratio > 2 && ratio < 4.5, "ratio " + ratio);
    SamplerCounts counts = sampler.counts();
    double share = counts.kept().bytes() / (double) counts.received().bytes();
    assertTrue(share > 0.07 && share < 0.11, "kept " + share + " of the bytes");
  }

  @Test
  void s5_policiesThatKeepForCertainRespectTheirShareOfTheMoney() {
    long[] allowed = {0};
    Treasury treasury =
        new Treasury() {
          @Override
          public boolean isFree() {
            return false;
          }

          @Override
          public boolean admits(long price) {
            boolean admitted = allowed[0] >= price;
            allowed[0] -= admitted ? price : 0;
            return admitted;
          }
        };
    Policy carts = policy("carts", "GET /carts", Action.KEEP);
    Policy trial = new Policy("trial", carts.match(), Action.DROP, true);
    Sampler sampler =
        sampler(solo(), new Allowance.ShareOfTraffic(0.1), treasury, List.of(trial, carts));
    allowed[0] = 10_000;
    run(sampler, 300, 100);
    sampler.decideAll(now);
    SamplerCounts counts = sampler.counts();
    assertIdentity(counts);
    long byPolicy = counts.kept().byReason().getOrDefault("carts", 0L);
    assertTrue(byPolicy > 100 && byPolicy < 200, "some 140 spans for 10 kB, not " + byPolicy);
    long share = counts.received().spans() / 2 - byPolicy;
    assertEquals((double) share, (double) counts.overPolicyShare(), share * 0.05);
    PolicyCounts ofTrial = set.counts().getFirst();
    assertEquals(byPolicy, ofTrial.less().spans(), "what the budget decides was not kept for sure");
    assertEquals(ofTrial.matched(), ofTrial.dropped());
    PolicyCounts ofPolicy = set.counts().get(1);
    assertEquals(byPolicy, ofPolicy.kept().spans(), "handed over is not kept");
    assertEquals(counts.overPolicyShare(), ofPolicy.overShare().traces());
    assertEquals(byPolicy + ofPolicy.overShare().spans(), ofPolicy.matched().spans());
    assertTrue(kept(shipped, "GET /carts") > byPolicy + 300, "the rest went to the allocation");
    assertTrue(counts.kept().bytes() < 0.12 * counts.received().bytes(), "and the budget holds");
  }

  @Test
  void s5_whileMoneyIsFreeAllIsKeptAndTheBudgetHoldsAfterwards() {
    AtomicBoolean free = new AtomicBoolean(true);
    Treasury treasury =
        new Treasury() {
          @Override
          public boolean isFree() {
            return free.get();
          }

          @Override
          public boolean admits(long price) {
            return false;
          }
        };
    InProcessKeepLedger ledger = solo();
    Policy carts = policy("carts", "GET /carts", Action.KEEP);
    Sampler sampler = sampler(ledger, new Allowance.ShareOfTraffic(0.1), treasury, List.of(carts));
    run(sampler, 120, 100);
    SamplerCounts whileFree = sampler.counts();
    assertEquals(0, whileFree.dropped().spans());
    assertEquals(0, whileFree.overPolicyShare(), "nothing is capped while it is free");
    assertEquals(whileFree.kept().spans(), sum(whileFree, "budget:free") + sum(whileFree, "carts"));
    assertEquals(0, ledger.spentSum(), "nothing is charged");
    free.set(false);
    run(sampler, 300, 100);
    SamplerCounts after = sampler.counts();
    assertEquals(
        (double) whileFree.kept().spans(),
        (double) sum(after, "budget:free") + sum(after, "carts"),
        300);
    double share =
        (after.kept().bytes() - whileFree.kept().bytes())
            / (double) (after.received().bytes() - whileFree.received().bytes());
    assertTrue(share > 0.05 && share < 0.15, "kept " + share + " of the bytes");
  }

  private static long sum(SamplerCounts counts, String reason) {
    return counts.kept().byReason().getOrDefault(reason, 0L);
  }

  @Test
  void waitsForTheLedgerWhereThereIsAFleetAndLosesNothing() {
    Sampler sampler = sampler(false);
    run(sampler, 20, 50);
    assertTrue(sampler.counts().held().spans() > 500, "held " + sampler.counts().held().spans());
    run(sampler, 100, 50);
    assertIdentity(sampler.counts());
    assertTrue(sampler.counts().kept().spans() > 0);
    sampler.decideAll(now);
    assertEquals(0, sampler.counts().held().spans());
    assertIdentity(sampler.counts());
  }

  /** However long a ledger that is away takes: 300 a second for 30 seconds would be 9,000. */
  @Test
  void limboDoesNotGrowBeyondTheHold() {
    int bound = 500;
    HoldSettings usual = HoldSettings.DEFAULT;
    HoldSettings hold =
        new HoldSettings(
            usual.pause(), usual.deadline(), usual.ageMax(), null, 1 << 20, 1 << 19, bound);
    BudgetParts parts =
        new BudgetParts(
            AllocationSettings.DEFAULT,
            new Allowance.ShareOfTraffic(0.1),
            PriceOf.BYTES,
            new InProcessKeepLedger(false, Duration.ofSeconds(30), 100_000),
            new InProcessFleetSums(),
            "pod",
            Treasury.PLAIN);
    Sampler sampler =
        new Sampler(
            new SamplerSettings(hold, 10_000, false, 4),
            new PolicyJudge(PolicySet.compile(new PolicyDocument(List.of(), Action.BUDGET))),
            SliceCodec.deflate(),
            parts);
    int perSecond = 300;
    for (int s = 0; s < 40; s++) {
      for (int i = 0; i < perSecond / 2; i++) {
        byte[] request = span(random.nextLong(), 7, 9); // of another pod's root
        sampler.hold(scanner.scan(request, 0, request.length), now);
      }
      run(sampler, 1, perSecond / 2);
      assertTrue(sampler.counts().held().traces() <= bound);
      assertTrue(sampler.inLimbo() <= bound + perSecond, "in limbo: " + sampler.inLimbo());
    }
    assertTrue(sampler.counts().overflow().decidedEarly() > 5_000);
    assertIdentity(sampler.counts());
  }

  /** A ledger that also counts what it is told of each trace's parts. */
  private record CountingLedger(KeepLedger ledger, Map<Long, Integer> parts) implements KeepLedger {
    @Override
    public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
      for (int i = 0; i < batch.parts().size(); i++) {
        parts.merge(batch.parts().low(i), 1, Integer::sum);
      }
      ledger.exchange(batch, nowNanos, answered);
    }

    @Override
    public boolean isSolo() {
      return ledger.isSolo();
    }

    @Override
    public double outstanding() {
      return ledger.outstanding();
    }
  }

  private byte[] span(long trace, long id, long parent) {
    ByteBuffer traceId =
        ByteBuffer.allocate(16).putLong(trace).putLong(trace * 0x9e3779b97f4a7c15L);
    Span span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(traceId.flip()))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(id).flip()))
            .setParentSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(parent).flip()))
            .setFlags(0x300) // the parent is in another process
            .setName("GET /orders/1")
            .setStartTimeUnixNano(now)
            .setEndTimeUnixNano(now + 1_000_000)
            .build();
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  /**
   * Spans that come while a fragment waits for its verdict are told whether it is kept or not: else
   * the probability at another pod, which reads the sums, would follow the randomness.
   */
  @Test
  void s4_whatOthersReadOfATraceDoesNotSayWhetherItIsKept() {
    Map<Long, Integer> parts = new HashMap<>();
    KeepLedger ledger =
        new CountingLedger(new InProcessKeepLedger(false, Duration.ofSeconds(30), 100_000), parts);
    Sampler sampler = sampler(ledger, new Allowance.ShareOfTraffic(0.1), Treasury.PLAIN, List.of());
    run(sampler, 300, 100);
    run(sampler, 20, 0);
    long before = sampler.counts().kept().spans();
    parts.clear();
    for (long trace = 1; trace <= 400; trace++) {
      byte[] first = span(trace, 8, 7);
      sampler.hold(scanner.scan(first, 0, first.length), now);
    }
    run(sampler, 2, 0); // decided, and in limbo
    long late = sampler.counts().late();
    for (long trace = 1; trace <= 400; trace++) {
      byte[] second = span(trace, 9, 7);
      sampler.hold(scanner.scan(second, 0, second.length), now);
    }
    run(sampler, 60, 0);
    long kept = sampler.counts().kept().spans() - before;
    assertEquals(late, sampler.counts().late(), "none was past its verdict");
    assertTrue(kept > 20 && kept < 780, kept + " of 800 spans");
    assertEquals(400, parts.size());
    assertEquals(Set.of(2), Set.copyOf(parts.values()));
    assertIdentity(sampler.counts());
  }
}
