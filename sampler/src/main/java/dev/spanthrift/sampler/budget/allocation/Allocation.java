package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.signal.LearnedPart;
import dev.spanthrift.sampler.signal.LogBuckets;
import dev.spanthrift.sampler.signal.Reading;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Minimum-variance allocation of the budget: one price μ for each class, from the fleet's demand.
 *
 * <p>p = max over classes of min(1, μ·score·w), w the weight that policies give the trace, never
 * below base·B with B the share of the received price that the budget pays for. Every pod computes
 * the same prices from the same sums. A probability never depends on the trace's randomness and is
 * never 0.
 */
public final class Allocation implements Allocator {
  private static final int PUBLISH_TICKS = 5;
  private static final int EAGER_TICKS = 30;
  private static final double ACTIVE_SECONDS = 15;
  private static final double TAU_SECONDS_MIN = 10;
  private static final double OVERLAP_HALF_LIFE = 60 * Math.log(2) / -Math.log(.95);
  private static final double UNKNOWN_SHARE = .1;
  private static final double KNOWN_SECONDS = 5;

  /** Pods that begin together are never so far apart; who joins takes over the fleet's age. */
  private static final double JOINED_SECONDS = 60;

  /** A cold sampler begins with so many seconds of the allowance, or its first errors were lost. */
  private static final double ADVANCE_SECONDS = TAU_SECONDS_MIN;

  /** At a start everything is new: an hour's memory of that would hold back what is new later. */
  private static final double NEW_HALF_LIFE = 300;

  private final AllocationSettings settings;
  private final Scorer scorer;
  private final FleetSums fleetSums;
  private final String pod;
  private final EntryPrices prices = new EntryPrices();
  private final ClassPrices classPrices;
  private final TrafficFlows flows = new TrafficFlows();
  private final SlowReference slow = new SlowReference();
  private final double usualPrice;
  private final double overlapStart;

  private final Supplier<Allowance> purse; // where the money comes from, asked with every tick
  private double shareOfTraffic; // 0 where it comes by time
  private final double[] own = new double[FleetReport.LOST];
  private final double[] report = new double[FleetReport.LENGTH];
  private final double[] fleet = new double[FleetReport.LENGTH];
  private final double[] scores = new double[TraceClass.COUNT];
  private final double[] takenSinceTick = new double[TraceClass.COUNT];
  private final Candidate candidate = new Candidate();

  private double demandSeconds;
  private double activeSeconds;
  private double activeBefore; // the fleet, when this pod joined
  private double sinceAdvance;
  private double overlapBelief = 1;
  private double newInflow;
  private double level;
  private double levelAtTick;
  private double rate;
  private double tau = TAU_SECONDS_MIN;
  private double tauMax;
  private double base;
  private final double firstBase;
  private boolean advanced;
  private long lastTick = Long.MIN_VALUE;
  private long lastArrival = Long.MIN_VALUE;
  private int ticks;

  private double carried;
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

  /**
   * @param purse says with every tick how the money comes in
   */
  public Allocation(
      AllocationSettings settings,
      Supplier<Allowance> purse,
      PriceOf priceOf,
      FleetSums fleetSums,
      String pod) {
    this(settings, new ClassScorer(settings), purse, priceOf, fleetSums, pod);
  }

  public Allocation(
      AllocationSettings settings,
      Scorer scorer,
      Allowance allowance,
      PriceOf priceOf,
      FleetSums fleetSums,
      String pod) {
    this(settings, scorer, () -> allowance, priceOf, fleetSums, pod);
  }

  private Allocation(
      AllocationSettings settings,
      Scorer scorer,
      Supplier<Allowance> purse,
      PriceOf priceOf,
      FleetSums fleetSums,
      String pod) {
    this.settings = settings;
    tauMax = settings.carryOver().toMillis() / 1e3;
    this.scorer = scorer;
    this.purse = purse;
    this.fleetSums = fleetSums;
    this.pod = pod;
    classPrices = new ClassPrices(settings.shares());
    usualPrice = Math.max(1, priceOf.price(5_000, 25));
    overlapStart = Math.max(1, priceOf.price(30_000, 150));
    Allowance first = purse.get();
    shareOfTraffic = shareOf(first);
    firstBase =
        settings.base()
            * (first instanceof Allowance.ShareOfTraffic ? shareOfTraffic : UNKNOWN_SHARE);
    base = firstBase;
  }

  private static double shareOf(Allowance allowance) {
    return allowance instanceof Allowance.ShareOfTraffic(double share) ? share : 0;
  }

  @Override
  public void arrived(long price, long nowNanos) {
    lastArrival = nowNanos;
    flows.received(price);
    if (shareOfTraffic > 0) {
      flows.inflow(price * shareOfTraffic);
      newInflow += price * shareOfTraffic;
    }
  }

  @Override
  public void read(Reading reading) {
    slow.noteLost(reading.lostNanos());
  }

  @Override
  public double decide(Reading reading, long price, TraceDigest digest, long nowNanos) {
    int now = seconds(nowNanos);
    long seen = Math.max(price, digest.price);
    expectedWhole = prices.expected(reading.entry(), reading.isRoot(), price, seen, now);
    candidate.reading = reading;
    candidate.digest = digest;
    candidate.relativePrice = Math.max(1, expectedWhole) / usualPrice;
    candidate.rooted = settings.isShaped() ? prices.rooted(reading.entry(), now) : 0;
    Arrays.fill(scores, 0);
    scorer.score(candidate, slow, now, scores);
    if (digest.weight != 1) {
      for (int c = 0; c < TraceClass.COUNT; c++) {
        scores[c] *= digest.weight;
      }
    }
    double probability = expectedWhole > 0 ? cheapest() : 1; // what costs nothing stays
    own[FleetReport.PREDICTED + reason.ordinal()] += expectedWhole * probability;
    return probability;
  }

  /** Largest probability over the classes; notes the demand of each, and the reason. */
  private double cheapest() {
    double best = base;
    reason = TraceClass.BASE;
    double thrift = thrift(candidate.digest.reserved);
    for (int c = 0; c < TraceClass.COUNT; c++) {
      if (scores[c] > 0) {
        demand(c, scores[c]);
        double p = mayTake(c) ? Math.min(1, classPrices.mu(c) * scores[c] * thrift) : 0;
        if (p > best) {
          best = p;
          reason = TraceClass.of(c);
        }
      }
    }
    if (reason != TraceClass.BASE) {
      takenSinceTick[reason.ordinal()] += expectedWhole * best;
    }
    return best;
  }

  /**
   * A price that keeps all, because there is money for it or because the class has never been seen,
   * says nothing about the next second: until then the class takes at most its share of the level.
   */
  private boolean mayTake(int c) {
    return classPrices.mu(c) < WaterFilling.KEEP_ALL
        || takenSinceTick[c] < settings.shares().of(c) * levelAtTick;
  }

  /**
   * Reservations made since the prices were computed lower them, as an emptier level would.
   *
   * <p>But not the trace's own: that another pod has reserved for it says that its randomness is
   * high, and no probability may depend on that.
   */
  private double thrift(long ownReserved) {
    if (level + ownReserved <= 0) {
      return 0;
    }
    return levelAtTick <= 0
        ? 1
        : Math.sqrt((Math.min(level, levelAtTick) + ownReserved) / levelAtTick);
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
  public long usualWhole(long seen, long nowNanos) {
    return (long) prices.usual((double) seen, seconds(nowNanos));
  }

  @Override
  public void reserved(long amount) {
    level -= amount;
  }

  @Override
  public void learnWhole(long entry, long seen, long whole, boolean rooted, long nowNanos) {
    prices.learn(entry, seen, whole, rooted, seconds(nowNanos));
  }

  @Override
  public void learnKept(TraceClass first, long price) {
    if (first != TraceClass.POLICY) { // which no decision here had predicted
      own[FleetReport.KEPT + first.ordinal()] += price;
    }
  }

  @Override
  public void level(double amount) {
    level = amount;
  }

  /** How long unused money waits from the next tick on, instead of what the settings say. */
  public void carryOver(Duration duration) {
    tauMax = duration.toMillis() / 1e3;
  }

  /** Money that is there: came in, and neither spent nor reserved. */
  public double level() {
    return level;
  }

  @Override
  public void tick(LedgerBatch batch, long nowNanos) {
    Allowance allowance = purse.get();
    shareOfTraffic = shareOf(allowance);
    double elapsed = lastTick == Long.MIN_VALUE ? 0 : Math.max(0, (nowNanos - lastTick) / 1e9);
    lastTick = Math.max(lastTick, nowNanos);
    if (isActive(nowNanos)) {
      sinceAdvance += Math.min(elapsed, ACTIVE_SECONDS);
    }
    ticks++;
    if (ticks % PUBLISH_TICKS == 0 || ticks <= EAGER_TICKS) {
      advance(sinceAdvance);
      sinceAdvance = 0;
      exchangeReports();
    }
    settleRates(allowance);
    inflow(batch, allowance, elapsed);
    scorer.tick(seconds(nowNanos));
    double target = SpendPlan.target(level, rate, tau);
    classPrices.compute(fleet, target, overlapStart * overlapBelief);
    levelAtTick = level;
    Arrays.fill(takenSinceTick, 0);
  }

  private boolean isActive(long nowNanos) {
    double last = Math.max(fleet[FleetReport.LAST_ARRIVAL], lastArrivalSeconds());
    return nowNanos / 1e9 - last <= ACTIVE_SECONDS;
  }

  private double lastArrivalSeconds() {
    return lastArrival == Long.MIN_VALUE ? 0 : lastArrival / 1e9;
  }

  private void advance(double active) {
    double halfLife = settings.demandHalfLife().toMillis() / 1e3;
    flows.advance(active, halfLife, 2 * tau);
    activeSeconds += active;
    double keep = Math.exp(-Math.log(2) * active / halfLife);
    demandSeconds = demandSeconds * keep + active;
    slow.fade(keep);
    double keepNew = Math.exp(-Math.log(2) * active / NEW_HALF_LIFE);
    for (int c = 0; c < TraceClass.COUNT; c++) {
      scaleDemand(own, c, c == TraceClass.NEW.ordinal() ? keepNew : keep);
    }
    double keepOverlap = Math.exp(-Math.log(2) * active / OVERLAP_HALF_LIFE);
    overlapBelief *= keepOverlap;
    for (int i = FleetReport.KEPT; i < FleetReport.DEMAND; i++) {
      own[i] *= keepOverlap;
    }
  }

  /** Time over which the demand of new paths was summed up, recent time more than old. */
  private double newSeconds() {
    double halves = activeSeconds / NEW_HALF_LIFE;
    return NEW_HALF_LIFE / Math.log(2) * (1 - Math.exp(-Math.log(2) * halves));
  }

  private static void scaleDemand(double[] sums, int c, double factor) {
    int from = FleetReport.DEMAND + c * FleetReport.DEMAND_LENGTH;
    for (int i = from; i < from + FleetReport.DEMAND_LENGTH; i++) {
      sums[i] *= factor;
    }
  }

  private void exchangeReports() {
    System.arraycopy(own, 0, report, 0, own.length);
    for (int c = 0; c < TraceClass.COUNT; c++) {
      double seconds = c == TraceClass.NEW.ordinal() ? newSeconds() : demandSeconds;
      scaleDemand(report, c, 1 / Math.max(Flow.SECONDS_MIN, seconds));
    }
    report[FleetReport.LAST_ARRIVAL] = lastArrivalSeconds();
    report[FleetReport.ACTIVE_SECONDS] = activeSeconds + activeBefore;
    report[FleetReport.PODS] = 1;
    flows.write(report);
    slow.write(report);
    fleetSums.publish(pod, report);
    if (!fleetSums.read(fleet)) {
      System.arraycopy(report, 0, fleet, 0, report.length);
    }
    slow.read(fleet);
    double older = fleet[FleetReport.ACTIVE_SECONDS] - report[FleetReport.ACTIVE_SECONDS];
    activeBefore += older > JOINED_SECONDS ? older : 0;
  }

  private void settleRates(Allowance allowance) {
    rate =
        switch (allowance) {
          case Allowance.PerSecond(double amount) -> amount;
          case Allowance.ShareOfTraffic s ->
              Math.max(fleet[FleetReport.INFLOW_MEAN], fleet[FleetReport.INFLOW_RECENT]);
        };
    double received =
        Math.max(fleet[FleetReport.RECEIVED_MEAN], fleet[FleetReport.RECEIVED_RECENT]);
    if (received > 0) {
      boolean known = fleet[FleetReport.ACTIVE_SECONDS] >= KNOWN_SECONDS;
      base = Math.min(known ? 1 : firstBase, settings.base() * rate / received);
    }
    double part = fleet[FleetReport.ACTIVE_SECONDS] * settings.carryOverOfElapsed();
    tau = Math.clamp(part, Math.min(TAU_SECONDS_MIN, tauMax), tauMax);
  }

  private void inflow(LedgerBatch batch, Allowance allowance, double elapsed) {
    if (allowance instanceof Allowance.PerSecond(double amount)) {
      boolean cold = !advanced && carried == 0; // a restored level is advance enough
      double seconds = cold ? elapsed + ADVANCE_SECONDS : elapsed;
      newInflow += amount * seconds * fleetSums.partOfInflow(fleet[FleetReport.PODS]);
      advanced = true;
    }
    newInflow += Math.min(carried, rate * tau);
    carried = 0;
    batch.inflow(newInflow, Math.max(newInflow, SpendPlan.levelMax(rate, tau)));
    level += newInflow;
    newInflow = 0;
  }

  private static int seconds(long nanos) {
    return (int) (nanos / 1_000_000_000L);
  }

  /**
   * What it has learned, in a fixed order.
   *
   * @param ownsLevel whether the money that waits is this pod's alone, and not a fleet's
   */
  public List<LearnedPart> learned(boolean ownsLevel) {
    List<LearnedPart> parts = new ArrayList<>();
    parts.add(new AllocationMemory(this, prices, ownsLevel));
    parts.addAll(scorer.learned());
    return parts;
  }

  /** Price of a usual trace, which tells whether amounts are in the same unit. */
  double usualPrice() {
    return usualPrice;
  }

  /** Writes sums and rates; no prices, which follow from them at the next tick. */
  void write(DataOutput out) throws IOException {
    out.writeInt(own.length);
    for (double sum : own) {
      out.writeDouble(sum);
    }
    flows.write(out);
    slow.write(out);
    out.writeDouble(demandSeconds);
    out.writeDouble(activeSeconds);
    out.writeDouble(overlapBelief);
    out.writeDouble(Math.max(0, level) + carried);
    out.writeDouble(base);
  }

  void read(DataInput in, boolean ownsLevel) throws IOException {
    if (in.readInt() != own.length) {
      throw new IOException("demand of another layout");
    }
    for (int i = 0; i < own.length; i++) {
      own[i] = LearnedPart.readAmount(in);
    }
    flows.read(in);
    slow.read(in);
    demandSeconds = LearnedPart.readAmount(in);
    activeSeconds = LearnedPart.readAmount(in);
    overlapBelief = Math.min(1, LearnedPart.readAmount(in));
    double waiting = LearnedPart.readAmount(in);
    carried = ownsLevel ? waiting : 0;
    double saved = LearnedPart.readAmount(in);
    base = saved > 0 ? Math.min(1, saved) : base;
  }

  /** Paths with a count of their own. */
  public int groups() {
    return scorer instanceof ClassScorer classes ? classes.groups() : 0;
  }

  /** Times that a key had to share a place. */
  public long folded() {
    return prices.sums.folded() + (scorer instanceof ClassScorer classes ? classes.folded() : 0);
  }

  /** Memory held, about. */
  public long bytesHeld() {
    long numbers = 8L * (own.length + 2L * FleetReport.LENGTH + 2L * LogBuckets.COUNT);
    return numbers
        + prices.sums.bytesHeld()
        + (scorer instanceof ClassScorer classes ? classes.bytesHeld() : 0);
  }
}
