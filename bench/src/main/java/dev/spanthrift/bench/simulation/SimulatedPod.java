package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allocator;
import dev.spanthrift.sampler.budget.allocation.Decisions;
import dev.spanthrift.sampler.budget.allocation.Verdicts;
import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.signal.EdgeDurations;
import dev.spanthrift.sampler.signal.FragmentReader;
import dev.spanthrift.sampler.signal.Reading;
import dev.spanthrift.sampler.signal.StableHash;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One pod of a simulated fleet: holds fragments, decides with the production classes. */
final class SimulatedPod implements Verdicts<SimulatedFragment> {
  private static final long PAUSE_NANOS = 1_000_000_000L;
  private static final long DEADLINE_NANOS = 20_000_000_000L;
  private static final long RANDOMNESS_MASK = (1L << 56) - 1;

  private final RecordedColumns recording;
  private final FleetOutcome outcome;
  private final long seed;
  private final PriceOf priceOf;
  private final Decisions<SimulatedFragment> decisions;
  private final FragmentReader reader;
  private final Fragment columns = new Fragment();
  private final Map<Integer, SimulatedFragment> latest = new HashMap<>();
  private final Map<Integer, Set<Long>> edges = new HashMap<>();
  private final List<SimulatedFragment> waiting = new ArrayList<>();
  private long now;

  SimulatedPod(
      RecordedColumns recording,
      FleetOutcome outcome,
      long seed,
      AllocationSettings settings,
      PriceOf priceOf,
      Allocator allocator,
      KeepLedger ledger) {
    this.recording = recording;
    this.outcome = outcome;
    this.seed = seed;
    this.priceOf = priceOf;
    decisions = new Decisions<>(settings, allocator, ledger, this::price, this);
    reader = new FragmentReader(recording.operations, recording.signatures, new EdgeDurations());
  }

  private long price(SimulatedFragment fragment) {
    return priceOf.price(fragment.bytes, fragment.size);
  }

  void arrive(int part, long nowNanos) {
    now = nowNanos;
    for (int span = recording.firstSpan[part]; span < recording.endSpan(part); span++) {
      arriveSpan(span);
    }
  }

  private void arriveSpan(int span) {
    int trace = recording.trace[span];
    int bytes = recording.bytes[span];
    SimulatedFragment fragment = latest.get(trace);
    if (fragment != null && fragment.settled && fragment.kept) {
      outcome.keep(span, fragment.probability, TraceClass.BASE);
      outcome.chance[span] = (float) fragment.probability;
      decisions.spend(
          recording.traceIdHigh(trace), recording.traceIdLow(trace), priceOf.price(bytes, 1), now);
      return;
    }
    if (fragment == null || fragment.submitted) {
      fragment = new SimulatedFragment(trace);
      latest.put(trace, fragment);
      waiting.add(fragment);
    }
    fragment.add(span, bytes, now);
  }

  void tick(long nowNanos) {
    now = nowNanos;
    Iterator<SimulatedFragment> each = waiting.iterator();
    while (each.hasNext()) {
      SimulatedFragment fragment = each.next();
      if (isDue(fragment)) {
        each.remove();
        submit(fragment);
      }
    }
    long began = System.nanoTime();
    decisions.tick(nowNanos);
    outcome.nanosTicking += System.nanoTime() - began;
    outcome.ticks++;
  }

  private boolean isDue(SimulatedFragment fragment) {
    long silence = now - fragment.lastArrival;
    return silence >= DEADLINE_NANOS || (silence >= PAUSE_NANOS && hasEnded(fragment));
  }

  private boolean hasEnded(SimulatedFragment fragment) {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < fragment.size; i++) {
      ids.add(recording.spanId[fragment.spans[i]]);
    }
    for (int i = 0; i < fragment.size; i++) {
      int span = fragment.spans[i];
      boolean root = (recording.flags[span] & Fragment.LOCAL_ROOT) != 0;
      if (!root && !ids.contains(recording.parentId[span])) {
        return false;
      }
    }
    return true;
  }

  private void submit(SimulatedFragment fragment) {
    long began = System.nanoTime();
    load(fragment);
    Reading reading = new Reading();
    reader.read(columns, reading);
    fragment.submitted = true;
    outcome.fragments++;
    decisions.submit(fragment, reading, part(fragment.trace), 1, now);
    outcome.nanosDeciding += System.nanoTime() - began;
  }

  private void load(SimulatedFragment fragment) {
    int trace = fragment.trace;
    long low = recording.traceIdLow(trace);
    long randomness = StableHash.mix(low ^ StableHash.mix(seed)) & RANDOMNESS_MASK;
    columns.begin(recording.traceIdHigh(trace), low, randomness);
    for (int i = 0; i < fragment.size; i++) {
      recording.copySpan(fragment.spans[i], columns);
    }
  }

  /** What the fragment's edges add to those that this pod has already added for the trace. */
  private long part(int trace) {
    Set<Long> known = edges.computeIfAbsent(trace, t -> new HashSet<>());
    long sum = 0;
    for (int i = 0; i < reader.distinctEdges(); i++) {
      if (known.add(reader.distinctEdge(i))) {
        sum += StableHash.mix(reader.distinctEdge(i));
      }
    }
    return sum;
  }

  @Override
  public void decided(SimulatedFragment fragment, boolean kept, double probability) {
    fragment.kept = kept;
    outcome.decided(fragment.trace, probability);
  }

  @Override
  public void keep(
      SimulatedFragment fragment, double probability, TraceClass reason, boolean joined) {
    fragment.kept = true;
    fragment.settled = true;
    fragment.probability = probability;
    outcome.settled(fragment);
    outcome.keep(fragment, probability, reason);
  }

  @Override
  public void drop(SimulatedFragment fragment, double probability) {
    fragment.kept = false;
    fragment.settled = true;
    outcome.settled(fragment);
  }
}
