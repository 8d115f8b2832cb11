package dev.spanthrift.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.spanthrift.agent.pipeline.ZstdCodec;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Operation;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.InvalidPolicyException;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhatIfTest {
  private static final SpanPrice PRICE = new SpanPrice(500, 0, 0, 0, 0, 1, false);
  private static final Policy ERRORS =
      new Policy("errors", Condition.Status.of(SpanStatus.ERROR), Action.KEEP);
  private static final PolicyDocument THIRD =
      new PolicyDocument(List.of(ERRORS), new Action.Probability(0.3));

  private static Question question(PolicyDocument policy, double share, boolean byPod) {
    return new Question(
        policy,
        share == 0 ? null : new Allowance.ShareOfTraffic(share),
        null,
        AllocationSettings.DEFAULT,
        PRICE,
        "USD",
        byPod,
        SamplerSettings.DEFAULT);
  }

  /** Keeps what was shipped, in order. */
  private static final class Shipped implements WhatIf.Onlooker {
    private final List<byte[]> requests = new ArrayList<>();

    @Override
    public void shipped(byte[] request) {
      requests.add(request);
    }
  }

  private static void spans(byte[] request, Consumer<Span> consumer) {
    try {
      ExportTraceServiceRequest.parseFrom(request)
          .getResourceSpansList()
          .forEach(r -> r.getScopeSpansList().forEach(s -> s.getSpansList().forEach(consumer)));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void s8_withoutPolicyAndBudgetAllIsKeptAndExact() throws Exception {
    MadeTraffic traffic = new MadeTraffic(801, 400);
    WhatIfAnswer answer = WhatIf.answer(traffic, question(PolicyDocument.EMPTY, 0, true), NONE);
    assertEquals(answer.received(), answer.kept());
    assertEquals(400, answer.wholeTraces());
    assertEquals(3, answer.sources());
    assertEquals(3, answer.samplers());
    assertEquals(0, answer.cost().saved(), 1e-12);
    assertEquals(answer.received().bytes() * 0.5e-9, answer.cost().received(), 1e-12);
    assertFalse(answer.operations().isEmpty());
    for (Operation operation : answer.operations()) {
      assertEquals(0, operation.worst(), 1e-9);
    }
    assertEquals(1, answer.warnings().size(), "no budget was given");
  }

  private static final WhatIf.Onlooker NONE = WhatIf.Onlooker.NONE;

  @Test
  void s8_theSameQuestionHasTheSameAnswer() throws Exception {
    MadeTraffic traffic = new MadeTraffic(802, 600);
    Question question = question(PolicyDocument.EMPTY, 0.1, true);
    Shipped one = new Shipped();
    Shipped two = new Shipped();
    assertEquals(WhatIf.answer(traffic, question, one), WhatIf.answer(traffic, question, two));
    assertArrayEquals(one.requests.toArray(), two.requests.toArray());
  }

  @Test
  void s8_sumsHold() throws Exception {
    MadeTraffic traffic = new MadeTraffic(803, 1500);
    PolicyDocument policy = new PolicyDocument(List.of(ERRORS), Action.BUDGET);
    WhatIfAnswer answer = WhatIf.answer(traffic, question(policy, 0.2, true), NONE);
    Quantity kept = sum(answer.keptByReason());
    Quantity dropped = sum(answer.droppedByReason());
    assertEquals(answer.kept(), kept);
    assertEquals(answer.received().spans(), kept.spans() + dropped.spans());
    assertEquals(answer.received().bytes(), kept.bytes() + dropped.bytes());
    assertEquals(answer.received().traces(), kept.traces() + dropped.traces());
    assertTrue(answer.keptByReason().containsKey("errors"), answer.keptByReason().toString());
    assertEquals(answer.errors().traces(), answer.errors().keptTraces());
    assertEquals(0, answer.errors().lostSignatures());
    assertEquals(List.of(), answer.warnings());
  }

  /** What a policy keeps in one pod is kept by all: it is told to the ledger. */
  @Test
  void s3_tracesThatAPolicyKeepsInOnePodAreWhole() throws Exception {
    MadeTraffic traffic = new MadeTraffic(811, 2000);
    PolicyDocument policy = new PolicyDocument(List.of(ERRORS), Action.BUDGET);
    WhatIfAnswer answer = WhatIf.answer(traffic, question(policy, 0.3, true), NONE);
    assertTrue(answer.errors().traces() > 150, "errors " + answer.errors());
    assertEquals(answer.errors().traces(), answer.errors().keptTraces());
    assertTrue(
        answer.wholeTraces() >= answer.kept().traces() * 0.995,
        answer.wholeTraces() + " of " + answer.kept().traces() + " are whole");
    Quantity joined = answer.keptByReason().getOrDefault("policy:elsewhere", new Quantity(0, 0, 0));
    assertTrue(joined.spans() > answer.errors().traces(), "joined " + joined);
  }

  @Test
  void s3_whatPoliciesKeepWithAProbabilityIsToldToo() throws Exception {
    MadeTraffic traffic = new MadeTraffic(812, 2000);
    Policy bank =
        new Policy(
            "bank",
            new Condition.Attribute(
                Where.RESOURCE, "service.name", new ValueTest.In(Set.of("bank"))),
            new Action.Probability(0.2));
    PolicyDocument policy = new PolicyDocument(List.of(bank), Action.BUDGET);
    WhatIfAnswer answer = WhatIf.answer(traffic, question(policy, 0.3, true), NONE);
    Quantity joined = answer.keptByReason().getOrDefault("policy:elsewhere", new Quantity(0, 0, 0));
    assertTrue(joined.spans() > 300, "joined " + joined);
  }

  /** Three pods, three probabilities: the largest keeps all parts, and is stamped on them. */
  @Test
  void s3_aTraceThatOnePodKeepsIsNotCutByASmallerProbabilityOfAnother() throws Exception {
    MadeTraffic traffic = new MadeTraffic(814, 4000);
    List<Policy> policies =
        List.of(probability("front", .1), probability("cart", .4), probability("bank", .2));
    PolicyDocument policy = new PolicyDocument(policies, Action.BUDGET);
    Shipped shipped = new Shipped();
    WhatIfAnswer answer = WhatIf.answer(traffic, question(policy, .5, true), shipped);
    assertEquals(.4 * 4000, answer.kept().traces(), 4 * Math.sqrt(4000 * .4 * .6));
    assertEquals(answer.kept().traces(), answer.wholeTraces());
    long[] stamped = {0};
    for (byte[] request : shipped.requests) {
      spans(request, span -> stamped[0] += span.getTraceState().contains("th:999") ? 1 : 0);
    }
    assertEquals(answer.kept().spans(), stamped[0], "with 1 - 0.4");
    Quantity joined = answer.keptByReason().getOrDefault("policy:elsewhere", new Quantity(0, 0, 0));
    assertTrue(joined.spans() > answer.kept().spans() / 4, "joined " + joined);
    assertEquals(
        Set.of("front", "cart", "bank"), answer.droppedByReason().keySet(), "by their policies");
  }

  private static Policy probability(String service, double probability) {
    Condition match =
        new Condition.Attribute(Where.RESOURCE, "service.name", new ValueTest.In(Set.of(service)));
    return new Policy(service, match, new Action.Probability(probability));
  }

  @Test
  void s6_aWeightLiftsTheWholeTraceWhicheverPodItsPolicyMatchesIn() throws Exception {
    MadeTraffic traffic = new MadeTraffic(813, 6000);
    Condition bank =
        new Condition.SameSpan(
            List.of(
                new Condition.Attribute(
                    Where.RESOURCE, "service.name", new ValueTest.In(Set.of("bank"))),
                new Condition.Name(new ValueTest.In(Set.of("op a")))));
    PolicyDocument weighted =
        new PolicyDocument(List.of(new Policy("a", bank, new Action.Weight(8))), Action.BUDGET);
    double plain = oddsOfBankA(traffic, PolicyDocument.EMPTY);
    double lifted = oddsOfBankA(traffic, weighted);
    assertTrue(lifted > plain * 2, "odds " + lifted + " with weight, " + plain + " without");
  }

  /** Kept traces without error, those with "op a" in the last pod over those without. */
  private static double oddsOfBankA(MadeTraffic traffic, PolicyDocument policy) throws Exception {
    Shipped shipped = new Shipped();
    WhatIf.answer(traffic, question(policy, 0.3, true), shipped);
    Map<ByteString, Boolean> traces = new HashMap<>();
    for (byte[] request : shipped.requests) {
      ExportTraceServiceRequest.parseFrom(request).getResourceSpansList().stream()
          .filter(r -> r.getResource().getAttributes(0).getValue().getStringValue().equals("bank"))
          .flatMap(r -> r.getScopeSpansList().stream())
          .flatMap(s -> s.getSpansList().stream())
          .filter(span -> !isError(span))
          .forEach(
              span ->
                  traces.merge(
                      span.getTraceId(), span.getName().equals("op a"), Boolean::logicalOr));
    }
    long with = traces.values().stream().filter(hasA -> hasA).count();
    return (double) with / (traces.size() - with);
  }

  private static Quantity sum(Map<String, Quantity> amounts) {
    long traces = 0;
    long spans = 0;
    long bytes = 0;
    for (Quantity amount : amounts.values()) {
      traces += amount.traces();
      spans += amount.spans();
      bytes += amount.bytes();
    }
    return new Quantity(traces, spans, bytes);
  }

  /** The sampler's own rule, by hand: errors, and what the trace id's randomness lets through. */
  @Test
  void s8_policiesDecideAsTheSpecificationSays() throws Exception {
    MadeTraffic traffic = new MadeTraffic(804, 500);
    Shipped shipped = new Shipped();
    WhatIf.answer(traffic, question(THIRD, 0, false), shipped);
    Map<ByteString, Boolean> errors = new HashMap<>();
    Map<ByteString, Integer> expected = new HashMap<>();
    for (ExportTraceServiceRequest request : traffic.recorded()) {
      spans(
          request.toByteArray(),
          span -> errors.merge(span.getTraceId(), isError(span), Boolean::logicalOr));
    }
    for (ExportTraceServiceRequest request : traffic.recorded()) {
      spans(
          request.toByteArray(),
          span -> {
            ByteString id = span.getTraceId();
            if (errors.getOrDefault(id, false) || randomness(id) >= 0.7) {
              expected.merge(span.getSpanId(), 1, Integer::sum);
            }
          });
    }
    Map<ByteString, Integer> kept = new HashMap<>();
    shipped.requests.forEach(r -> spans(r, s -> kept.merge(s.getSpanId(), 1, Integer::sum)));
    assertEquals(expected, kept);
  }

  private static boolean isError(Span span) {
    return span.getStatus().getCodeValue() == 2;
  }

  private static double randomness(ByteString traceId) {
    long low = traceId.substring(8).asReadOnlyByteBuffer().getLong();
    return TraceState.randomness(new byte[0], 0, 0, low) / 0x1p56;
  }

  /** A sampler that is driven as the pipeline drives it ships the very same bytes. */
  @Test
  void s8_theRunningSamplerShipsTheSameBytes() throws Exception {
    MadeTraffic traffic = new MadeTraffic(805, 2000);
    PolicyDocument policy = new PolicyDocument(List.of(ERRORS), Action.BUDGET);
    Shipped shipped = new Shipped();
    WhatIfAnswer answer = WhatIf.answer(traffic, question(policy, 0.1, false), shipped);
    assertTrue(answer.keptByReason().size() > 1, answer.keptByReason().toString());
    List<byte[]> running = run(traffic, policy, 0.1);
    assertArrayEquals(running.toArray(), shipped.requests.toArray());
  }

  private static List<byte[]> run(MadeTraffic traffic, PolicyDocument policy, double share) {
    AllocationSettings settings = AllocationSettings.DEFAULT;
    BudgetParts parts =
        new BudgetParts(
            settings,
            new Allowance.ShareOfTraffic(share),
            PRICE::price,
            new InProcessKeepLedger(true, settings.askAfter(), 1000),
            FleetSums.inProcess(),
            "me");
    Sampler sampler =
        new Sampler(
            SamplerSettings.DEFAULT,
            new PolicyJudge(PolicySet.compile(policy)),
            new ZstdCodec(),
            parts);
    Scanner scanner = new Scanner(10_000);
    List<byte[]> shipped = new ArrayList<>();
    long[] times = traffic.flushNanos();
    long end = times[times.length - 1] + 120_000_000_000L;
    int next = 0;
    for (long now = times[0]; now <= end; now += 1_000_000_000L) {
      for (; next < times.length && times[next] < now; next++) {
        byte[] request = traffic.recorded().get(next).toByteArray();
        sampler.hold(scanner.scan(request, 0, request.length), times[next]);
      }
      sampler.decide(now);
      sampler.tell(now);
      sampler.stamp();
      if (sampler.shippableSpans() > 0) {
        shipped.add(sampler.ship());
      }
    }
    return shipped;
  }

  @Test
  void s8_aRequestOfSeveralPodsIsTakenApart() throws Exception {
    MadeTraffic traffic = new MadeTraffic(806, 500);
    WhatIfAnswer apart = WhatIf.answer(traffic, question(THIRD, 0, true), NONE);
    WhatIfAnswer mixed = WhatIf.answer(traffic.merged(), question(THIRD, 0, true), NONE);
    assertEquals(3, mixed.samplers());
    assertEquals(apart.kept(), mixed.kept());
    assertEquals(apart.operations(), mixed.operations());
  }

  @Test
  void s8_aBudgetOfATenthSpendsAboutATenthAndKeepsTracesWhole() throws Exception {
    MadeTraffic traffic = new MadeTraffic(807, 12_000); // ten minutes
    WhatIfAnswer answer = WhatIf.answer(traffic, question(PolicyDocument.EMPTY, 0.1, true), NONE);
    assertTrue(
        answer.shareOfBytes() > 0.07 && answer.shareOfBytes() < 0.11,
        "share " + answer.shareOfBytes());
    assertTrue(answer.wholeTraces() >= answer.kept().traces() * 0.995, "whole");
  }

  @Test
  void s9_countsAreUnbiasedOverSeeds() throws Exception {
    int runs = 40;
    Map<String, double[]> sums = new TreeMap<>(); // Σ error, Σ error²
    for (int seed = 0; seed < runs; seed++) {
      MadeTraffic traffic = new MadeTraffic(9000 + seed, 1500);
      WhatIfAnswer answer = WhatIf.answer(traffic, question(PolicyDocument.EMPTY, 0.2, true), NONE);
      for (Operation operation : answer.operations()) {
        String name = operation.service() + operation.name();
        double[] sum = sums.computeIfAbsent(name, n -> new double[2]);
        double error = operation.count().relativeError();
        sum[0] += error;
        sum[1] += error * error;
      }
    }
    assertEquals(6, sums.size());
    sums.forEach(
        (name, sum) -> {
          double mean = sum[0] / runs;
          double deviation = Math.sqrt((sum[1] / runs - mean * mean) / (runs - 1));
          assertTrue(Math.abs(mean) < 3.5 * deviation, name + " z " + mean / deviation);
        });
  }

  @Test
  void s8_whatIsDroppedIsNamedAsLost() throws Exception {
    MadeTraffic traffic = new MadeTraffic(808, 600);
    PolicyDocument none = new PolicyDocument(List.of(), Action.DROP);
    WhatIfAnswer answer = WhatIf.answer(traffic, question(none, 0.1, true), NONE);
    assertEquals(new Quantity(0, 0, 0), answer.kept());
    assertEquals(10, answer.errors().lostSignatures(), "two operations, five kinds");
    assertEquals("bank", answer.errors().lost().getFirst().service());
    assertEquals(1, answer.operations().getFirst().worst());
    assertEquals(
        List.of("no policy leaves anything to the budget: it has no effect"), answer.warnings());
  }

  @Test
  void s8_policiesThatMakeNoSenseAndDamagedRequestsAreRefused() {
    MadeTraffic traffic = new MadeTraffic(809, 20);
    PolicyDocument bad = new PolicyDocument(List.of(ERRORS, ERRORS), Action.KEEP);
    assertThrows(
        InvalidPolicyException.class, () -> WhatIf.answer(traffic, question(bad, 0, true), NONE));
    IOException damaged =
        assertThrows(
            IOException.class,
            () -> WhatIf.answer(new Damaged(traffic), question(THIRD, 0, true), NONE));
    assertTrue(String.valueOf(damaged.getMessage()).startsWith("request 2 is damaged"));
  }

  /** Cuts the third request. */
  private record Damaged(RecordedTraffic traffic) implements RecordedTraffic {
    @Override
    public int requests() {
      return traffic.requests();
    }

    @Override
    public Reader open() throws IOException {
      Reader reader = traffic.open();
      return new Reader() {
        private int number;

        @Override
        public byte @Nullable [] next() throws IOException {
          byte[] request = reader.next();
          return number++ == 2 && request != null
              ? java.util.Arrays.copyOf(request, request.length - 3)
              : request;
        }

        @Override
        public long nanos() {
          return reader.nanos();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }
  }

  @Test
  void s8_itCanBeInterrupted() {
    MadeTraffic traffic = new MadeTraffic(810, 200);
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedException.class, () -> WhatIf.answer(traffic, question(THIRD, 0, true), NONE));
  }

  @Test
  void policiesMayTakeOnlyTheirShareOfAnAllowance() throws Exception {
    MadeTraffic traffic = new MadeTraffic(804, 1500);
    Map<Double, Long> errors = new HashMap<>();
    for (double share : new double[] {1, 0.001}) {
      Question question =
          new Question(
              new PolicyDocument(List.of(ERRORS), Action.BUDGET),
              new Allowance.PerSecond(4e6),
              null,
              AllocationSettings.DEFAULT,
              PRICE,
              "USD",
              false,
              SamplerSettings.DEFAULT,
              share);
      WhatIfAnswer answer = WhatIf.answer(traffic, question, NONE);
      Quantity kept = answer.keptByReason().get("errors");
      errors.put(share, kept == null ? 0 : kept.spans());
    }
    assertTrue(errors.get(1.0) > 5 * errors.get(0.001), errors::toString);
  }
}
