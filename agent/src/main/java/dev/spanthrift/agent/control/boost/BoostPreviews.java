package dev.spanthrift.agent.control.boost;

import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What boosts would cost: the recording is played twice, without and with the boost before the
 * policies in force.
 */
public final class BoostPreviews {
  private static final String NAME = "boost:preview";
  private static final double HOUR = 3_600;
  private static final double SHORT_SECONDS = 60;
  private static final Quantity NOTHING = new Quantity(0, 0, 0);

  private final RingQuestions questions;
  private final PolicyStore policies;

  public BoostPreviews(RingQuestions questions, PolicyStore policies) {
    this.questions = questions;
    this.policies = policies;
  }

  BoostPreview of(BoostWish wish) throws IOException, InterruptedException {
    PolicyDocument document = policies.current().set().document();
    BoostMatch known = wish.match().recorded();
    Condition match = known == null ? Condition.ALWAYS : known.condition();
    List<String> remarks = remarks(wish, document);
    RingQuestions.Means means = questions.meansOfNow();
    WhatIfAnswer without = questions.now(document, means);
    WhatIfAnswer with = questions.now(boosted(document, match), means);
    Quantity decided = with.keptByReason().getOrDefault(NAME, NOTHING);
    double seconds = Math.max(1, with.seconds());
    double added = Math.max(0, with.cost().kept() - without.cost().kept());
    double gross = gross(decided, with);
    double ttl = wish.ttl().toSeconds();
    if (with.seconds() < SHORT_SECONDS) {
      remarks.add("the recording covers less than a minute: not enough data for a good estimate");
    }
    if (decided.traces() == 0) {
      remarks.add("nothing in the recording matches");
    }
    double lasts = gross <= 0 ? Double.POSITIVE_INFINITY : wish.cap() / (gross / seconds);
    return new BoostPreview(
        with.seconds(),
        with.received().traces(),
        decided.traces(),
        decided.spans(),
        decided.bytes(),
        gross <= 0 ? 0 : Math.clamp(1 - added / gross, 0, 1),
        added / seconds * HOUR,
        added / seconds * Math.min(ttl, lasts),
        lasts < ttl ? lasts : null,
        wish.ttl().toSeconds(),
        wish.cap(),
        with.cost().currency(),
        List.copyOf(remarks));
  }

  /** Its own price, by bytes: what its cap is spent by. */
  private static double gross(Quantity decided, WhatIfAnswer with) {
    long all = with.received().bytes();
    return all == 0 ? 0 : with.cost().received() * decided.bytes() / all;
  }

  private static PolicyDocument boosted(PolicyDocument document, Condition match) {
    List<Policy> policies = new ArrayList<>();
    policies.add(new Policy(NAME, match, Action.KEEP));
    policies.addAll(document.policies());
    return new PolicyDocument(policies, document.fallback());
  }

  private static List<String> remarks(BoostWish wish, PolicyDocument document) {
    List<String> remarks = new ArrayList<>();
    if (wish.match().attribute() != null) {
      remarks.add("attributes are not recorded: this is what it costs at most");
    }
    if (!RingTraffic.unanswerable(document).isEmpty()) {
      remarks.add(
          "policies that ask for attributes, events or trace state do not match in the recording:"
              + " less may be kept without the boost than is shown");
    }
    return remarks;
  }
}
