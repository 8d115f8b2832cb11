package dev.spanthrift.sampler;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.trace.DecisionMemory;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.trace.Hold;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.ContextTable;
import dev.spanthrift.sampler.wire.RequestWriter;
import dev.spanthrift.sampler.wire.ResourceContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The door of the sampler: spans in by batches, kept spans out as requests.
 *
 * <p>The caller goes through the steps in order, {@link #hold} for each batch and {@link #decide},
 * {@link #tell}, {@link #stamp}, {@link #ship} for each tick. One thread at a time; times are
 * nanoseconds of a clock that only moves forward, so a simulation brings its own.
 */
public final class Sampler {
  /** Keeps that no rule has asked for. */
  private static final Set<String> BY_NOBODY =
      Set.of("kill_switch", "shadow", PolicySet.FALLBACK_REASON);

  /** Reasons that no policy gives. */
  public static final String LATE = "late";

  public static final String KILL_SWITCH = "kill_switch";

  /** Reason of what is kept because decisions are only counted. */
  public static final String SHADOW = "shadow";

  public static final String TOO_EARLY = "dropped_too_early";

  /** The ledger is asked, and prices are computed, so often: what allocation was measured with. */
  private static final long TELL_NANOS = 1_000_000_000L;

  /** A rest is at most ten; what is longer was no rest of ours, and costs one tick. */
  private static final int TELLS_MADE_UP = 60;

  private final SamplerSettings settings;
  private final BatchContexts contexts;
  private final Hold hold;
  private final DecisionMemory memory;
  private final Operations operations = LearnedTables.noOperations();
  private final ErrorSignatures signatures = new ErrorSignatures();
  private final OperationMeasures measures = new OperationMeasures(operations);
  private final JudgeVersions judges;
  private final Outbox outbox;
  private final @Nullable Budgeting budget;
  private final LearnedTables learned;
  private final SamplerCounts.Counters counters = new SamplerCounts.Counters();
  private final FateBooks books = new FateBooks(counters);
  private final DecisionNotes notes = new DecisionNotes();
  private final FateTables tables;
  private final SpanArrivals arrivals;
  private final Departures departures;

  private final Fragment fragment = new Fragment();
  private final Verdict verdict = new Verdict();

  private boolean keepAll;
  private boolean shadow;
  private long tellAt = Long.MIN_VALUE;

  /** A sampler without a budget: what policies would leave to one is kept. */
  public Sampler(SamplerSettings settings, Judge judge, SliceCodec codec) {
    this(settings, judge, codec, null);
  }

  public Sampler(
      SamplerSettings settings, Judge judge, SliceCodec codec, @Nullable BudgetParts parts) {
    this.settings = settings;
    ContextTable table = new ContextTable();
    contexts = new BatchContexts(table);
    hold = new Hold(settings.hold(), codec, table, Judge.FACT_WORDS);
    memory = new DecisionMemory(settings.tracesRemembered());
    judges = new JudgeVersions(judge);
    outbox =
        new Outbox(
            hold,
            new RequestWriter(table),
            new Stamper(settings.stampAlways(), counters),
            settings);
    SpansAtOnce atOnce = new SpansAtOnce(contexts, outbox, books, settings.randomness());
    tables = new FateTables(hold, measures, operations, signatures);
    departures = new Departures(hold, memory, judges, outbox, books, notes, tables);
    budget =
        parts == null ? null : new Budgeting(parts, hold, operations, signatures, new Settlement());
    learned = new LearnedTables(operations, signatures, budget);
    arrivals =
        new SpanArrivals(
            settings,
            contexts,
            hold,
            memory,
            new SpanReader(operations, signatures),
            measures,
            judges,
            counters,
            atOnce,
            tables,
            budget);
  }

  /** Decides with another judge from the next trace on; traces that have begun keep theirs. */
  public void use(Judge judge) {
    judges.use(judge);
  }

  /** While on, every fragment that comes up is kept as it is, whatever its judge would say. */
  public void keepAll(boolean on) {
    keepAll = on;
  }

  /**
   * While on, judges decide and count as ever, and every fragment is kept whatever they said: what
   * policies would do is seen before anything is dropped.
   */
  public void shadow(boolean on) {
    shadow = on;
  }

  /** Tells the fate of every span from now on. */
  public void tellFates(Fates listener) {
    books.tell(listener);
  }

  /** Notes every decision there from now on; null for nowhere. */
  public void explainIn(@Nullable DecisionLog log) {
    notes.in(log);
  }

  /** Counts a batch that goes on whole, past hold and decision. */
  public void pass(Batch batch) {
    arrivals.pass(batch);
  }

  /**
   * Steps measure and hold: every span is counted, and joins its fragment, or follows what was
   * decided before.
   */
  public void hold(Batch batch, long now) {
    arrivals.hold(batch, now, keepsAnyway());
  }

  private boolean keepsAnyway() {
    return keepAll || shadow;
  }

  /** Whether more waits than may: then the next step is due at once. */
  public boolean isPressed() {
    return hold.isPressed();
  }

  /** Step decide: every fragment that is due, then the oldest while too much waits. */
  public void decide(long now) {
    judges.tick(now);
    for (int slot = hold.pollDue(now); slot != Hold.NONE; slot = hold.pollDue(now)) {
      decide(slot, now);
    }
    for (int slot = hold.pollPressed(); slot != Hold.NONE; slot = hold.pollPressed()) {
      counters.decidedEarly++;
      if (hold.isFull() && !keepsAnyway() && !judges.get(hold.version(slot)).judgesWhenFull()) {
        departures.dropForgotten(slot, TOO_EARLY);
      } else {
        decideNow(slot, now);
      }
    }
  }

  private void decideNow(int slot, long now) {
    if (!hold.isInLimbo(slot)) {
      decide(slot, now);
    }
    if (budget != null) {
      budget.settleNow(slot);
    }
  }

  /**
   * Decides everything that waits, tells it, and asks for all of it: for the shutdown of one pod of
   * many, before {@link #decideAll}. Call it again while it says that answers are on their way.
   */
  public boolean askAll(long now) {
    if (budget == null || !budget.asksOthers()) {
      return false;
    }
    for (int slot = hold.oldest(); slot != Hold.NONE; ) {
      int younger = hold.younger(slot);
      if (!hold.isInLimbo(slot)) {
        decide(slot, now);
      }
      slot = younger;
    }
    return budget.askAll(now);
  }

  /** Decides everything that waits, whether due or not: for shutdown. */
  public void decideAll(long now) {
    decide(now);
    if (budget != null) {
      budget.tick(now);
    }
    for (int slot = hold.oldest(); slot != Hold.NONE; slot = hold.oldest()) {
      decideNow(slot, now);
    }
  }

  /**
   * Whether nothing waits here: then nobody need tick before the next batch, or where {@link
   * #passesTime} before ten seconds are over.
   */
  public boolean isAtRest() {
    return hold.traces() == 0
        && outbox.unstampedSpans() == 0
        && outbox.shippableSpans() == 0
        && !judges.isWaiting()
        && (budget == null || (tellAt != Long.MIN_VALUE && budget.isAtRest()));
  }

  /** Whether money comes in, and expires, while nothing else happens. */
  public boolean passesTime() {
    return budget != null;
  }

  /** Whether no answer from elsewhere has to be taken soon. */
  public boolean hasOwnTime() {
    return budget == null || budget.hasOwnTime();
  }

  /** Makes up the seconds in which nobody ticked; call it before the first step after a rest. */
  public void wake(long now) {
    if (budget == null || tellAt == Long.MIN_VALUE || !budget.hasOwnTime()) {
      return;
    }
    tellAt = Math.max(tellAt, now - TELLS_MADE_UP * TELL_NANOS);
    for (; tellAt <= now; tellAt += TELL_NANOS) {
      budget.tick(tellAt);
    }
  }

  /** Step tell: keeps to the ledger, questions to it, and its answers. */
  public void tell(long now) {
    if (budget == null) {
      return;
    }
    budget.poll(now);
    if (now >= tellAt) {
      tellAt = now + TELL_NANOS;
      budget.tick(now);
    }
  }

  /** Where a trace is at the moment. */
  public Whereabouts find(long traceIdHigh, long traceIdLow, long now) {
    Whereabouts.Remembered remembered = remembered(memory.find(traceIdHigh, traceIdLow));
    int slot = hold.find(traceIdHigh, traceIdLow);
    if (slot == Hold.NONE) {
      return new Whereabouts(Whereabouts.Stage.ABSENT, 0, 0, 0, remembered);
    }
    Whereabouts.Stage state =
        hold.isInLimbo(slot) ? Whereabouts.Stage.LIMBO : Whereabouts.Stage.WAITING;
    long held = now - hold.firstSeen(slot);
    return new Whereabouts(state, hold.spans(slot), hold.bytes(slot), held, remembered);
  }

  private static Whereabouts.Remembered remembered(long decision) {
    if (decision == DecisionMemory.UNKNOWN) {
      return Whereabouts.Remembered.NOTHING;
    }
    return decision == DecisionMemory.DROPPED
        ? Whereabouts.Remembered.DROPPED
        : Whereabouts.Remembered.KEPT;
  }

  /** Service and name of an operation, as they are measured. */
  public OperationMeasures.Labels operation(int id) {
    return measures.named(id);
  }

  /** The resource that spans came from lately; a sidecar has one. Any thread may ask. */
  public @Nullable ResourceContext resource() {
    return contexts.lately();
  }

  private void decide(int slot, long now) {
    Judge judge = judges.get(hold.version(slot));
    hold.load(slot, fragment);
    if (keepAll) {
      verdict.keep(KILL_SWITCH);
    } else {
      judge.judge(fragment, hold.facts(slot), hold.factsOffset(slot), now, verdict);
      handOver(judge);
      if (shadow) {
        verdict.keep(SHADOW);
      }
    }
    long number = notes.judged(hold, slot, fragment, judge, verdict);
    if (budget != null && verdict.isLeftToBudget()) {
      budget.submit(slot, number, fragment, isFirst(slot), verdict.weight(), now);
      return;
    }
    long threshold = thresholdOf(verdict.probability());
    boolean kept = threshold <= fragment.randomness();
    if (budget != null && budget.asksOthers() && isDrawn()) {
      budget.sampledByPolicy(
          slot, number, fragment, verdict.probability(), kept, verdict.reason(), now);
    } else if (kept) {
      if (budget != null) {
        budget.keptByPolicy(fragment, verdict.probability(), now);
      }
      boolean byRule = verdict.isCertain() && !BY_NOBODY.contains(verdict.reason());
      Worth worth = byRule ? Worth.RULE : Worth.ORDINARY;
      double probability = verdict.probability();
      departures.keep(
          slot, number, probability, threshold, probability == 1, worth, verdict.reason());
    } else {
      departures.drop(slot, number, verdict.reason());
    }
  }

  /** Whether the verdict is a probability, which leaves it to the trace's randomness. */
  private boolean isDrawn() {
    return verdict.probability() > 0 && verdict.probability() < 1;
  }

  /** What a policy would keep beyond the policies' share of the money is the budget's to choose. */
  private void handOver(Judge judge) {
    if (budget != null && verdict.isCertain() && !budget.admits(fragment)) {
      counters.overPolicyShare++;
      judge.overShare(fragment);
      verdict.leaveToBudget(verdict.reason(), 1);
    }
  }

  private boolean isFirst(int slot) {
    return memory.find(hold.traceIdHigh(slot), hold.traceIdLow(slot)) == DecisionMemory.UNKNOWN;
  }

  /** The budget's verdicts. */
  private final class Settlement implements Budgeting.Settlement {
    @Override
    public void decided(
        Budgeting.Waiter waiter, TraceClass traceClass, double price, double level) {
      notes.allocated(waiter.number, waiter.probability, traceClass, price, level);
      departures.decided(waiter.slot, waiter.probability);
    }

    @Override
    public void keep(Budgeting.Waiter waiter, double probability, Worth worth, String reason) {
      long threshold = thresholdOf(probability);
      departures.keep(waiter.slot, waiter.number, probability, threshold, false, worth, reason);
    }

    @Override
    public void drop(Budgeting.Waiter waiter, String reason) {
      departures.drop(waiter.slot, waiter.number, reason);
    }
  }

  private long thresholdOf(double probability) {
    return probability == 0
        ? Threshold.MAX
        : Threshold.of(probability, settings.precision()).value();
  }

  /** Step stamp: kept spans go back under resource and scope, with the threshold they passed. */
  public void stamp() {
    boolean unused = stamp(Long.MAX_VALUE);
  }

  /**
   * The same until a request has this size, so that none grows without bound however much is
   * decided at once; only a span that is larger by itself makes a larger one.
   *
   * @return whether there is more: ship, then call again
   */
  public boolean stamp(long bytesMax) {
    return outbox.stamp(bytesMax);
  }

  /** Whether requests hold traces of one worth only, so that the others can leave a full queue. */
  public void partByWorth(boolean on) {
    outbox.partByWorth(on);
  }

  /** What the request that {@link #ship} answers next is worth. */
  public Worth nextWorth() {
    return outbox.nextWorth();
  }

  /** Spans that wait for their decision or for the stamp. */
  public int waitingSpans() {
    return hold.spans();
  }

  /** Spans that wait for their decision. */
  public long undecidedSpans() {
    return hold.spans() - outbox.spansInHold();
  }

  /** Spans that are kept and not yet stamped. */
  public long unstampedSpans() {
    return outbox.unstampedSpans();
  }

  /** Spans that are stamped and not yet shipped. */
  public long shippableSpans() {
    return outbox.shippableSpans();
  }

  /** Their bytes. */
  public long shippableBytes() {
    return outbox.shippableBytes();
  }

  /** Spans of the request that {@link #ship} answers next; 0 when there is none. */
  public long nextSpans() {
    return outbox.nextSpans();
  }

  /** Step ship: one ExportTraceServiceRequest with what is stamped. */
  public byte[] ship() {
    return outbox.ship();
  }

  public Operations operations() {
    return operations;
  }

  /** Begins a snapshot of what was learned. */
  public LearnedState.Writer learned(long unixMillis) {
    return new LearnedState.Writer(learned.parts(), unixMillis);
  }

  /**
   * Takes back what an earlier process had learned, and plans with it; call it before the first
   * batch.
   */
  public LearnedState.Restored restore(byte[] saved, long now, long unixMillis) {
    LearnedState.Restored restored =
        LearnedState.restore(saved, learned::fresh, learned.parts(), now, unixMillis);
    if (budget != null && restored.warning().isEmpty()) {
      budget.tick(now); // else the first second is decided without the money that was left
    }
    return restored;
  }

  /** How much is learned by now. */
  public LearnedCounts learnedCounts() {
    return learned.counts();
  }

  /** Rate, errors and durations by operation, of all that was received. */
  public List<MeasuredOperation> measured() {
    return measures.read();
  }

  /** What is kept by operation, and what it says of all that was received. */
  public List<KeptOperation> keptOperations() {
    return tables.operations();
  }

  /** What was never kept. */
  public Losses.Summary losses() {
    return tables.losses();
  }

  /** One consistent reading. */
  public SamplerCounts counts() {
    return new SamplerCounts(
        new SamplerCounts.Received(
            counters.received, counters.receivedBytes, counters.receivedRoots),
        held(),
        counters.kept.read(),
        counters.dropped.read(),
        counters.late,
        counters.overPolicyShare,
        new SamplerCounts.Overflow(counters.decidedEarly, memory.forgotten()),
        counters.contents(),
        SamplerCounts.copy(counters.traceStates),
        ids());
  }

  private SamplerCounts.Held held() {
    return new SamplerCounts.Held(
        hold.traces(), undecidedSpans(), hold.bytes(), hold.bytesMax(), scratchBytes());
  }

  /** What was wrong with trace ids so far. */
  public SamplerCounts.Ids ids() {
    return arrivals.ids();
  }

  /** Fragments that wait for the ledger's word. */
  int inLimbo() {
    return budget == null ? 0 : budget.waiting();
  }

  private long scratchBytes() {
    long own = fragment.bytesHeld() + contexts.bytesHeld();
    own += tables.bytesHeld();
    return own + outbox.bytesHeld() + (budget == null ? 0 : budget.scratchBytes());
  }
}
