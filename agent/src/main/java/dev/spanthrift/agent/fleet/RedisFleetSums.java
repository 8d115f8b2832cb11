package dev.spanthrift.agent.fleet;

import dev.spanthrift.sampler.budget.allocation.FleetReport;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.policy.SharedRates;
import dev.spanthrift.sampler.wire.Hash;
import java.nio.ByteBuffer;
import java.util.Arrays;
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

  /** Behind what pods report for the money: what arrives for the fleet's rates. */
  private static final int LENGTH = FleetReport.LENGTH + SharedRates.PLACES;

  /** Marks of configurations are below it: a float holds them exactly. */
  private static final int MARKS = 1 << 24;

  private final int podsAssumed;
  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private final double[] own = new double[FleetReport.LENGTH];
  private final double[] fleet = new double[FleetReport.LENGTH];
  private final SharedRates rates;
  private final double[] marks = new double[2];
  private boolean known;
  private boolean counted; // whether the sums have this pod in them

  RedisFleetSums(int podsAssumed, LongSupplier wallMillis, LongSupplier nanos) {
    this.podsAssumed = podsAssumed;
    this.wallMillis = wallMillis;
    this.nanos = nanos;
    rates = new SharedRates(podsAssumed);
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

  /** Who is not in the sums yet leaves the money that comes in to those who are. */
  @Override
  public synchronized double partOfInflow(double pods) {
    return known && !counted ? 0 : 1 / Math.max(1, pods);
  }

  /**
   * What the level may be at most: a pod that does not know yet how long the fleet has saved must
   * not throw its savings away.
   */
  synchronized double levelMax(double byThisPod) {
    return known ? Math.max(1, byThisPod) : Double.MAX_VALUE;
  }

  /**
   * This pod's report, ready to be sent; where money is not shared it only says: one pod.
   *
   * @param configuration what must be the same in all pods; the largest and the smallest mark of it
   *     tell whether it is
   */
  synchronized byte[] report(String configuration) {
    own[PODS] = 1;
    double[] sent = Arrays.copyOf(own, LENGTH);
    System.arraycopy(rates.report(nanos.getAsLong()), 0, sent, own.length, SharedRates.PLACES);
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
   * @param inThem whether this pod's report is in sums that are whole
   */
  synchronized void take(ByteBuffer sums, boolean whole, boolean inThem) {
    double[] read = new double[LENGTH];
    SparseNumbers.unpack(sums, read, marks);
    if (whole) { // else the last ones are better than those of a part of the pods
      known = true;
      counted = inThem;
      System.arraycopy(read, 0, fleet, 0, fleet.length);
    }
    if (known) {
      double[] arriving = Arrays.copyOfRange(read, fleet.length, LENGTH);
      rates.take(arriving, whole, pods(), nanos.getAsLong());
    }
  }

  SharedRates rates() {
    return rates;
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
