package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.budget.ledger.KeepLedger;
import dev.spanthrift.sampler.budget.ledger.LedgerBatch;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.budget.ledger.TraceDigest;
import dev.spanthrift.sampler.probability.Threshold;
import dev.spanthrift.sampler.signal.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Decide, tell, wait, ask: the way of a fragment from due to its verdict.
 *
 * <p>A fragment that is due adds its edges and price to the trace's sums; the root's waits for the
 * others', and adds its own when it reads them, which only it does. A keep is told. After the wait
 * each fragment with p below 1 asks once; its inclusion probability is the larger of its own and
 * the one told. Without shapes nothing is summed, the root's does not wait, and what whole traces
 * cost is learned from those that are kept. With a solo ledger nobody waits. One thread; time is
 * what the caller says.
 *
 * @param <T> the caller's handle on a fragment's spans
 */
public final class Decisions<T> {
  private static final long LAST_ASK_SLACK_NANOS = 10_000_000_000L;

  private static final class Waiting<T> {
    final T fragment;
    final Reading reading;
    long dueNanos;
    double probability;
    boolean kept;
    TraceClass reason = TraceClass.BASE;
    long seen;
    boolean byPolicy; // nothing is learned from it
    boolean free; // nothing is charged for it
    long part; // of a root's: what it adds to the trace's path, and its weight
    double weight;

    Waiting(T fragment, Reading reading) {
      this.fragment = fragment;
      this.reading = reading;
    }
  }

  /** What is left of a reservation, and from which entry's how much was seen when it was made. */
  private record Release(long high, long low, long dueNanos, long entry, long seen) {}

  private static final long NO_ENTRY = Long.MIN_VALUE;

  private final Allocator allocator;
  private final KeepLedger ledger;
  private final ToLongFunction<T> price;
  private final Verdicts<T> verdicts;
  private final long waitNanos;
  private final long rootWaitNanos;
  private final boolean tellsParts;

  private final ArrayDeque<Waiting<T>> roots = new ArrayDeque<>();
  private final ArrayDeque<Waiting<T>> limbo = new ArrayDeque<>();
  private final ArrayDeque<Release> releases = new ArrayDeque<>();
  private LedgerBatch next = new LedgerBatch();
  private LedgerBatch spare = new LedgerBatch();
  private final List<Waiting<T>> asking = new ArrayList<>();
  private final List<Waiting<T>> reading = new ArrayList<>();
  private final List<Release> releasing = new ArrayList<>();
  private final TraceDigest own = new TraceDigest();
  private boolean exchanging;
  private long now;

  /**
   * @param price of what a handle holds by now; asked when it is kept
   */
  public Decisions(
      AllocationSettings settings,
      Allocator allocator,
      KeepLedger ledger,
      ToLongFunction<T> price,
      Verdicts<T> verdicts) {
    this.allocator = allocator;
    this.ledger = ledger;
    this.price = price;
    this.verdicts = verdicts;
    waitNanos = ledger.isSolo() ? 0 : settings.askAfter().toNanos();
    rootWaitNanos = ledger.isSolo() ? 0 : settings.rootWait().toNanos();
    tellsParts = ledger.isSolo() || settings.isShaped();
  }

  /**
   * Takes a fragment that is due.
   *
   * @param reading is kept until the verdict
   * @param part what the fragment adds to the trace's path: all of its own, or for a later fragment
   *     of the same trace what is new
   * @param weight how many times an ordinary trace it is worth
   */
  public void submit(T fragment, Reading reading, long part, double weight, long nowNanos) {
    long cost = arrive(fragment, reading, nowNanos);
    Waiting<T> waiting = new Waiting<>(fragment, reading);
    if (reading.isRoot() && rootWaitNanos > 0) {
      waiting.dueNanos = nowNanos + rootWaitNanos;
      waiting.part = part;
      waiting.weight = weight;
      waiting.seen = cost;
      roots.add(waiting);
    } else {
      part(next, reading, part, cost, weight);
      decide(waiting, own(reading, cost, weight));
    }
  }

  private long arrive(T fragment, Reading reading, long nowNanos) {
    now = nowNanos;
    long cost = price.applyAsLong(fragment);
    allocator.arrived(cost, nowNanos);
    allocator.read(reading);
    return cost;
  }

  private void part(LedgerBatch batch, Reading reading, long path, long cost, double weight) {
    if (tellsParts) {
      TraceDigest digest = batch.part(reading.traceIdHigh(), reading.traceIdLow());
      digest.of(reading, cost).path = path;
      digest.weight = weight;
    }
  }

  /** Of a fragment that a policy decides: no shape. */
  private void part(long high, long low, long amount, boolean rooted) {
    if (tellsParts) {
      next.part(high, low).set(0, 0, amount, rooted, 1);
    }
  }

  private TraceDigest own(Reading reading, long cost, double weight) {
    own.of(reading, ledger.isSolo() ? cost : 0).weight = weight;
    return own;
  }

  /**
   * Keeps a fragment at a moment when nothing costs anything: told, but not charged. The allocation
   * learns from it what it will need when that ends.
   *
   * @param part as in {@link #submit}
   */
  public void keepFree(T fragment, Reading reading, long part, long nowNanos) {
    long cost = arrive(fragment, reading, nowNanos);
    part(next, reading, part, cost, 1);
    double paid = allocator.decide(reading, cost, own(reading, cost, 1), now);
    allocator.learnKept(allocator.reason(), (long) (paid * (double) cost));
    if (ledger.isSolo()) {
      allocator.learnWhole(reading.entry(), cost, cost, reading.isRoot(), now);
    } else {
      tell(reading.traceIdHigh(), reading.traceIdLow(), 1, allocator.reason(), 0, NO_ENTRY, 0);
    }
    verdicts.decided(fragment, true, 1);
    verdicts.keep(fragment, 1, allocator.reason(), false);
  }

  /**
   * Notes that a policy keeps a fragment: told, so that the other pods keep theirs, and charged
   * like any keep.
   *
   * @param rooted whether the trace's root is in it
   * @param free whether nothing is charged at this moment
   */
  public void keepByPolicy(
      long traceIdHigh,
      long traceIdLow,
      boolean rooted,
      double probability,
      long amount,
      boolean free,
      long nowNanos) {
    now = nowNanos;
    allocator.arrived(amount, nowNanos);
    if (!ledger.isSolo()) {
      part(traceIdHigh, traceIdLow, amount, rooted);
      long reserve = free ? 0 : allocator.usualWhole(amount, nowNanos);
      tell(traceIdHigh, traceIdLow, probability, TraceClass.POLICY, reserve, NO_ENTRY, 0);
    }
    if (!free) {
      next.spend(traceIdHigh, traceIdLow, amount);
    }
  }

  /**
   * Takes a fragment to which a policy gave a probability below 1: a keep is told, and kept or not
   * it asks at the end of the wait, because another pod may have kept the trace with a larger one.
   *
   * @param kept whether its randomness passes the policy's probability
   * @param free whether nothing is charged at this moment
   */
  public void sampleByPolicy(
      T fragment, Reading trace, double probability, boolean kept, boolean free, long nowNanos) {
    now = nowNanos;
    long amount = price.applyAsLong(fragment);
    allocator.arrived(amount, nowNanos);
    long high = trace.traceIdHigh();
    long low = trace.traceIdLow();
    part(high, low, amount, trace.isRoot());
    if (kept) {
      long reserve = free ? 0 : allocator.usualWhole(amount, nowNanos);
      tell(high, low, probability, TraceClass.POLICY, reserve, NO_ENTRY, 0);
    }
    Waiting<T> waiting = new Waiting<>(fragment, trace);
    waiting.probability = probability;
    waiting.kept = kept;
    waiting.byPolicy = true;
    waiting.free = free;
    waiting.reason = TraceClass.POLICY;
    waiting.dueNanos = now + waitNanos;
    limbo.add(waiting);
  }

  /** Charges spans that a trace which is kept here costs besides. */
  public void spend(long traceIdHigh, long traceIdLow, long amount, long nowNanos) {
    allocator.arrived(amount, nowNanos);
    next.spend(traceIdHigh, traceIdLow, amount);
  }

  /** Counts spans that came late for a kept trace, at a moment when nothing costs anything. */
  public void arrived(long amount, long nowNanos) {
    allocator.arrived(amount, nowNanos);
  }

  private void decide(Waiting<T> waiting, TraceDigest digest) {
    Reading r = waiting.reading;
    long cost = price.applyAsLong(waiting.fragment);
    waiting.probability = allocator.decide(r, cost, digest, now);
    waiting.reason = allocator.reason();
    waiting.seen = Math.max(cost, digest.price);
    waiting.kept = Threshold.of(Math.max(0x1p-56, waiting.probability)).keeps(r.randomness());
    waiting.dueNanos = now + waitNanos;
    verdicts.decided(waiting.fragment, waiting.kept, waiting.probability);
    if (waiting.kept) {
      long reserve = allocator.expectedWhole();
      tell(
          r.traceIdHigh(),
          r.traceIdLow(),
          waiting.probability,
          waiting.reason,
          reserve,
          r.entry(),
          waiting.seen);
    }
    if (ledger.isSolo()) {
      settleAlone(waiting, cost);
    } else if (waiting.kept && waiting.probability >= 1) {
      keepAtOnce(waiting, cost);
    } else {
      limbo.add(waiting);
    }
  }

  /** Nobody else can keep the trace: the verdict is known. */
  private void settleAlone(Waiting<T> waiting, long cost) {
    boolean root = waiting.reading.isRoot();
    allocator.learnWhole(waiting.reading.entry(), cost, cost, root, now);
    if (waiting.kept) {
      keepAtOnce(waiting, cost);
    } else {
      verdicts.drop(waiting.fragment, waiting.probability);
    }
  }

  private void keepAtOnce(Waiting<T> waiting, long cost) {
    Reading r = waiting.reading;
    next.spend(r.traceIdHigh(), r.traceIdLow(), cost);
    allocator.learnKept(waiting.reason, cost);
    verdicts.keep(waiting.fragment, waiting.probability, waiting.reason, false);
  }

  private void tell(
      long high,
      long low,
      double probability,
      TraceClass traceClass,
      long reserve,
      long entry,
      long seen) {
    next.tell(high, low, probability, traceClass, reserve);
    if (reserve > 0) {
      allocator.reserved(reserve);
      long due = now + waitNanos + rootWaitNanos + LAST_ASK_SLACK_NANOS;
      releases.add(new Release(high, low, due, entry, seen));
    }
  }

  /** Takes the answers of a ledger that is away from here, as soon as they have come. */
  public void poll(long nowNanos) {
    if (exchanging) {
      now = nowNanos;
      ledger.poll(nowNanos);
    }
  }

  /**
   * Asks for all that waits, whether due or not: a pod that ends will not be there when it is.
   *
   * @return whether there is more to come: call again
   */
  public boolean askAll(long nowNanos) {
    poll(nowNanos);
    if (!exchanging && (waiting() > 0 || !next.isEmpty())) {
      exchange(nowNanos, Long.MAX_VALUE);
    }
    return exchanging || waiting() > 0 || !next.isEmpty();
  }

  /** One tick: asks what is due, sends the batch, takes the answers. */
  public void tick(long nowNanos) {
    forgetGone(roots);
    forgetGone(limbo);
    if (!exchanging) { // else the ledger is slow: everything waits for the next tick
      exchange(nowNanos, nowNanos);
    }
  }

  /**
   * Forgets the oldest that were decided for want of memory: the hold bounds what waits there, and
   * this what waits here. What they cost is charged now.
   */
  private void forgetGone(ArrayDeque<Waiting<T>> queue) {
    for (Waiting<T> w = queue.peek(); w != null && verdicts.isGone(w.fragment); w = queue.peek()) {
      queue.remove();
      if (queue == roots) {
        part(next, w.reading, w.part, w.seen, w.weight);
      }
      if (w.kept && !w.free) {
        next.spend(w.reading.traceIdHigh(), w.reading.traceIdLow(), price.applyAsLong(w.fragment));
      }
    }
  }

  private void exchange(long nowNanos, long dueBy) {
    now = nowNanos;
    LedgerBatch batch = next;
    next = spare;
    spare = batch;
    next.clear();
    for (Release r = releases.peek(); r != null && r.dueNanos <= now; r = releases.peek()) {
      batch.release(r.high, r.low);
      releasing.add(releases.remove());
    }
    for (Waiting<T> w = roots.peek(); w != null && w.dueNanos <= dueBy; w = roots.peek()) {
      part(batch, w.reading, w.part, w.seen, w.weight);
      batch.read(w.reading.traceIdHigh(), w.reading.traceIdLow());
      reading.add(roots.remove());
    }
    for (Waiting<T> w = limbo.peek(); w != null && w.dueNanos <= dueBy; w = limbo.peek()) {
      long cost = w.free ? 0 : price.applyAsLong(w.fragment);
      batch.ask(w.reading.traceIdHigh(), w.reading.traceIdLow(), w.kept, cost);
      asking.add(limbo.remove());
    }
    allocator.tick(batch, now);
    exchanging = true;
    ledger.exchange(batch, now, this::answered);
  }

  private void answered(LedgerBatch batch) {
    exchanging = false;
    allocator.level(batch.level());
    for (int i = 0; i < asking.size(); i++) {
      settle(asking.get(i), batch, i);
    }
    asking.clear();
    for (int i = 0; i < reading.size(); i++) {
      decide(reading.get(i), batch.readAnswer(i));
    }
    reading.clear();
    for (int i = 0; i < releasing.size(); i++) {
      released(releasing.get(i), batch.releaseWhole(i));
    }
    releasing.clear();
  }

  /** Where no parts are told, nobody sees what a trace costs that is not kept. */
  private void released(Release release, long whole) {
    if (!tellsParts && whole > 0 && release.entry != NO_ENTRY) {
      allocator.learnWhole(release.entry, release.seen, Math.max(release.seen, whole), false, now);
    }
  }

  private void settle(Waiting<T> waiting, LedgerBatch batch, int i) {
    double told = batch.askTold(i);
    if (!waiting.byPolicy && tellsParts) {
      boolean rooted = batch.askRooted(i);
      allocator.learnWhole(waiting.reading.entry(), waiting.seen, batch.askWhole(i), rooted, now);
    }
    double inclusion = Math.max(waiting.probability, told);
    if (waiting.kept || told > 0) {
      TraceClass first = told > 0 ? batch.askClass(i) : waiting.reason;
      allocator.learnKept(first, batch.askPrice(i));
      verdicts.keep(waiting.fragment, inclusion, first, !waiting.kept);
    } else {
      verdicts.drop(waiting.fragment, waiting.probability);
    }
  }

  /** Bytes of the batches, which stay for the next exchange. */
  public long bytesHeld() {
    return next.bytesHeld() + spare.bytesHeld();
  }

  /** Whether nobody waits; what is to be told, and what is reserved, has its time. */
  public boolean isAtRest() {
    return !exchanging && waiting() == 0;
  }

  /** Fragments that wait for their verdict. */
  public int waiting() {
    return roots.size() + limbo.size() + asking.size() + reading.size();
  }
}
