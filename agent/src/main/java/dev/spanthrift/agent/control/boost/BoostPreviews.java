package dev.spanthrift.agent.control.boost;

import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
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
    List<Note> notes = notes(wish, document);
    RingQuestions.Means means = questions.meansOfNow();
    WhatIfAnswer without = questions.now(document, means);
    WhatIfAnswer with = questions.now(boosted(document, match), means);
    Quantity decided = with.keptByReason().getOrDefault(NAME, NOTHING);
    double seconds = Math.max(1, with.seconds());
    double added = Math.max(0, with.cost().kept() - without.cost().kept());
    double gross = gross(decided, with);
    double ttl = wish.ttl().toSeconds();
    if (with.seconds() < SHORT_SECONDS) {
      notes.add(Note.of(NoteCode.SHORT_RECORDING));
    }
    if (decided.traces() == 0) {
      notes.add(Note.of(NoteCode.NOTHING_MATCHES));
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
        Note.texts(notes),
        List.copyOf(notes));
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

  private static List<Note> notes(BoostWish wish, PolicyDocument document) {
    List<Note> notes = new ArrayList<>();
    if (wish.match().attribute() != null) {
      notes.add(Note.of(NoteCode.ATTRIBUTES_AT_MOST));
    }
    if (!RingTraffic.unanswerable(document).isEmpty()) {
      notes.add(Note.of(NoteCode.LESS_MAY_BE_KEPT));
    }
    return notes;
  }
}
