package dev.spanthrift.agent.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TraceFateTest {
  private static final SpanPrice PRICE = new SpanPrice(500, 0, 0, 0, 0, 1, false);
  private static final PolicyDocument POLICY =
      new PolicyDocument(
          List.of(new Policy("errors", Condition.Status.of(SpanStatus.ERROR), Action.KEEP)),
          Action.BUDGET);

  private record Id(long high, long low) {}

  private final Scanner scanner = new Scanner(100_000);
  private final Map<Id, Integer> spans = new HashMap<>(); // of each trace
  private final SpanRing.Snapshot recorded = record(new MadeTraffic(811, 200));

  private SpanRing.Snapshot record(MadeTraffic made) {
    SpanRing ring = new SpanRing(8 << 20, Duration.ofHours(9));
    long now = System.currentTimeMillis();
    List<ExportTraceServiceRequest> requests = made.recorded();
    for (int i = 0; i < requests.size(); i++) {
      byte[] request = requests.get(i).toByteArray();
      Batch batch = scanner.scan(request, 0, request.length);
      ring.record(batch, now - 60_000 + made.flushNanos()[i] / 1_000_000 % 60_000);
      ids(batch).forEach((id, n) -> spans.merge(id, n, Integer::sum));
    }
    return ring.snapshot(now);
  }

  private static Map<Id, Integer> ids(Batch batch) {
    Map<Id, Integer> ids = new HashMap<>();
    for (int row = 0; row < batch.size(); row++) {
      ids.merge(new Id(batch.traceIdHigh(row), batch.traceIdLow(row)), 1, Integer::sum);
    }
    return ids;
  }

  private static Question question(Allowance allowance) {
    return new Question(
        POLICY,
        allowance,
        null,
        AllocationSettings.DEFAULT,
        PRICE,
        "USD",
        false,
        SamplerSettings.DEFAULT);
  }

  /** What is shipped by a simulation of all traces. */
  private Set<Id> kept(Question question) throws Exception {
    Set<Id> kept = new HashSet<>();
    WhatIf.Onlooker onlooker =
        new WhatIf.Onlooker() {
          @Override
          public void shipped(byte[] request) {
            kept.addAll(ids(scanner.scan(request, 0, request.length)).keySet());
          }
        };
    var unused = WhatIf.answer(new RingTraffic(recorded), question, onlooker);
    return kept;
  }

  private TraceFate.Told told(Question question, Id id) throws Exception {
    TraceFate.Sought sought = new TraceFate.Sought(id.high(), id.low(), spans.get(id));
    return Objects.requireNonNull(
        TraceFate.of(new RingTraffic(recorded), question, null, sought, Long.MAX_VALUE, () -> 0));
  }

  @Test
  void saysOfEveryTraceWhatASimulationOfAllDecides() throws Exception {
    for (Allowance allowance :
        List.of(new Allowance.ShareOfTraffic(.2), new Allowance.PerSecond(2e6))) {
      Question question = question(allowance);
      Set<Id> kept = kept(question);
      assertTrue(kept.size() > 20 && kept.size() < 190, "kept " + kept.size());
      for (Id id : spans.keySet()) {
        TraceFate.Told told = told(question, id);
        assertEquals(kept.contains(id), told.kept(), id.toString());
        Double p = told.probability();
        if (p == null) {
          assertEquals("errors", told.reason());
        } else {
          double r = TraceState.randomness(new byte[0], 0, 0, id.low()) / 0x1p56;
          assertEquals(r >= 1 - p, told.kept(), p + " against " + r);
        }
      }
    }
  }

  /** A sidecar ticks before its first trace is due, and has then what it begins with. */
  @Test
  void theFirstTraceFindsTheMoneyThatAProcessBeginsWith() throws Exception {
    byte[] request = Objects.requireNonNull(new RingTraffic(recorded).open().next());
    Id first = ids(scanner.scan(request, 0, request.length)).keySet().iterator().next();
    for (double allowance : new double[] {2e6, 4e6, 8e6}) {
      TraceFate.Told told = told(question(new Allowance.PerSecond(allowance)), first);
      assertTrue(told.kept() && told.probability() != null && told.probability() == 1, "" + told);
    }
  }

  @Test
  void playsNoMoreThanItNeeds() throws Exception {
    long all = spans.values().stream().mapToInt(Integer::intValue).sum();
    Question question = question(new Allowance.ShareOfTraffic(.2));
    long least = all;
    for (Id id : spans.keySet()) {
      least = Math.min(least, told(question, id).spans());
    }
    assertTrue(least < all * 3 / 4, least + " of " + all);
  }

  @Test
  void givesUpWhenTimeIsShort() throws Exception {
    Id id = spans.keySet().iterator().next();
    long[] now = {0};
    assertNull(
        TraceFate.of(
            new RingTraffic(recorded),
            question(new Allowance.ShareOfTraffic(.2)),
            null,
            new TraceFate.Sought(id.high(), id.low(), spans.get(id)),
            3,
            () -> now[0]++));
    assertEquals(5, now[0], "asked until it was over, and no more");
  }
}
