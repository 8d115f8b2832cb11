package dev.spanthrift.agent.control.recommendation;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.control.recommendation.Recommendation.Effect;
import dev.spanthrift.agent.control.recommendation.Recommendation.Page;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Weighs candidates: the recording is played once for each of them, and once for the policy as it
 * is.
 *
 * <p>What was weighed counts for a minute, or until another policy is in force.
 */
public final class Recommender {
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final double MONTH_SECONDS = Duration.ofMinutes(43_830).toSeconds();
  private static final double FEW_SECONDS = 300;
  private static final double MANY_SECONDS = 3_600;
  private static final long FEW_TRACES = 1_000;

  private final PipelineView pipeline;
  private final PolicyStore policies;
  private final RingQuestions questions;
  private final LongSupplier unixMillis;
  private final Dismissals dismissed;
  private RuleAges ages; // changed by whoever weighs, of whom there is one
  private volatile @Nullable Weighed last;

  private record Weighed(Page page, Map<String, RuleChange> candidates, PolicyVersion policy) {}

  /** A recommendation with the change behind it and the policy that it changes. */
  record Found(Recommendation recommendation, RuleChange candidate, PolicyVersion policy) {}

  public Recommender(
      PipelineView pipeline,
      PolicyStore policies,
      RingQuestions questions,
      @Nullable Path stateDirectory,
      LongSupplier unixMillis) {
    dismissed = new Dismissals(stateDirectory);
    this.pipeline = pipeline;
    this.policies = policies;
    this.questions = questions;
    this.unixMillis = unixMillis;
    ages = RuleAges.atStart(policies.first());
  }

  /**
   * All of them; may take some seconds where nobody has asked of late. Who asks meanwhile is told
   * that a question is at work: whoever waited here would keep others from being answered.
   */
  Page page() throws IOException, InterruptedException {
    Page page = weighed().page();
    return page.with(
        page.recommendations().stream().map(r -> r.dismissed(isDismissed(r.id()))).toList());
  }

  private boolean isDismissed(String id) {
    return dismissed.contains(id);
  }

  /** One of those that were answered last; null where there is none of this id. */
  @Nullable Found find(String id) throws IOException, InterruptedException {
    Weighed known = weighed();
    RuleChange candidate = known.candidates().get(id);
    if (candidate == null) {
      return null;
    }
    return known.page().recommendations().stream()
        .filter(r -> r.id().equals(id))
        .map(r -> new Found(r.dismissed(isDismissed(id)), candidate, known.policy()))
        .findFirst()
        .orElse(null);
  }

  void dismiss(String id) {
    dismissed.add(id);
  }

  private Weighed weighed() throws IOException, InterruptedException {
    Weighed known = last;
    Instant now = Instant.ofEpochMilli(unixMillis.getAsLong());
    PolicyVersion policy = policies.current();
    if (known != null
        && known.policy().version() == policy.version()
        && now.isBefore(known.page().at().plus(FRESH))) {
      return known;
    }
    Weighed fresh = questions.inARow(row -> weigh(row, policy, now));
    last = fresh;
    return fresh;
  }

  private Weighed weigh(RingQuestions.Series row, PolicyVersion policy, Instant now)
      throws IOException, InterruptedException {
    List<Note> notes = new ArrayList<>();
    RuleAges since = ages.next(policy, RuleChanges.seen(pipeline.policies()));
    ages = since;
    PolicyDocument document = policy.set().document();
    RingQuestions.Means means = questions.meansOfNow();
    WhatIfAnswer asIs = row.ask(document, means);
    Map<String, RuleChange> candidates = new LinkedHashMap<>();
    List<Recommendation> all = new ArrayList<>();
    if (!RingTraffic.unanswerable(document).isEmpty()) {
      notes.add(Note.of(NoteCode.POLICIES_NOT_MATCHED));
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (RuleChange candidate : new RuleChanges(pipeline, policy, since::of).all()) {
      if (System.nanoTime() - end > 0) {
        notes.add(Note.of(NoteCode.NOT_ALL_WEIGHED, "why", Note.of(NoteCode.RECORDING_IS_LONG)));
        break;
      }
      if (policies.compile(candidate.weighed(policy.root()))
          instanceof PolicyCompilation.Compiled(var set, var warnings)) {
        try {
          Effect effect = effect(asIs, row.ask(set.document(), means));
          candidates.put(candidate.id(), candidate);
          all.add(recommendation(candidate, effect, confidence(asIs)));
        } catch (ProblemException e) {
          notes.add(Note.of(NoteCode.NOT_ALL_WEIGHED, "why", e.why()));
          break; // what is weighed is answered all the same
        }
      }
    }
    all.sort(Comparator.comparingDouble(r -> -Math.abs(r.effect().spendPerMonth())));
    Page page =
        new Page(
            List.copyOf(all),
            policy.version(),
            asIs.seconds(),
            asIs.received().spans(),
            now,
            asIs.cost().currency(),
            Note.texts(notes),
            notes);
    return new Weighed(page, candidates, policy);
  }

  private static Recommendation recommendation(
      RuleChange candidate, Effect effect, String confidence) {
    return new Recommendation(
        candidate.id(),
        candidate.verb().word(),
        candidate.title().text(),
        candidate.why().text(),
        candidate.place(),
        candidate.rule(),
        effect,
        confidence,
        "open",
        List.of(candidate.title(), candidate.why()));
  }

  private static Effect effect(WhatIfAnswer asIs, WhatIfAnswer with) {
    double months = Math.max(1, asIs.seconds()) / MONTH_SECONDS;
    double traces = Math.max(1, asIs.received().traces());
    double worst =
        with.operations().stream().mapToDouble(WhatIfAnswer.Operation::worst).max().orElse(-1);
    return new Effect(
        (with.cost().kept() - asIs.cost().kept()) / months,
        asIs.cost().kept() / months,
        (with.kept().traces() - asIs.kept().traces()) / traces,
        asIs.errors().keptTraces() - with.errors().keptTraces(),
        (long) with.errors().lostSignatures() - asIs.errors().lostSignatures(),
        worst);
  }

  private static String confidence(WhatIfAnswer asIs) {
    if (asIs.seconds() < FEW_SECONDS || asIs.received().traces() < FEW_TRACES) {
      return "low";
    }
    return asIs.seconds() < MANY_SECONDS ? "medium" : "high";
  }
}
