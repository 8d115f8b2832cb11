package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.InProcessFleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Boosts before policies that keep a tenth, in virtual time; a byte costs one pico. */
class BoostedJudgeTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Condition ORDERS = new Condition.Name(new ValueTest.StartsWith("GET /ord"));
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final Random random = new Random(23);
  private final Scanner scanner = new Scanner(10_000);
  private long now = SECOND;
  private long unixMillis;
  private long ordersBytes;

  private Judge policies() {
    Policy carts =
        new Policy("carts", new Condition.Name(ValueTest.In.of("GET /carts")), Action.DROP);
    return new PolicyJudge(
        PolicySet.compile(new PolicyDocument(List.of(carts), new Action.Probability(0.1))));
  }

  private Sampler sampler(Judge judge, @Nullable BudgetParts parts) {
    return new Sampler(SamplerSettings.DEFAULT, judge, SliceCodec.deflate(), parts);
  }

  private Judge before(Judge judge, Boost... boosts) {
    return new BoostedJudge(judge, List.of(boosts), PriceOf.BYTES, () -> unixMillis);
  }

  private static Boost boost(Condition match, long until, long cap) {
    return new Boost(match, "boost:1", until, cap, Boost.Spent.NOTHING);
  }

  private void send(Sampler sampler, String name, int traces) {
    for (int i = 0; i < traces; i++) {
      byte[] request = trace(name);
      var batch = scanner.scan(request, 0, request.length);
      ordersBytes += name.equals("GET /orders") ? batch.bytes(0) : 0;
      sampler.hold(batch, now);
    }
  }

  private void settle(Sampler sampler) {
    now += 90 * SECOND;
    sampler.decide(now);
    sampler.tell(now);
    sampler.stamp();
    sampler.ship();
  }

  private byte[] trace(String name) {
    ByteBuffer id = ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong());
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(id.flip()))
            .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(7).flip()))
            .setName(name)
            .setStartTimeUnixNano(now)
            .setEndTimeUnixNano(now + 1_000_000);
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  private static long kept(Sampler sampler, String reason) {
    return sampler.counts().kept().byReason().getOrDefault(reason, 0L);
  }

  private static void assertIdentity(SamplerCounts counts) {
    assertEquals(
        counts.received().spans(),
        counts.held().spans() + counts.kept().spans() + counts.dropped().spans());
  }

  @Test
  void keepsAllThatMatchesAndLeavesTheRestToThePolicies() {
    Boost boost = boost(ORDERS, FOR_EVER, 1L << 40);
    Sampler sampler = sampler(before(policies(), boost), null);
    send(sampler, "GET /orders", 500);
    send(sampler, "GET /carts", 500);
    settle(sampler);
    assertEquals(500, kept(sampler, "boost:1"));
    assertEquals(500, sampler.counts().dropped().byReason().get("carts"));
    assertEquals(new Boost.Spent(ordersBytes, 500, 500), boost.spent());
    assertIdentity(sampler.counts());
  }

  @Test
  void endsWhenItsCapIsSpentAndNeverSpendsMore() {
    Boost boost = boost(ORDERS, FOR_EVER, 20_000);
    Sampler sampler = sampler(before(policies(), boost), null);
    send(sampler, "GET /orders", 3_000);
    settle(sampler);
    assertTrue(boost.isSpent());
    assertTrue(boost.spent().picos() <= 20_000 && boost.spent().picos() > 19_800);
    long boosted = kept(sampler, "boost:1");
    assertEquals(boost.spent().traces(), boosted);
    // What each kept span stands for adds up to what came: 1 by the boost, 10 by the policy.
    double estimate = boosted + 10.0 * kept(sampler, PolicySet.FALLBACK_REASON);
    double error = 10 * Math.sqrt((3_000 - boosted) * .1 * .9);
    assertEquals(3_000, estimate, 5 * error);
    assertIdentity(sampler.counts());
  }

  @Test
  void endsAtItsTimeAlsoForTracesThatHaveBegun() {
    unixMillis = 1_000;
    Boost boost = boost(ORDERS, 2_000, 1L << 40);
    Sampler sampler = sampler(before(policies(), boost), null);
    send(sampler, "GET /orders", 10);
    settle(sampler);
    assertEquals(10, kept(sampler, "boost:1"));
    send(sampler, "GET /orders", 1_000);
    unixMillis = 2_000;
    settle(sampler);
    assertEquals(10, kept(sampler, "boost:1"));
    assertFalse(boost.isOpen(unixMillis));
  }

  @Test
  void actsFromTheNextTraceOn() {
    Sampler sampler = sampler(policies(), null);
    send(sampler, "GET /carts", 10);
    Condition carts = new Condition.Name(ValueTest.In.of("GET /carts"));
    sampler.use(before(policies(), boost(carts, FOR_EVER, 1L << 40)));
    send(sampler, "GET /carts", 10);
    settle(sampler);
    assertEquals(10, kept(sampler, "boost:1"));
    assertEquals(10, sampler.counts().dropped().byReason().get("carts"));
  }

  @Test
  void payNothingForWhatTheBudgetHasToChoose() {
    Treasury noShare =
        new Treasury() {
          @Override
          public boolean isFree() {
            return false;
          }

          @Override
          public boolean admits(long price) {
            return false;
          }
        };
    BudgetParts parts =
        new BudgetParts(
            AllocationSettings.DEFAULT,
            new Allowance.ShareOfTraffic(0.5),
            PriceOf.BYTES,
            new InProcessKeepLedger(true, Duration.ofSeconds(30), 100_000),
            new InProcessFleetSums(),
            "pod",
            noShare);
    Boost boost = boost(ORDERS, FOR_EVER, 1L << 40);
    Sampler sampler = sampler(before(policies(), boost), parts);
    send(sampler, "GET /orders", 100);
    settle(sampler);
    assertEquals(Boost.Spent.NOTHING, boost.spent());
    assertEquals(0, kept(sampler, "boost:1"));
    assertEquals(100, sampler.counts().overPolicyShare());
  }

  @Test
  void needRoomForTheirQuestions() {
    List<Policy> many = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      many.add(new Policy("p" + i, new Condition.Name(ValueTest.In.of("name " + i)), Action.KEEP));
    }
    Judge full = new PolicyJudge(PolicySet.compile(new PolicyDocument(many, Action.BUDGET)));
    assertFalse(BoostedJudge.fits(full, List.of(boost(ORDERS, FOR_EVER, 1))));
    assertTrue(BoostedJudge.fits(full, List.of()));
    assertTrue(BoostedJudge.fits(policies(), List.of(boost(ORDERS, FOR_EVER, 1))));
  }
}
