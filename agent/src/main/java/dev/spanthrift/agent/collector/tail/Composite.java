package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.trace.Fragment;

/**
 * Votes for a {@link CollectorPolicy.Composite}.
 *
 * <p>The total is compared with each part's own count, not with their sum, and a share that one
 * part leaves unused goes to no other: so does the Collector.
 */
final class Composite implements Voter {
  private final Voter[] voters;
  private final SecondCounter[] counters;
  private final long[] limits;

  Composite(
      CollectorPolicy.Composite policy, CollectorQuestions questions, CollectorVersion version) {
    int n = policy.parts().size();
    voters = new Voter[n];
    counters = new SecondCounter[n];
    limits = new long[n];
    for (int i = 0; i < n; i++) {
      CollectorPolicy.Part part = policy.parts().get(i);
      voters[i] = Voter.of(part.policy(), questions, version);
      counters[i] = new SecondCounter();
      limits[i] = Math.min(part.spansPerSecond(), policy.spansPerSecondMax());
    }
  }

  @Override
  public Vote vote(Fragment fragment, long[] facts, int offset, long now) {
    for (int i = 0; i < voters.length; i++) {
      Vote vote = voters[i].vote(fragment, facts, offset, now);
      if (vote == Vote.SAMPLED || vote == Vote.INVERT_SAMPLED) {
        return Vote.of(counters[i].add(now, fragment.size(), limits[i]));
      }
      if (vote == Vote.FAILED) {
        return vote;
      }
    }
    return Vote.NOT_SAMPLED;
  }
}
