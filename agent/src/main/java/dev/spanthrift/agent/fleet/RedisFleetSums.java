package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.allocation.FleetReport;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.wire.Hash;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * The fleet's sums as the engine last told them.
 *
 * <p>The data path writes and reads here, another thread exchanges: nobody waits. Until a whole
 * generation of reports was seen, this pod counts with a fleet of assumed size that is like itself;
 * when the engine is away, the last sums stay.
 */
final class RedisFleetSums implements FleetSums {
  static final int LAST_ARRIVAL = 0;
  private static final double HALF_WAY_SECONDS = 60;
  static final int PODS = 2; // places in FleetReport

  /** Marks of configurations are below it: a float holds them exactly. */
  private static final int MARKS = 1 << 24;

  private final int podsAssumed;
  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private final double[] own = new double[FleetReport.LENGTH];
  private final double[] fleet = new double[FleetReport.LENGTH];
  private final double[] marks = new double[2];
  private boolean known;

  RedisFleetSums(int podsAssumed, LongSupplier wallMillis, LongSupplier nanos) {
    this.podsAssumed = podsAssumed;
    this.wallMillis = wallMillis;
    this.nanos = nanos;
  }

  @Override
  public synchronized void publish(String pod, double[] report) {
    System.arraycopy(report, 0, own, 0, own.length);
  }

  @Override
  public synchronized boolean read(double[] into) {
    if (!known) {
      for (int i = 0; i < into.length; i++) {
        into[i] = i < FleetReport.MAXIMA ? own[i] : own[i] * podsAssumed;
      }
      return true;
    }
    System.arraycopy(fleet, 0, into, 0, into.length);
    double ago = wallMillis.getAsLong() / 1e3 - into[LAST_ARRIVAL];
    double now = nanos.getAsLong() / 1e9;
    into[LAST_ARRIVAL] = Math.max(own[LAST_ARRIVAL], Math.min(now, now - ago));
    into[PODS] = Math.max(1, into[PODS]);
    return true;
  }

  /**
   * This pod's report, ready to be sent; where money is not shared it only says: one pod.
   *
   * @param configuration what must be the same in all pods; the largest and the smallest mark of it
   *     tell whether it is
   */
  synchronized byte[] report(String configuration) {
    own[PODS] = 1;
    double[] sent = own.clone();
    // Each process has its own zero of nanoseconds; all have the time of day, more or less.
    double ago = nanos.getAsLong() / 1e9 - sent[LAST_ARRIVAL];
    sent[LAST_ARRIVAL] =
        sent[LAST_ARRIVAL] == 0 ? 0 : wallMillis.getAsLong() / 1e3 - Math.max(0, ago);
    int mark = 1 + Math.floorMod(Hash.mix(configuration.hashCode()), MARKS - 1);
    return SparseNumbers.pack(sent, mark, MARKS - mark);
  }

  /**
   * Takes the engine's sums.
   *
   * @param whole whether every pod had the time to report
   */
  synchronized void take(ByteBuffer sums, boolean whole) {
    double[] read = new double[FleetReport.LENGTH];
    SparseNumbers.unpack(sums, read, marks);
    if (whole || known) {
      known = true;
      System.arraycopy(read, 0, fleet, 0, fleet.length);
    }
  }

  /** Sidecars that reported, or that are assumed. */
  synchronized double pods() {
    return known ? Math.max(1, fleet[PODS]) : podsAssumed;
  }

  /**
   * What this pod may still take of its part when nobody has heard of the others for so long: the
   * fleet may have grown, so that its part becomes that of a fleet of the assumed size, if that is
   * larger; half of the way in a minute.
   */
  synchronized double safeShare(double secondsAway) {
    double most = Math.max(pods(), podsAssumed);
    return pods() / (most - (most - pods()) * Math.pow(.5, secondsAway / HALF_WAY_SECONDS));
  }

  /** Whether not all pods have the same configuration. */
  synchronized boolean isDivided() {
    return marks[0] + marks[1] > MARKS;
  }

  synchronized boolean isKnown() {
    return known;
  }
}
