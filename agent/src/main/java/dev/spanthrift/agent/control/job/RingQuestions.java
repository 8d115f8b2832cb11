package dev.spanthrift.agent.control.job;

import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.BudgetText;
import dev.spanthrift.agent.simulation.HeapRoom;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.TraceFate;
import dev.spanthrift.agent.simulation.WhatIf;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.probability.Randomness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What would other policies and other money have kept of the last spans?
 *
 * <p>One question at a time, over a snapshot of the recording: the pipeline never waits for it. No
 * more memory is taken than is free, and a question ends when what runs beside it needs that.
 */
public final class RingQuestions {
  /** An explanation plays for 250 ms at most, and nobody should be sent away because of it. */
  private static final Duration TURN_MAX = Duration.ofMillis(500);

  private final PipelineView pipeline;
  private final SpendView spend;
  private final HeapRoom room;
  private final Semaphore running = new Semaphore(1);
  private final Duration turnMax;

  public RingQuestions(PipelineView pipeline, SpendView spend, HeapRoom room) {
    this(pipeline, spend, room, TURN_MAX);
  }

  /**
   * @param turnMax how long a question waits for its turn that is answered at once
   */
  RingQuestions(PipelineView pipeline, SpendView spend, HeapRoom room, Duration turnMax) {
    this.turnMax = turnMax;
    this.pipeline = pipeline;
    this.spend = spend;
    this.room = room;
  }

  /** Told how far it is; may take its time. */
  public interface Watch {
    Watch NONE = (done, all) -> {};

    /** After each request of the recording. */
    void read(long done, long all) throws InterruptedException;
  }

  /**
   * Money for what policies leave to the budget.
   *
   * @param allowance null: everything of it is kept
   */
  public record Means(@Nullable Allowance allowance, AllocationSettings allocation) {
    public static final Means NONE = new Means(null, AllocationSettings.DEFAULT);

    public Means with(AllocationSettings.PerClass shares) {
      return new Means(allowance, allocation.withShares(shares));
    }
  }

  /** A budget in one word. */
  public Means means(@Nullable String budget) {
    if (budget == null) {
      return Means.NONE;
    }
    try {
      BudgetText parsed =
          BudgetText.parse(budget, spend.price(), spend.spend().currency(), spend.allocation());
      return new Means(parsed.allowance(), parsed.allocation());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.REFUSED, String.valueOf(e.getMessage()));
    }
  }

  /** What the budgets in force let this sidecar spend at their pace of now. */
  public Means meansOfNow() {
    Double allowance = spend.allowanceHere();
    return allowance == null
        ? Means.NONE
        : new Means(new Allowance.PerSecond(allowance), spend.allocation());
  }

  /** What is recorded; throws the problem where there is nothing. */
  public SpanRing recorded() {
    SpanRing ring = pipeline.recorded();
    if (ring == null || ring.counts().held() == 0) {
      throw new ProblemException(
          ProblemType.NOT_RECORDED,
          Note.of(ring == null ? NoteCode.RECORDING_IS_OFF : NoteCode.NOTHING_RECORDED));
    }
    return ring;
  }

  /** Answers now, or says that another question is being answered. */
  public WhatIfAnswer now(PolicyDocument document, Means means)
      throws IOException, InterruptedException {
    return inARow(questions -> questions.ask(document, means));
  }

  /** Answers one of several questions that are asked in a row. */
  @FunctionalInterface
  public interface Series {
    WhatIfAnswer ask(PolicyDocument document, Means means) throws IOException, InterruptedException;
  }

  /** Asks them, and makes something of the answers. */
  @FunctionalInterface
  public interface Asker<T> {
    T ask(Series questions) throws IOException, InterruptedException;
  }

  /** Several questions, with none of anybody else between them; or says that one is at work. */
  public <T> T inARow(Asker<T> asker) throws IOException, InterruptedException {
    if (!running.tryAcquire(turnMax.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new ProblemException(ProblemType.BUSY, "one simulation runs at a time");
    }
    try {
      return asker.ask((document, means) -> answered(document, means, Watch.NONE));
    } finally {
      running.release();
    }
  }

  /** Answers when the others are answered. */
  public WhatIfAnswer inTurn(PolicyDocument document, Means means, Watch watch)
      throws IOException, InterruptedException {
    running.acquire();
    try {
      return answered(document, means, watch);
    } finally {
      running.release();
    }
  }

  /** What would have become of one trace, or why that cannot be said now. */
  public sealed interface Replay {
    record Replayed(TraceFate.Told told) implements Replay {}

    record NotReplayed(Note why) implements Replay {}
  }

  /**
   * What other money would have made of one trace of the recording: each question by playing it
   * from the start until the trace is decided.
   *
   * <p>The money of now is played too. What the recording does not know, such as money that changed
   * meanwhile or what other pods told, shows in that: then the others would be no better. It comes
   * first, and must be answered, where the recording does not begin with the process; else last,
   * with the time that is left, for that recording lacks nothing at its beginning.
   *
   * @param means what is asked, in the order in which it is played and answered
   * @param objection to what became of the trace with the money of now
   * @param most time for all of them; what is not answered by then is unknown
   */
  public List<Replay> replays(
      PolicyDocument document,
      List<Means> means,
      SpanRing.Snapshot recorded,
      TraceFate.Sought sought,
      Objection objection,
      Duration most)
      throws IOException, InterruptedException {
    if (!running.tryAcquire()) {
      return none(means, Note.of(NoteCode.ANOTHER_AT_WORK));
    }
    try {
      long deadline = System.nanoTime() + most.toNanos();
      // Without a collection: who only looks makes nobody wait.
      HeapRoom.Lack lack = room.lackNow(recorded.spans(), learnedBytes(recorded));
      if (lack != null) {
        return none(means, noRoom(lack));
      }
      if (!recorded.beginsWithTheProcess()) {
        Note doubt = doubt(replay(document, meansOfNow(), recorded, sought, deadline), objection);
        if (doubt != null) {
          return none(means, doubt);
        }
      }
      List<Replay> replays = new ArrayList<>();
      for (Means each : means) {
        replays.add(replay(document, each, recorded, sought, deadline));
      }
      if (recorded.beginsWithTheProcess()
          && replay(document, meansOfNow(), recorded, sought, deadline)
              instanceof Replay.Replayed(TraceFate.Told told)) {
        Note doubt = objection.to(told);
        return doubt == null ? replays : none(means, doubt);
      }
      return replays;
    } finally {
      running.release();
    }
  }

  private static long learnedBytes(SpanRing.Snapshot recorded) {
    SpanRing.LearnedBefore learned = recorded.learned();
    return learned == null ? 0 : learned.snapshot().length;
  }

  /** Says why the recording does not tell what happened; null: it does. */
  @FunctionalInterface
  public interface Objection {
    @Nullable Note to(TraceFate.Told told);
  }

  private static @Nullable Note doubt(Replay ofNow, Objection objection) {
    return switch (ofNow) {
      case Replay.Replayed(TraceFate.Told told) -> objection.to(told);
      case Replay.NotReplayed(Note why) -> why;
    };
  }

  private Replay replay(
      PolicyDocument document,
      Means means,
      SpanRing.Snapshot recorded,
      TraceFate.Sought sought,
      long deadline)
      throws IOException, InterruptedException {
    if (isUncapped(means)) {
      return not(Note.of(NoteCode.SHARE_NOT_CAPPED));
    }
    TraceFate.Told told =
        TraceFate.of(
            new RingTraffic(recorded),
            question(document, means),
            recorded.learned(),
            sought,
            deadline,
            System::nanoTime);
    return told == null ? not(Note.of(NoteCode.PLAYS_TOO_LONG)) : new Replay.Replayed(told);
  }

  private static List<Replay> none(List<Means> means, Note why) {
    return means.stream().map(each -> not(why)).toList();
  }

  private static Note noRoom(HeapRoom.Lack lack) {
    return new Note(
        NoteCode.NO_ROOM,
        Map.of("spans", lack.spans(), "neededMiB", lack.neededMiB(), "freeMiB", lack.freeMiB()));
  }

  /** The randomness that a replay draws a trace with: trace states are not recorded. */
  public long randomness(long traceIdHigh, long traceIdLow) {
    return switch (pipeline.sampler().randomness()) {
      case TRACE_ID -> Randomness.ofTraceId(traceIdLow);
      case HASH -> Randomness.ofHash(traceIdHigh, traceIdLow);
    };
  }

  /** Whether the policies' share is of money that is not known before the traffic is. */
  private boolean isUncapped(Means means) {
    return spend.policyShareMax() < 1 && means.allowance() instanceof Allowance.ShareOfTraffic;
  }

  private static Replay not(Note why) {
    return new Replay.NotReplayed(why);
  }

  private WhatIfAnswer answered(PolicyDocument document, Means means, Watch watch)
      throws IOException, InterruptedException {
    SpanRing ring = recorded();
    SpanRing.Recorded counts = ring.counts();
    HeapRoom.Lack lack = room.lack(counts.held());
    if (lack != null) {
      throw new ProblemException(ProblemType.NO_ROOM, noRoom(lack));
    }
    RingTraffic traffic = new RingTraffic(ring.snapshot(System.currentTimeMillis()));
    Looking looking = new Looking(watch, traffic.requests());
    WhatIfAnswer answer = WhatIf.answer(traffic, question(document, means), looking);
    return answer.with(warnings(counts, answer, isUncapped(means)));
  }

  private Question question(PolicyDocument document, Means means) {
    SpanPrice price = spend.price();
    return new Question(
        document,
        means.allowance(),
        null,
        means.allocation(),
        price,
        spend.spend().currency(),
        false,
        pipeline.sampler(),
        spend.policyShareMax());
  }

  private static List<String> warnings(
      SpanRing.Recorded counts, WhatIfAnswer answer, boolean uncapped) {
    List<String> warnings = new ArrayList<>();
    warnings.add(cover(answer));
    warnings.add("of this sidecar alone: what other pods would tell it is not in the answer");
    warnings.add("span names are compared as templates, without the numbers and ids in them");
    if (uncapped) {
      warnings.add("of a share of the traffic policies may take all, whatever policyShareMax says");
    }
    if (counts.sampledUpstream() > 0) {
      warnings.add(
          counts.sampledUpstream()
              + " recorded spans carried a threshold or randomness, which is not recorded");
    }
    return warnings;
  }

  /**
   * How far it may be trusted. Kept traces are counted, so the spend of another time that is just
   * like it differs by about 1.96 / √n by chance alone, and a little more since they differ in
   * size.
   */
  private static String cover(WhatIfAnswer answer) {
    double chance = 200 / Math.sqrt(Math.max(1, answer.kept().traces()));
    return String.format(
        Locale.ROOT,
        "of the last %.0f s, %d spans: what comes seldom or at another hour is not in it; of %d"
            + " kept traces the spend of another such time differs by about ± %.1f %% by chance",
        answer.seconds(),
        answer.received().spans(),
        answer.kept().traces(),
        Math.min(100, chance));
  }

  /** Hands on how far it is, and looks at the heap in between. */
  private final class Looking implements WhatIf.Onlooker {
    private static final int LOOK_EACH = 64;
    private final Watch watch;
    private final long all;

    Looking(Watch watch, long all) {
      this.watch = watch;
      this.all = all;
    }

    @Override
    public void read(long requests) throws InterruptedException {
      if (requests % LOOK_EACH == 0 && room.isTight()) {
        throw new ProblemException(ProblemType.NO_ROOM, Note.of(NoteCode.ROOM_ENDED));
      }
      watch.read(requests, all);
    }
  }
}
