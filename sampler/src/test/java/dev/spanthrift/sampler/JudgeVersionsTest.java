package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertSame;

import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeVersionsTest {
  /** A judge that can be told from the others. */
  private static Judge judge() {
    return new Judge() {
      @Override
      public void observe(Batch batch, int row, long[] facts, int offset) {}

      @Override
      public void judge(Fragment fragment, long[] facts, int offset, long now, Verdict verdict) {
        verdict.keep("test");
      }
    };
  }

  @Test
  void whoeverBeganUnderAJudgeKeepsItHoweverManyFollow() {
    List<Judge> all = new ArrayList<>(List.of(judge()));
    JudgeVersions versions = new JudgeVersions(all.getFirst());
    List<Integer> held = new ArrayList<>();
    for (int i = 0; i < JudgeVersions.VERSIONS_MAX; i++) {
      held.add(versions.current());
      versions.retain(versions.current());
      all.add(judge());
      versions.use(all.getLast());
    }
    versions.use(judge()); // replaced while it waits
    Judge newest = judge();
    versions.use(newest);
    versions.tick(0);
    for (int i = 0; i < held.size(); i++) {
      assertSame(all.get(i), versions.get(held.get(i)), "version " + i);
    }
    assertSame(all.get(held.size() - 1), versions.get(versions.current()), "no place yet");
    versions.release(held.get(7));
    versions.tick(1);
    assertSame(newest, versions.get(versions.current()));
    for (int i = 0; i < held.size(); i++) {
      if (i != 7) {
        assertSame(all.get(i), versions.get(held.get(i)), "version " + i);
      }
    }
  }

  @Test
  void aJudgeThatNobodyBeganUnderIsReplacedAtOnce() {
    JudgeVersions versions = new JudgeVersions(judge());
    for (int i = 0; i < 1000; i++) {
      Judge next = judge();
      versions.use(next);
      assertSame(next, versions.get(versions.current()));
    }
  }
}
