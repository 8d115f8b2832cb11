package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code tail_sampling}, ready: policies vote, drop policies first; then
 *
 * <pre>
 * 1  any Dropped                            drop, nothing more is asked
 * 2  any InvertNotSampled                   not sampled    (old versions)
 * 3  any Sampled                            keep, the first one is the reason
 * 4  any InvertSampled and no NotSampled    keep           (old versions)
 * 5  otherwise                              not sampled
 * </pre>
 */
final class TailStage implements CollectorDecider.Stage {
  private final String[] names;
  private final Voter[] voters;
  private final boolean firstMatch;
  private final long bytesMax;

  TailStage(TailSampling settings, CollectorQuestions questions) {
    List<TailSampling.Named> ordered = new ArrayList<>(settings.policies());
    ordered.sort((a, b) -> Boolean.compare(!isDrop(a), !isDrop(b))); // stable
    names = ordered.stream().map(TailSampling.Named::name).toArray(String[]::new);
    voters =
        ordered.stream()
            .map(named -> Voter.of(named.policy(), questions, settings.version()))
            .toArray(Voter[]::new);
    firstMatch = settings.sampleOnFirstMatch();
    bytesMax = settings.traceBytesMax() == 0 ? Long.MAX_VALUE : settings.traceBytesMax();
  }

  private static boolean isDrop(TailSampling.Named named) {
    return named.policy() instanceof CollectorPolicy.Drop;
  }

  @Override
  public void decide(Fragment fragment, long[] facts, int offset, long now, CollectorDecision out) {
    if (fragment.bytes() > bytesMax) {
      out.drop(CollectorDecider.TOO_LARGE);
      return;
    }
    int sampled = -1;
    int invertSampled = -1;
    boolean notSampled = false;
    boolean invertNotSampled = false;
    for (int i = 0; i < voters.length && !(firstMatch && sampled >= 0); i++) {
      switch (voters[i].vote(fragment, facts, offset, now)) {
        case DROPPED -> {
          out.drop(names[i]);
          return;
        }
        case SAMPLED -> sampled = sampled < 0 ? i : sampled;
        case NOT_SAMPLED -> notSampled = true;
        case INVERT_SAMPLED -> invertSampled = invertSampled < 0 ? i : invertSampled;
        case INVERT_NOT_SAMPLED -> invertNotSampled = true;
        case FAILED -> {}
      }
    }
    if (!invertNotSampled && sampled >= 0) {
      out.keep(names[sampled]);
    } else if (!invertNotSampled && invertSampled >= 0 && !notSampled) {
      out.keep(names[invertSampled]);
    } else {
      out.drop(CollectorDecider.NOT_SAMPLED);
    }
  }
}
