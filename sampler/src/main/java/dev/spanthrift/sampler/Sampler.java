package dev.spanthrift.sampler;

import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.signal.Operations;
import dev.spanthrift.sampler.trace.DecisionMemory;
import dev.spanthrift.sampler.trace.Hold;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.ContextTable;
import dev.spanthrift.sampler.wire.RequestWriter;
import dev.spanthrift.sampler.wire.ResourceContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door of the sampler: spans in by batches, kept spans out as requests.
 *
 * <p>The caller goes through the steps in order, {@link #hold} for each batch and {@link #decide},
 * {@link #tell}, {@link #stamp}, {@link #ship} for each tick. One thread at a time; times are
 * nanoseconds of a clock that only moves forward, so a simulation brings its own.
 */
public final class Sampler {
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
  private final DueFragments due;

  private long tellAt = Long.MIN_VALUE;

  /** A sampler without a budget: what policies would leave to one is kept. */
  public Sampler(SamplerSettings settings, Judge judge, SliceCodec codec) {
    this(settings, judge, codec, null);
  }

  public Sampler(
      SamplerSettings settings, Judge judge, SliceCodec codec, @Nullable BudgetParts parts) {
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
    Departures departures = new Departures(hold, memory, judges, outbox, books, notes, tables);
    int precision = settings.precision();
    budget =
        parts == null
            ? null
            : new Budgeting(
                parts,
                hold,
                operations,
                signatures,
                new BudgetVerdicts(notes, departures, precision));
    due = new DueFragments(hold, memory, judges, budget, departures, notes, counters, precision);
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
    due.keepAll(on);
  }

  /**
   * While on, judges decide and count as ever, and every fragment is kept whatever they said: what
   * policies would do is seen before anything is dropped.
   */
  public void shadow(boolean on) {
    due.shadow(on);
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
    arrivals.hold(batch, now, due.keepsAnyway());
  }

  /** Whether more waits than may: then the next step is due at once. */
  public boolean isPressed() {
    return hold.isPressed();
  }

  /** Step decide: every fragment that is due, then the oldest while too much waits. */
  public void decide(long now) {
    due.decide(now);
  }

  /**
   * Decides everything that waits, tells it, and asks for all of it: for the shutdown of one pod of
   * many, before {@link #decideAll}. Call it again while it says that answers are on their way.
   */
  public boolean askAll(long now) {
    if (budget == null || !budget.asksOthers()) {
      return false;
    }
    due.decideUntold(now);
    return budget.askAll(now);
  }

  /** Decides everything that waits, whether due or not: for shutdown. */
  public void decideAll(long now) {
    decide(now);
    if (budget != null) {
      budget.tick(now);
    }
    due.decideAllNow(now);
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
    long own = due.bytesHeld() + contexts.bytesHeld();
    own += tables.bytesHeld();
    return own + outbox.bytesHeld() + (budget == null ? 0 : budget.scratchBytes());
  }
}
