package dev.spanthrift.sampler;

import static dev.spanthrift.sampler.RandomnessSource.TRACE_ID;

import dev.spanthrift.sampler.probability.Randomness;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.signal.OperationMeasures;
import dev.spanthrift.sampler.trace.DecisionMemory;
import dev.spanthrift.sampler.trace.Hold;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Hash;
import dev.spanthrift.sampler.wire.ResourceContext;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a span when it comes: it is counted and measured, and joins its fragment, or
 * follows what was decided before. The counterpart of {@link Departures}.
 */
final class Arrivals {
  private final SamplerSettings settings;
  private final BatchContexts contexts;
  private final Hold hold;
  private final DecisionMemory memory;
  private final SpanReader reader;
  private final OperationMeasures measures;
  private final JudgeVersions judges;
  private final SamplerCounts.Counters counters;
  private final SpansAtOnce atOnce;
  private final FateTables tables;
  private final @Nullable Budgeting budget;

  private final IdRandomness idRandomness = new IdRandomness();
  private final Verdict verdict = new Verdict();

  Arrivals(
      SamplerSettings settings,
      BatchContexts contexts,
      Hold hold,
      DecisionMemory memory,
      SpanReader reader,
      OperationMeasures measures,
      JudgeVersions judges,
      SamplerCounts.Counters counters,
      SpansAtOnce atOnce,
      FateTables tables,
      @Nullable Budgeting budget) {
    this.settings = settings;
    this.contexts = contexts;
    this.hold = hold;
    this.memory = memory;
    this.reader = reader;
    this.measures = measures;
    this.judges = judges;
    this.counters = counters;
    this.atOnce = atOnce;
    this.tables = tables;
    this.budget = budget;
  }

  /** Counts a batch that goes on whole, past hold and decision. */
  void pass(Batch batch) {
    long before = counters.receivedBytes;
    contexts.begin(batch);
    counters.contents(batch);
    for (int row = 0; row < batch.size(); row++) {
      receive(batch, row);
      int operation = measure(batch, row, contexts.of(batch, row));
      tables.passed(operation, batch.isError(row), batch.durationNanos(row), batch.bytes(row));
    }
    contexts.end();
    counters.kept.add(Sampler.KILL_SWITCH, batch.size(), counters.receivedBytes - before);
    counters.keptEvents += batch.events();
  }

  private void receive(Batch batch, int row) {
    counters.received++;
    counters.receivedBytes += batch.bytes(row);
    counters.receivedRoots += batch.hasParent(row) ? 0 : 1;
    counters.withoutTraceId += batch.hasValidTraceId(row) ? 0 : 1;
  }

  /**
   * Steps measure and hold.
   *
   * @param keepsAnyway whatever judges say, so that none may decide a span before it is held
   */
  void hold(Batch batch, long now, boolean keepsAnyway) {
    judges.begin(batch);
    contexts.begin(batch);
    Judge judge = judges.get(judges.current());
    int slot = Hold.NONE;
    counters.contents(batch);
    for (int row = 0; row < batch.size(); row++) {
      receive(batch, row);
      int context = contexts.of(batch, row);
      int operation = measure(batch, row, context);
      if (!keepsAnyway && judge.judgesSpan(batch, row, verdict)) {
        atOnce.follow(batch, row, verdict);
        continue;
      }
      if (!isOf(slot, batch, row)) {
        slot = fragmentOf(batch, row, now);
      }
      if (slot != Hold.NONE) {
        join(slot, batch, row, context, operation, now);
      }
    }
    contexts.end();
  }

  private boolean isOf(int slot, Batch batch, int row) {
    return slot != Hold.NONE
        && batch.hasValidTraceId(row)
        && hold.traceIdLow(slot) == batch.traceIdLow(row)
        && hold.traceIdHigh(slot) == batch.traceIdHigh(row);
  }

  /** The span's fragment, perhaps a new one; NONE when it followed an earlier decision. */
  private int fragmentOf(Batch batch, int row, long now) {
    if (!batch.hasValidTraceId(row)) {
      return openAlone(batch, row, now);
    }
    long high = batch.traceIdHigh(row);
    long low = batch.traceIdLow(row);
    int slot = hold.find(high, low);
    if (slot != Hold.NONE && joins(slot)) {
      return slot;
    }
    long decision = memory.find(high, low);
    if (decision != DecisionMemory.UNKNOWN && followed(batch, row, decision, now)) {
      return Hold.NONE;
    }
    long rv = explicitRandomness(batch, row);
    if (rv == Randomness.NONE) {
      rv = settings.randomness().of(high, low);
      if (decision == DecisionMemory.UNKNOWN && settings.randomness() == TRACE_ID) {
        idRandomness.see(low);
      }
    }
    judges.retain(judges.current());
    return hold.open(high, low, rv, upstream(batch, row), judges.current(), now);
  }

  /**
   * A span that no trace id names is a trace of its own, named by its bytes: sent again, or seen by
   * the next process, it is decided alike.
   */
  private int openAlone(Batch batch, int row, long now) {
    int body = batch.body(row);
    long high = Hash.of(batch.buffer(), body, batch.end(row) - body);
    long low = Hash.mix(high + 1);
    long rv = explicitRandomness(batch, row);
    long randomness = rv == Randomness.NONE ? Randomness.ofTraceId(low) : rv;
    judges.retain(judges.current());
    return hold.openAlone(high, low, randomness, upstream(batch, row), judges.current(), now);
  }

  private static long explicitRandomness(Batch batch, int row) {
    return TraceState.explicitRandomness(
        batch.buffer(), batch.traceStateOffset(row), batch.traceStateLength(row));
  }

  private static long upstream(Batch batch, int row) {
    return TraceState.threshold(
        batch.buffer(), batch.traceStateOffset(row), batch.traceStateLength(row));
  }

  /**
   * A fragment in limbo takes no late spans: they are judged anew, whether it is kept or not. Else
   * what other pods read of the trace would say which, and no probability may depend on that.
   */
  private boolean joins(int slot) {
    if (budget == null || !hold.isInLimbo(slot)) {
      return true;
    }
    hold.forget(slot);
    return false;
  }

  /** Late spans follow the decision; only an error is worth judging a dropped trace again. */
  private boolean followed(Batch batch, int row, long decision, long now) {
    if (decision == DecisionMemory.DROPPED) {
      if (batch.isError(row) && judges.get(judges.current()).judgesLateErrors()) {
        return false;
      }
      atOnce.drop(batch, row, Sampler.LATE);
    } else {
      atOnce.keep(batch, row, decision, Sampler.LATE);
      if (budget != null) {
        budget.spend(batch.traceIdHigh(row), batch.traceIdLow(row), batch.bytes(row), now);
      }
    }
    counters.late++;
    return true;
  }

  /** Step measure: every span, whatever becomes of it; the answer is its operation. */
  private int measure(Batch batch, int row, int context) {
    ResourceContext from = contexts.resource(context);
    int operation = reader.operation(batch, row, from.serviceHash());
    long duration = batch.durationNanos(row);
    measures.measure(operation, from.serviceName(), batch.isError(row), duration, batch.bytes(row));
    return operation;
  }

  private void join(int slot, Batch batch, int row, int context, int operation, long now) {
    hold.add(slot, batch, row, context, operation, reader.signature(batch, row), now);
    judges.get(hold.version(slot)).observe(batch, row, hold.facts(slot), hold.factsOffset(slot));
  }

  /** What was wrong with trace ids so far. */
  SamplerCounts.Ids ids() {
    return new SamplerCounts.Ids(counters.withoutTraceId, idRandomness.without());
  }
}
