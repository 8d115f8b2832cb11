package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.DecayingCounts;
import dev.spanthrift.sampler.signal.LearnedPart;
import dev.spanthrift.sampler.signal.PathDurations;
import dev.spanthrift.sampler.signal.Reading;
import java.util.List;

/**
 * The four classes: errors, slow traces, new paths, ordinary examples.
 *
 * <p>score = worth · n^-a / √(price of the whole trace), with n the group's examples lately, this
 * one included: minimum-variance allocation inside a class. The group is the trace's path (error
 * edges are marked in it), for a slow fragment without a root the edge that lost the time. A root's
 * trace is as slow as its duration exceeds what is usual for its path; a fragment without a root as
 * the time it lost. Source: sampler-findings §6; RATIONALE on where we left it.
 */
final class ClassScorer implements Scorer {
  private static final int BOUND = 12_288;
  private static final double DAY = 86_400;
  private static final double TEN_MINUTES = 600;
  private static final long ALL = 0x5eed;

  private final AllocationSettings settings;
  private final DecayingCounts errors = new DecayingCounts(BOUND, TEN_MINUTES);
  private final DecayingCounts slowGroups = new DecayingCounts(BOUND, TEN_MINUTES);
  private final DecayingCounts paths = new DecayingCounts(BOUND, DAY);
  private final DecayingCounts all = new DecayingCounts(1, DAY);
  private final PathDurations durations = new PathDurations();
  private int replicas = 1;

  ClassScorer(AllocationSettings settings) {
    this.settings = settings;
  }

  /** Counts are this pod's: n examples here are n·replicas in the fleet. */
  void replicas(int count) {
    replicas = Math.max(1, count);
  }

  @Override
  public void score(Candidate candidate, SlowReference slow, int nowSeconds, double[] scores) {
    if (!candidate.decides()) {
      return;
    }
    double inverse = 1 / Math.sqrt(candidate.relativePrice);
    long path = candidate.digest.path;
    if (candidate.digest.errors != 0) {
      double n = errors.add(path, 1, nowSeconds);
      scores[0] = weight(n, settings.exponents().error()) * inverse;
    }
    scores[1] = scoreSlow(candidate.reading, path, slow, nowSeconds) * inverse;
    double n = paths.add(path, 1, nowSeconds);
    double total = all.add(ALL, 1, nowSeconds);
    if (n <= settings.newCountMax() || n <= settings.newShareMax() * total) {
      scores[2] = weight(n, settings.exponents().fresh()) * inverse;
    }
    scores[3] = weight(n, settings.exponents().ordinary()) * inverse;
  }

  private double scoreSlow(Reading reading, long path, SlowReference slow, int nowSeconds) {
    double excess = durations.excess(path, reading.entryNanos());
    slow.noteExcess(excess);
    long group = path;
    double worth;
    if (reading.isRoot()) {
      worth = excess / Math.max(Double.MIN_NORMAL, slow.excessP99());
    } else {
      boolean lost = reading.lostNanos() > slow.lostP98();
      double ratio = lost ? reading.lostNanos() / Math.max(1, slow.lostP99()) : 0;
      worth = ratio * ratio;
      group = reading.culprit();
    }
    if (worth <= 0) {
      return 0;
    }
    double n = slowGroups.add(group, 1, nowSeconds);
    return Math.min(settings.slowCap(), worth) * weight(n, settings.exponents().slow());
  }

  private double weight(double n, double exponent) {
    return exponent == 0 ? 1 : Math.pow(n * replicas, -exponent);
  }

  @Override
  public void tick(int nowSeconds) {
    durations.tick(nowSeconds);
  }

  @Override
  public List<LearnedPart> learned() {
    return List.of(errors, slowGroups, paths, all, durations);
  }

  /** Groups with a count or a histogram of their own. */
  int groups() {
    return paths.size();
  }

  long folded() {
    return errors.folded() + slowGroups.folded() + paths.folded() + durations.folded();
  }

  long bytesHeld() {
    return errors.bytesHeld()
        + slowGroups.bytesHeld()
        + paths.bytesHeld()
        + all.bytesHeld()
        + durations.bytesHeld();
  }
}
