package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.agent.collector.ottl.OttlPolicy;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.question.Questions;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.List;

/**
 * A policy ready to vote; limits and counters in it change with every vote, so it is asked in the
 * Collector's order and no more often.
 */
@FunctionalInterface
interface Voter {
  long SECOND = 1_000_000_000L;
  long MILLI = 1_000_000L;

  Vote vote(Fragment fragment, long[] facts, int offset, long nowNanos);

  static Voter of(CollectorPolicy policy, CollectorQuestions questions, CollectorVersion version) {
    return switch (policy) {
      case CollectorPolicy.AlwaysSample always -> (fragment, facts, at, now) -> Vote.SAMPLED;
      case CollectorPolicy.Filter filter -> filter(filter, questions, version);
      case CollectorPolicy.OttlCondition ottl -> ottl(ottl.policy(), questions);
      case CollectorPolicy.Latency latency -> latency(latency, questions, version);
      case CollectorPolicy.Probabilistic part -> probabilistic(part);
      case CollectorPolicy.Limit limit -> limit(limit, version);
      case CollectorPolicy.And and ->
          unlessOneSaysNo(all(and.policies(), questions, version), Vote.SAMPLED);
      case CollectorPolicy.Drop drop ->
          unlessOneSaysNo(all(drop.policies(), questions, version), Vote.DROPPED);
      case CollectorPolicy.Not not -> not(of(not.policy(), questions, version));
      case CollectorPolicy.Composite composite -> new Composite(composite, questions, version);
    };
  }

  private static Voter[] all(
      List<CollectorPolicy> policies, CollectorQuestions questions, CollectorVersion version) {
    return policies.stream().map(p -> of(p, questions, version)).toArray(Voter[]::new);
  }

  private static Voter filter(
      CollectorPolicy.Filter filter, CollectorQuestions questions, CollectorVersion version) {
    Questions.Answer answer = questions.ask(filter.condition());
    if (!filter.invert()) {
      return (fragment, facts, at, now) -> Vote.of(answer.test(fragment, facts, at));
    }
    Vote yes = version.invertedVotes() ? Vote.INVERT_NOT_SAMPLED : Vote.NOT_SAMPLED;
    Vote no = version.invertedVotes() ? Vote.INVERT_SAMPLED : Vote.SAMPLED;
    return (fragment, facts, at, now) -> answer.test(fragment, facts, at) ? yes : no;
  }

  /** A span without a start seems to last since 1970, so without an upper bound it is slow. */
  private static Voter latency(
      CollectorPolicy.Latency latency, CollectorQuestions questions, CollectorVersion version) {
    long threshold = latency.thresholdMs();
    long upper = latency.upperMs();
    if (upper > 0) {
      Questions.Answer between = questions.ask(latency);
      return (fragment, facts, at, now) -> Vote.of(between.test(fragment, facts, at));
    }
    Questions.Answer noStart = questions.ask(new Condition.Custom(SpanQuestions.NO_START));
    long atLeast = version.latencyIncludesThreshold() ? threshold : threshold + 1;
    return (fragment, facts, at, now) ->
        Vote.of(fragment.durationNanos() / MILLI >= atLeast || noStart.test(fragment, facts, at));
  }

  private static Voter probabilistic(CollectorPolicy.Probabilistic part) {
    long salted = Fnv.begin(part.salt());
    long threshold = Fnv.threshold(part.percentage());
    return (fragment, facts, at, now) ->
        Vote.of(
            Long.compareUnsigned(
                    Fnv.end(salted, fragment.traceIdHigh(), fragment.traceIdLow()), threshold)
                <= 0);
  }

  private static Voter limit(CollectorPolicy.Limit limit, CollectorVersion version) {
    if (limit.unit() == CollectorPolicy.Unit.SPANS && version.countsEachSecond()) {
      SecondCounter counter = new SecondCounter();
      return (fragment, facts, at, now) ->
          Vote.of(counter.add(now, fragment.size(), limit.perSecond()));
    }
    TokenBucket bucket = new TokenBucket(limit.perSecond(), limit.burst());
    return limit.unit() == CollectorPolicy.Unit.SPANS
        ? (fragment, facts, at, now) -> Vote.of(bucket.allow(now, fragment.size()))
        : (fragment, facts, at, now) -> Vote.of(bucket.allow(now, fragment.bytes()));
  }

  private static Voter ottl(OttlPolicy policy, CollectorQuestions questions) {
    if (policy.mode() != OttlPolicy.ErrorMode.PROPAGATE) {
      Questions.Answer answer = questions.ask(policy.exact());
      return (fragment, facts, at, now) -> Vote.of(answer.test(fragment, facts, at));
    }
    CollectorQuestions.Tally tally = questions.ask(policy);
    return (fragment, facts, at, now) ->
        switch (tally.of(facts, at)) {
          case YES -> Vote.SAMPLED;
          case NO -> Vote.NOT_SAMPLED;
          case FAILED -> Vote.FAILED;
        };
  }

  private static Voter unlessOneSaysNo(Voter[] voters, Vote otherwise) {
    return (fragment, facts, at, now) -> {
      for (Voter voter : voters) {
        Vote vote = voter.vote(fragment, facts, at, now);
        if (vote == Vote.FAILED) {
          return vote;
        }
        if (vote.isNo()) {
          return Vote.NOT_SAMPLED;
        }
      }
      return otherwise;
    };
  }

  private static Voter not(Voter voter) {
    return (fragment, facts, at, now) -> {
      Vote vote = voter.vote(fragment, facts, at, now);
      return switch (vote) {
        case SAMPLED -> Vote.NOT_SAMPLED;
        case NOT_SAMPLED -> Vote.SAMPLED;
        case INVERT_SAMPLED, INVERT_NOT_SAMPLED, DROPPED, FAILED -> vote;
      };
    };
  }
}
