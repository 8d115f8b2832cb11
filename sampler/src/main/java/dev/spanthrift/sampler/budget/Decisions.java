package dev.spanthrift.sampler.budget;

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
 * others' before it decides. A keep is told. After the wait each fragment with p below 1 asks once;
 * its inclusion probability is the larger of its own and the one told. With a solo ledger nobody
 * waits. One thread; time is what the caller says.
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

    Waiting(T fragment, Reading reading, long dueNanos) {
      this.fragment = fragment;
      this.reading = reading;
      this.dueNanos = dueNanos;
    }
  }

  private record Release(long high, long low, long dueNanos) {}

  private final Allocator allocator;
  private final KeepLedger ledger;
  private final ToLongFunction<T> price;
  private final Verdicts<T> verdicts;
  private final long waitNanos;
  private final long rootWaitNanos;

  private final ArrayDeque<Waiting<T>> roots = new ArrayDeque<>();
  private final ArrayDeque<Waiting<T>> limbo = new ArrayDeque<>();
  private final ArrayDeque<Release> releases = new ArrayDeque<>();
  private LedgerBatch next = new LedgerBatch();
  private LedgerBatch spare = new LedgerBatch();
  private final List<Waiting<T>> asking = new ArrayList<>();
  private final List<Waiting<T>> reading = new ArrayList<>();
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
  }

  /**
   * Takes a fragment that is due.
   *
   * @param reading is kept until the verdict
   * @param part what the fragment adds to the trace's path: all of its own, or for a later fragment
   *     of the same trace what is new
   */
  public void submit(T fragment, Reading reading, long part, long nowNanos) {
    now = nowNanos;
    long cost = price.applyAsLong(fragment);
    allocator.arrived(cost, nowNanos);
    allocator.read(reading);
    Waiting<T> waiting = new Waiting<>(fragment, reading, nowNanos + rootWaitNanos);
    TraceDigest digest = next.part(reading.traceIdHigh(), reading.traceIdLow());
    digest.of(reading, cost).path = part;
    if (reading.isRoot() && rootWaitNanos > 0) {
      roots.add(waiting);
    } else {
      digest = own.of(reading, ledger.isSolo() ? cost : 0);
      decide(waiting, digest);
    }
  }

  /** Charges spans that came late for a trace which is kept here. */
  public void spend(long traceIdHigh, long traceIdLow, long amount, long nowNanos) {
    allocator.arrived(amount, nowNanos);
    next.spend(traceIdHigh, traceIdLow, amount);
  }

  /** Counts spans that came late for a kept fragment which still waits; it has them already. */
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
      tell(waiting);
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
    allocator.learnWhole(waiting.reading, cost, cost, root, now);
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

  private void tell(Waiting<T> waiting) {
    Reading r = waiting.reading;
    long reserve = allocator.expectedWhole();
    next.tell(r.traceIdHigh(), r.traceIdLow(), waiting.probability, waiting.reason, reserve);
    allocator.reserved(reserve);
    long due = now + waitNanos + rootWaitNanos + LAST_ASK_SLACK_NANOS;
    releases.add(new Release(r.traceIdHigh(), r.traceIdLow(), due));
  }

  /** One tick: asks what is due, sends the batch, takes the answers. */
  public void tick(long nowNanos) {
    now = nowNanos;
    if (exchanging) {
      return; // the ledger is slow: everything waits for the next tick
    }
    LedgerBatch batch = next;
    next = spare;
    spare = batch;
    next.clear();
    for (Release r = releases.peek(); r != null && r.dueNanos <= now; r = releases.peek()) {
      batch.release(r.high, r.low);
      releases.remove();
    }
    for (Waiting<T> w = roots.peek(); w != null && w.dueNanos <= now; w = roots.peek()) {
      batch.read(w.reading.traceIdHigh(), w.reading.traceIdLow());
      reading.add(roots.remove());
    }
    for (Waiting<T> w = limbo.peek(); w != null && w.dueNanos <= now; w = limbo.peek()) {
      long cost = price.applyAsLong(w.fragment);
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
  }

  private void settle(Waiting<T> waiting, LedgerBatch batch, int i) {
    double told = batch.askTold(i);
    allocator.learnWhole(waiting.reading, waiting.seen, batch.askWhole(i), batch.askRooted(i), now);
    double inclusion = Math.max(waiting.probability, told);
    if (waiting.kept || told > 0) {
      TraceClass first = told > 0 ? batch.askClass(i) : waiting.reason;
      allocator.learnKept(first, batch.askPrice(i));
      verdicts.keep(waiting.fragment, inclusion, first, !waiting.kept);
    } else {
      verdicts.drop(waiting.fragment, waiting.probability);
    }
  }

  /** Fragments that wait for their verdict. */
  public int waiting() {
    return roots.size() + limbo.size() + asking.size() + reading.size();
  }
}
