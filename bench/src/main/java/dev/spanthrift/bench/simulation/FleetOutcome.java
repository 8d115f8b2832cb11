package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import java.util.Arrays;

/** What a simulated fleet kept of a recording, and what it cost. */
public final class FleetOutcome {
  final float[] probability;
  final byte[] reason;
  final float[] chance;
  private final double[] decided; // by trace: the largest of any pod so far
  long fragments;
  long lookUps;
  long writes;
  long spanCount;
  double inflow;
  double spent;
  double worstExcess = Double.NEGATIVE_INFINITY;
  double minutes;
  double minutesOver;
  long nanosDeciding;
  long nanosTicking;
  long ticks;

  FleetOutcome(int spans, int traces) {
    probability = new float[spans];
    reason = new byte[spans];
    chance = new float[spans];
    decided = new double[traces];
    Arrays.fill(reason, (byte) -1);
    spanCount = spans;
  }

  /** Of real sidecars, to be filled by what arrives from them. */
  public static FleetOutcome of(RecordedColumns recording) {
    return new FleetOutcome(recording.spans(), recording.traces());
  }

  void decided(int trace, double p) {
    decided[trace] = Math.max(decided[trace], p);
  }

  void settled(SimulatedFragment fragment) {
    for (int i = 0; i < fragment.size; i++) {
      chance[fragment.spans[i]] = (float) decided[fragment.trace];
    }
  }

  void keep(SimulatedFragment fragment, double p, TraceClass why) {
    for (int i = 0; i < fragment.size; i++) {
      keep(fragment.spans[i], p, why);
    }
  }

  /** Notes a kept span. */
  public void keep(int span, double p, TraceClass why) {
    probability[span] = (float) p;
    reason[span] = (byte) why.ordinal();
  }

  /** Inclusion probability of a kept span; 0 for one that was dropped. */
  public double probability(int span) {
    return probability[span];
  }

  /**
   * Probability with which a span was kept, known also of one that was dropped: the largest that
   * any pod gave its trace before the span's fragment had its verdict.
   */
  public double chance(int span) {
    return chance[span];
  }

  /** Ordinal of the class that began the keep; -1 for a span that was dropped. */
  public int reason(int span) {
    return reason[span];
  }

  /** Fragments decided on. */
  public long fragments() {
    return fragments;
  }

  public long lookUps() {
    return lookUps;
  }

  public long writes() {
    return writes;
  }

  /** Allowance that came in, in units of price. */
  public double inflow() {
    return inflow;
  }

  public double spent() {
    return spent;
  }

  /** Largest of (spent so far / allowance so far − 1), from the fifth minute with traffic on. */
  public double worstExcess() {
    return worstExcess;
  }

  /** Share of the minutes from the fifth on in which spent so far was over by more than 1 %. */
  public double minutesOver() {
    return minutes == 0 ? 0 : minutesOver / minutes;
  }

  /** Time spent in reading and deciding per span. */
  public double nanosPerSpan() {
    return (double) nanosDeciding / Math.max(1, spanCount);
  }

  /** Time spent in a tick of a pod: prices, the ledger's batch, decisions on roots. */
  public double nanosPerTick() {
    return (double) nanosTicking / Math.max(1, ticks);
  }
}
