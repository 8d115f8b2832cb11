package dev.spanthrift.sampler.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConditionTest {
  @Test
  void everyConditionAgreesWithTheGeneratedClasses() {
    long seed = Long.getLong("seed", 1);
    RandomTraces traces = new RandomTraces(new Random(seed));
    int matched = 0;
    int asked = 0;
    for (int i = 0; i < 300; i++) {
      List<Condition> conditions = new ArrayList<>();
      for (int c = 0; c < 12; c++) {
        conditions.add(traces.condition(3, false));
      }
      PolicySet set = shadowsOf(conditions);
      Observer observer = set.observer();
      for (int t = 0; t < 20; t++) {
        ExportTraceServiceRequest request = traces.request();
        RandomTraces.Observed observed = RandomTraces.Observed.of(request, set, observer);
        Oracle oracle = new Oracle(request);
        Decision decision = new Decision();
        set.decide(observed.fragment(), observed.facts(), 1, 0, decision);
        List<Condition> found = new ArrayList<>();
        for (int s = 0; s < decision.shadowCount(); s++) {
          found.add(conditions.get(decision.shadow(s)));
        }
        List<Condition> expected = conditions.stream().filter(oracle::matches).toList();
        assertEquals(expected, found, () -> "seed " + seed + "\n" + request);
        matched += found.size();
        asked += conditions.size();
        assertEquals(0, observed.facts()[0], "wrote before its facts");
        assertEquals(0, observed.facts()[set.factWords() + 1], "wrote behind its facts");
      }
    }
    double share = (double) matched / asked;
    assertTrue(share > 0.1 && share < 0.9, "tells nothing: share " + share + " seed " + seed);
  }

  @Test
  void whatImpliesAlsoMatches() {
    long seed = Long.getLong("seed", 1);
    RandomTraces traces = new RandomTraces(new Random(seed));
    int implied = 0;
    for (int i = 0; i < 3_000; i++) {
      List<Condition> conditions = new ArrayList<>();
      for (int c = 0; c < 8; c++) {
        conditions.add(traces.condition(2, false));
      }
      for (Condition one : conditions) {
        for (Condition other : conditions) {
          if (one != other && Implication.holds(one, other)) {
            implied++;
            for (int t = 0; t < 5; t++) {
              ExportTraceServiceRequest request = traces.request();
              Oracle oracle = new Oracle(request);
              assertTrue(
                  !oracle.matches(one) || oracle.matches(other),
                  () -> "seed " + seed + "\n" + one + "\n=> " + other + "\n" + request);
            }
          }
        }
        if (Implication.isNever(one)) {
          assertTrue(!new Oracle(traces.request()).matches(one), () -> "seed " + seed + " " + one);
        }
      }
    }
    assertTrue(implied > 100, "tells nothing: " + implied);
  }

  @Test
  void observingAllocatesNothingForASpan() {
    long seed = 7; // fixed: it is about memory, not about cases
    RandomTraces traces = new RandomTraces(new Random(seed));
    List<Condition> conditions = new ArrayList<>();
    for (int c = 0; c < 30; c++) {
      conditions.add(traces.condition(2, false));
    }
    PolicySet set = shadowsOf(conditions);
    Observer observer = set.observer();
    byte[] bytes = traces.request().toByteArray();
    while (new Scanner(100).scan(bytes, 0, bytes.length).size() < 3) {
      bytes = traces.request().toByteArray();
    }
    Batch batch = new Scanner(100).scan(bytes, 0, bytes.length);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] facts = new long[set.factWords()];
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) { // the first ones link call sites
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        Arrays.fill(facts, 0);
        observer.begin(batch);
        for (int row = 0; row < batch.size(); row++) {
          observer.observe(row, facts, 0);
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1_000, "bytes for 3,000 spans or more: " + least);
  }

  private static PolicySet shadowsOf(List<Condition> conditions) {
    List<Policy> policies = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      policies.add(new Policy("p" + i, conditions.get(i), Action.KEEP, true));
    }
    return PolicySet.compile(new PolicyDocument(policies, Action.BUDGET));
  }
}
