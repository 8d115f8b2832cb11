package dev.spanthrift.sampler.budget;

import dev.spanthrift.sampler.signal.LogBuckets;
import dev.spanthrift.sampler.signal.Reading;
import java.util.Arrays;

/**
 * Minimum-variance allocation of the budget: one price μ for each class, from the fleet's demand.
 *
 * <p>p = max over classes of min(1, μ·score), never below base·B with B the share of the received
 * price that the budget pays for. Every pod computes the same prices from the same sums. A
 * probability never depends on the trace's randomness and is never 0. Source: sampler-findings, §6.
 */
public final class Allocation implements Allocator {
  private static final int PUBLISH_TICKS = 5;
  private static final int EAGER_TICKS = 30;
  private static final double ACTIVE_SECONDS = 15;
  private static final double OVERLAP_HALF_LIFE = 60 * Math.log(2) / -Math.log(.95);
  private static final double UNKNOWN_SHARE = .1;

  private final AllocationSettings settings;
  private final Scorer scorer;
  private final FleetSums fleetSums;
  private final String pod;
  private final EntryPrices prices = new EntryPrices();
  private final double usualPrice;
  private final double overlapStart;

  private volatile Allowance allowance;
  private final Flow inflowMean = new Flow();
  private final Flow inflowRecent = new Flow();
  private final Flow receivedMean = new Flow();
  private final Flow receivedRecent = new Flow();
  private final Flow receivedNow = new Flow();
  private final double[] own = new double[FleetReport.LENGTH];
  private final double[] report = new double[FleetReport.LENGTH];
  private final double[] fleet = new double[FleetReport.LENGTH];
  private final LostTime lost = new LostTime();
  private final double[] mu = new double[TraceClass.COUNT];
  private final double[] scores = new double[TraceClass.COUNT];

  private double demandSeconds;
  private double activeSeconds;
  private double sinceAdvance;
  private double overlapPrior = 1;
  private double newInflow;
  private double level;
  private double rate;
  private double scale = 1;
  private double levelAtTick = 1;
  static final boolean T1 = !Boolean.getBoolean("noT1");
  static final boolean T2 = !Boolean.getBoolean("noT2");
  static final double T3 = Double.parseDouble(System.getProperty("T3", "0.5"));
  static final double T4 = Double.parseDouble(System.getProperty("T4", "15"));
  private double tau = 1;
  private double base;
  private long lastTick = Long.MIN_VALUE;
  private long lastArrival = Long.MIN_VALUE;
  private int ticks;

  private TraceClass reason = TraceClass.BASE;
  private double expectedWhole;

  public Allocation(
      AllocationSettings settings,
      Allowance allowance,
      PriceOf priceOf,
      FleetSums fleetSums,
      String pod) {
    this(settings, new ClassScorer(settings), allowance, priceOf, fleetSums, pod);
  }

  public Allocation(
      AllocationSettings settings,
      Scorer scorer,
      Allowance allowance,
      PriceOf priceOf,
      FleetSums fleetSums,
      String pod) {
    this.settings = settings;
    this.scorer = scorer;
    this.allowance = allowance;
    this.fleetSums = fleetSums;
    this.pod = pod;
    usualPrice = Math.max(1, priceOf.price(5_000, 25));
    overlapStart = Math.max(1, priceOf.price(30_000, 150));
    base = settings.base() * UNKNOWN_SHARE;
    if (allowance instanceof Allowance.ShareOfTraffic(double share)) {
      base = settings.base() * share;
    }
  }

  /** Changes how the money comes in, from the next tick on. */
  public void allowance(Allowance next) {
    allowance = next;
  }

  /** Tells how many pods of this service share the traffic; counts per group are per pod. */
  public void replicas(int count) {
    if (scorer instanceof ClassScorer classes) {
      classes.replicas(count);
    }
  }

  @Override
  public void arrived(long price, long nowNanos) {
    lastArrival = nowNanos;
    receivedMean.add(price);
    receivedRecent.add(price);
    receivedNow.add(price);
    if (allowance instanceof Allowance.ShareOfTraffic(double share)) {
      inflowMean.add(price * share);
      inflowRecent.add(price * share);
      newInflow += price * share;
    }
  }

  @Override
  public void read(Reading reading) {
    own[FleetReport.LOST + LogBuckets.index((long) reading.lostNanos())]++;
  }

  @Override
  public double decide(Reading reading, long price, TraceDigest digest, long nowNanos) {
    int now = seconds(nowNanos);
    expectedWhole =
        prices.expected(
            reading.entry(), reading.isRoot(), price, Math.max(price, digest.price), now);
    Arrays.fill(scores, 0);
    double relativePrice = Math.max(1, expectedWhole) / usualPrice;
    scorer.score(
        reading, digest, prices.rooted(reading.entry(), now), relativePrice, lost, now, scores);
    double best = base;
    double throttle = T1 && level < levelAtTick ? Math.sqrt(Math.max(0, level) / levelAtTick) : 1;
    int bestClass = TraceClass.COUNT;
    for (int c = 0; c < TraceClass.COUNT; c++) {
      if (scores[c] > 0) {
        demand(c, scores[c]);
        double p = level > 0 ? Math.min(1, mu[c] * scores[c] * throttle) : 0;
        if (p > best) {
          best = p;
          bestClass = c;
        }
      }
    }
    own[FleetReport.PREDICTED + bestClass] += expectedWhole * best;
    reason = TraceClass.of(bestClass);
    return best;
  }

  private void demand(int c, double score) {
    int at = FleetReport.DEMAND + c * FleetReport.DEMAND_LENGTH + WaterFilling.bucket(score);
    own[at] += expectedWhole;
    own[at + WaterFilling.BUCKETS] += expectedWhole * score;
  }

  @Override
  public TraceClass reason() {
    return reason;
  }

  @Override
  public long expectedWhole() {
    return (long) expectedWhole;
  }

  @Override
  public void reserved(long amount) {
    level -= amount;
  }

  @Override
  public void learnWhole(Reading reading, long seen, long whole, boolean rooted, long nowNanos) {
    prices.learn(reading.entry(), seen, whole, rooted, seconds(nowNanos));
  }

  @Override
  public void learnKept(TraceClass first, long price) {
    own[FleetReport.KEPT + first.ordinal()] += price;
  }

  @Override
  public void level(double amount) {
    level = amount;
  }

  @Override
  public void tick(LedgerBatch batch, long nowNanos) {
    double elapsed = lastTick == Long.MIN_VALUE ? 0 : Math.max(0, (nowNanos - lastTick) / 1e9);
    lastTick = Math.max(lastTick, nowNanos);
    if (isActive(nowNanos)) {
      double active = Math.min(elapsed, ACTIVE_SECONDS);
      sinceAdvance += active;
      activeSeconds += active;
    }
    ticks++;
    if (ticks % PUBLISH_TICKS == 0 || ticks <= EAGER_TICKS) {
      advance(sinceAdvance);
      sinceAdvance = 0;
      publish();
    }
    inflow(batch, elapsed);
    scorer.tick(seconds(nowNanos));
    computePrices();
  }

  private boolean isActive(long nowNanos) {
    double fleetLast = fleet[FleetReport.LAST_ARRIVAL];
    double ownLast = lastArrival == Long.MIN_VALUE ? 0 : lastArrival / 1e9;
    return nowNanos / 1e9 - Math.max(fleetLast, ownLast) <= ACTIVE_SECONDS;
  }

  private void advance(double active) {
    double halfLife = settings.demandHalfLife().toMillis() / 1e3;
    inflowMean.advance(active, halfLife);
    receivedMean.advance(active, halfLife);
    inflowRecent.advance(active, 2 * tau);
    receivedRecent.advance(active, 2 * tau);
    receivedNow.advance(active, T4);
    if (active <= 0) {
      return;
    }
    double keep = Math.exp(-Math.log(2) * active / halfLife);
    demandSeconds = demandSeconds * keep + active;
    for (int i = FleetReport.DEMAND; i < FleetReport.LENGTH; i++) {
      own[i] *= keep;
    }
    double keepOverlap = Math.exp(-Math.log(2) * active / OVERLAP_HALF_LIFE);
    overlapPrior *= keepOverlap;
    for (int i = FleetReport.KEPT; i < FleetReport.DEMAND; i++) {
      own[i] *= keepOverlap;
    }
  }

  private void publish() {
    System.arraycopy(own, 0, report, 0, own.length);
    double seconds = Math.max(5, demandSeconds);
    for (int i = FleetReport.DEMAND; i < FleetReport.LOST; i++) {
      report[i] /= seconds;
    }
    report[FleetReport.LAST_ARRIVAL] = lastArrival == Long.MIN_VALUE ? 0 : lastArrival / 1e9;
    report[FleetReport.ACTIVE_SECONDS] = activeSeconds;
    report[FleetReport.PODS] = 1;
    report[FleetReport.INFLOW_MEAN] = inflowMean.perSecond();
    report[FleetReport.INFLOW_RECENT] = inflowRecent.perSecond();
    report[FleetReport.RECEIVED_MEAN] = receivedMean.perSecond();
    report[FleetReport.RECEIVED_RECENT] = receivedRecent.perSecond();
    report[FleetReport.RECEIVED_NOW] = receivedNow.perSecond();
    fleetSums.publish(pod, report);
    if (!fleetSums.read(fleet)) {
      System.arraycopy(report, 0, fleet, 0, report.length);
    }
    lost.from(fleet, FleetReport.LOST);
    settleRates();
  }

  private void settleRates() {
    double received =
        Math.max(fleet[FleetReport.RECEIVED_MEAN], fleet[FleetReport.RECEIVED_RECENT]);
    rate =
        switch (allowance) {
          case Allowance.PerSecond(double amount) -> amount;
          case Allowance.ShareOfTraffic s ->
              Math.max(fleet[FleetReport.INFLOW_MEAN], fleet[FleetReport.INFLOW_RECENT]);
        };
    if (received > 0) {
      base = Math.min(1, settings.base() * rate / received);
    }
    double elapsed = fleet[FleetReport.ACTIVE_SECONDS] * settings.carryOverOfElapsed();
    tau = Math.clamp(elapsed, Math.min(10, carryOver()), carryOver());
  }

  private double carryOver() {
    return settings.carryOver().toMillis() / 1e3;
  }

  private void inflow(LedgerBatch batch, double elapsed) {
    if (allowance instanceof Allowance.PerSecond(double amount)) {
      newInflow += amount * elapsed / Math.max(1, fleet[FleetReport.PODS]);
    }
    batch.inflow(newInflow, Math.max(newInflow, SpendPlan.levelMax(rate, tau)));
    level += newInflow;
    newInflow = 0;
  }

  private void computePrices() {
    double target = SpendPlan.target(level, rate, tau);
    levelAtTick = Math.max(level, 1);
    double rm = fleet[FleetReport.RECEIVED_MEAN];
    scale = T2 && rm > 0 ? Math.max(T3, fleet[FleetReport.RECEIVED_NOW] / rm) : 1;
    double left = target;
    for (int c = 0; c < TraceClass.COUNT; c++) {
      give[c] = Math.min(need(c), settings.shares().of(c) * target);
      left -= give[c];
    }
    for (int c = 0; c < TraceClass.COUNT; c++) {
      double more = Math.clamp(need(c) - give[c], 0, Math.max(0, left));
      give[c] += more;
      left -= more;
      int offset = FleetReport.DEMAND + c * FleetReport.DEMAND_LENGTH;
      mu[c] = WaterFilling.price(fleet, offset, give[c] / overlap(c) / scale);
    }
  }

  private final double[] give = new double[TraceClass.COUNT];

  private double need(int c) {
    int offset = FleetReport.DEMAND + c * FleetReport.DEMAND_LENGTH;
    double sum = 0;
    for (int b = 0; b < WaterFilling.BUCKETS; b++) {
      sum += fleet[offset + b];
    }
    return sum * overlap(c) * scale;
  }

  private double overlap(int c) {
    double prior = overlapStart * overlapPrior;
    double kept = prior + fleet[FleetReport.KEPT + c];
    double predicted = prior + fleet[FleetReport.PREDICTED + c];
    return predicted > 0 ? Math.clamp(kept / predicted, .2, 2) : 1;
  }

  private static int seconds(long nanos) {
    return (int) (nanos / 1_000_000_000L);
  }
}
