package dev.spanthrift.bench.simulation;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;

/**
 * Runs a recording through one sampler per pod, in flush order, one pass, in virtual time.
 *
 * <p>The pods share the keep ledger and the fleet's sums, nothing else. Each ticks once a second,
 * each at its own fraction of the second. Long pauses of the recording are stepped over.
 */
public final class FleetSimulation {
  private static final long TICK_NANOS = 1_000_000_000L;
  private static final int LEDGER_BOUND = 1 << 20;
  private static final int MINUTES_BEFORE_JUDGED = 5;
  private static final double TOLERATED = .01;

  private final RecordedColumns recording;
  private final AllocationSettings settings;
  private final InProcessKeepLedger ledger;
  private final FleetOutcome outcome;
  private final SimulatedPod[] pods;
  private int next;
  private int judgedFrom;
  private int activeTicks;

  /**
   * @param seed of the randomness that each trace gets
   */
  public FleetSimulation(
      RecordedColumns recording,
      AllocationSettings settings,
      PriceOf priceOf,
      Pods allocators,
      long seed) {
    this.recording = recording;
    this.settings = settings;
    ledger = new InProcessKeepLedger(false, settings.askAfter(), LEDGER_BOUND);
    outcome = new FleetOutcome(recording.spans(), recording.traces());
    FleetSums fleetSums = FleetSums.inProcess();
    pods = new SimulatedPod[recording.pods()];
    for (int i = 0; i < pods.length; i++) {
      pods[i] =
          new SimulatedPod(
              recording,
              outcome,
              seed,
              settings,
              priceOf,
              allocators.allocator(recording.podName(i), fleetSums),
              ledger);
    }
  }

  /** Judges the spend's sum only once this part of the recording has been sent. */
  public void judgeFrom(int part) {
    judgedFrom = part;
  }

  /** Runs it all; may be called once. */
  public FleetOutcome run() {
    if (recording.parts() == 0) {
      return outcome;
    }
    long now = recording.flushNanos[0];
    long tail = 2 * settings.askAfter().toNanos() + 60 * TICK_NANOS;
    long last = now;
    while (next < recording.parts() || now <= last + tail) {
      int before = next;
      for (int i = 0; i < pods.length; i++) {
        long at = now + TICK_NANOS * i / pods.length;
        deliver(at);
        pods[i].tick(at);
      }
      if (next > before) {
        last = now;
      }
      account(now - last);
      now = step(now, last + tail);
    }
    outcome.lookUps = ledger.lookUps();
    outcome.writes = ledger.writes();
    outcome.inflow = ledger.inflowSum();
    outcome.spent = ledger.spentSum();
    return outcome;
  }

  private long step(long now, long quietFrom) {
    boolean quiet = next < recording.parts() && now > quietFrom;
    return quiet ? Math.max(now + TICK_NANOS, recording.flushNanos[next]) : now + TICK_NANOS;
  }

  private void deliver(long until) {
    while (next < recording.parts() && recording.flushNanos[next] <= until) {
      pods[recording.pod[next]].arrive(next, recording.flushNanos[next]);
      next++;
    }
  }

  private void account(long silence) {
    if (silence > 15 * TICK_NANOS || ++activeTicks % 60 != 0) {
      return;
    }
    boolean judged = activeTicks / 60 > MINUTES_BEFORE_JUDGED && next >= judgedFrom;
    if (judged && ledger.inflowSum() > 0) {
      double excess = ledger.spentSum() / ledger.inflowSum() - 1;
      outcome.worstExcess = Math.max(outcome.worstExcess, excess);
      outcome.minutes++;
      outcome.minutesOver += excess > TOLERATED ? 1 : 0;
    }
  }
}
