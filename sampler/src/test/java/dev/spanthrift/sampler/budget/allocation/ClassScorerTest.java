package dev.spanthrift.sampler.budget.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import dev.spanthrift.sampler.signal.EdgeDurations;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.FragmentReader;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.trace.Fragment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pod without the trace's root may claim. */
class ClassScorerTest {
  private static final long MILLI = 1_000_000;
  private static final long NO_ROOT = 77;

  private final Operations operations = new Operations();
  private final FragmentReader reader =
      new FragmentReader(operations, new ErrorSignatures(), new EdgeDurations());
  private final SlowReference slow = new SlowReference();
  private final ClassScorer scorer = new ClassScorer(AllocationSettings.DEFAULT);
  private int operation;

  @BeforeEach
  void learnsThatTheOperationTakesAMillisecond() {
    byte[] name = "GET /stock".getBytes(StandardCharsets.UTF_8);
    operation = operations.intern(1, name, 0, name.length);
    for (int i = 0; i < 1_000; i++) {
      slow.noteLost(i < 970 ? 0 : 5.0 * MILLI);
      read(MILLI);
    }
    double[] sums = new double[FleetReport.LENGTH];
    slow.write(sums);
    slow.read(sums);
  }

  private Reading read(long duration) {
    Fragment fragment = new Fragment().begin(1, 2, 3);
    fragment.add(9, NO_ROOT, 0, duration, operation, 0, (byte) Fragment.LOCAL_ROOT, 100);
    Reading reading = new Reading();
    reader.read(fragment, reading);
    return reading;
  }

  private double[] score(Reading reading, double rooted) {
    Candidate candidate = new Candidate();
    candidate.reading = reading;
    candidate.digest = new TraceDigest().of(reading, 100);
    candidate.relativePrice = 1;
    candidate.rooted = rooted;
    double[] scores = new double[TraceClass.COUNT];
    scorer.score(candidate, slow, 1, scores);
    return scores;
  }

  @Test
  void timeLostInsideATraceClaimsLessThanWhereNoRootWillJudge() {
    double[] inner = score(read(50 * MILLI), 1);
    double[] alone = score(read(50 * MILLI), 0);
    int c = TraceClass.SLOW.ordinal();
    assertTrue(inner[c] > 0, "an inner operation that lost 49 ms claims something");
    assertTrue(inner[c] < alone[c] / 10, inner[c] + " against " + alone[c]);
  }

  @Test
  void partOfATraceIsNeitherErrorNorNewNorOrdinaryWhereARootWillJudge() {
    double[] inner = score(read(50 * MILLI), 1);
    assertEquals(0, inner[TraceClass.ERROR.ordinal()]);
    assertEquals(0, inner[TraceClass.NEW.ordinal()]);
    assertEquals(0, inner[TraceClass.ORDINARY.ordinal()]);
  }

  @Test
  void usualDurationClaimsNothing() {
    assertEquals(0, score(read(MILLI), 1)[TraceClass.SLOW.ordinal()]);
  }
}
