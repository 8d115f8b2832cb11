package dev.spanthrift.sampler.budget.allocation;

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
 * the time it lost, at a small part of the worth where a root will judge the whole: that keeps the
 * examples from which the upper percentiles of inner operations are read. See RATIONALE, "Budget".
 */
final class ClassScorer implements Scorer {
  private static final int BOUND = 12_288;
  private static final double DAY = 86_400;
  private static final double TEN_MINUTES = 600;
  private static final long ALL = 0x5eed;

  /** Of time lost in a part of a trace, against a trace that is slow as a whole. */
  private static final double INNER_WORTH = .03;

  private final AllocationSettings settings;
  private final DecayingCounts errors = new DecayingCounts(BOUND, TEN_MINUTES);
  private final DecayingCounts slowGroups = new DecayingCounts(BOUND, TEN_MINUTES);
  private final DecayingCounts paths = new DecayingCounts(BOUND, DAY);
  private final DecayingCounts all = new DecayingCounts(1, DAY);
  private final PathDurations durations = new PathDurations();

  ClassScorer(AllocationSettings settings) {
    this.settings = settings;
  }

  @Override
  public void score(Candidate candidate, SlowReference slow, int nowSeconds, double[] scores) {
    double inverse = 1 / Math.sqrt(candidate.relativePrice);
    if (!candidate.decides()) {
      scores[1] = INNER_WORTH * scoreLost(candidate.reading, slow, nowSeconds) * inverse;
      return;
    }
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
    if (!reading.isRoot()) {
      return scoreLost(reading, slow, nowSeconds);
    }
    return weigh(excess / Math.max(Double.MIN_NORMAL, slow.excessP99()), path, nowSeconds);
  }

  private double scoreLost(Reading reading, SlowReference slow, int nowSeconds) {
    if (reading.lostNanos() <= slow.lostP98()) {
      return 0;
    }
    double ratio = reading.lostNanos() / Math.max(1, slow.lostP99());
    return weigh(ratio * ratio, reading.culprit(), nowSeconds);
  }

  private double weigh(double worth, long group, int nowSeconds) {
    if (worth <= 0) {
      return 0;
    }
    double n = slowGroups.add(group, 1, nowSeconds);
    return Math.min(settings.slowCap(), worth) * weight(n, settings.exponents().slow());
  }

  private double weight(double n, double exponent) {
    return exponent == 0 ? 1 : Math.pow(n, -exponent);
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
