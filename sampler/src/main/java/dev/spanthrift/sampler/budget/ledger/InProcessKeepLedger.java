package dev.spanthrift.sampler.budget.ledger;

import dev.spanthrift.sampler.signal.StableHash;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The keep ledger in memory: of one sidecar without a fleet, or of all pods of a simulation.
 *
 * <p>Bounded: when {@code bound} traces are in it, new ones are refused and counted; their
 * fragments decide alone.
 */
public final class InProcessKeepLedger implements KeepLedger {
  private static final int NONE = -1;
  private static final long SOLO_LIFE_NANOS = 20_000_000_000L; // the last release comes after 10 s

  private final boolean solo;
  private final int bound;
  private final long lifeNanos;

  private int capacity = 1024;
  private long[] high = new long[capacity];
  private long[] low = new long[capacity];
  private long[] expires = new long[capacity]; // 0: free
  private long[] path = new long[capacity];
  private long[] errors = new long[capacity];
  private boolean[] rooted = new boolean[capacity];
  private long[] whole = new long[capacity];
  private long[] reserved = new long[capacity];
  private double[] told = new double[capacity];
  private byte[] first = new byte[capacity];
  private double[] weight = new double[capacity];
  private int used;

  private double available;
  private double reservedSum;
  private double spentSum;
  private double inflowSum;
  private double expiredSum;
  private long operations;
  private long writes;
  private long refused;

  /**
   * @param solo whether only one sampler uses it
   * @param wait from a decision to its question
   * @param bound traces at once
   */
  public InProcessKeepLedger(boolean solo, Duration wait, int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound not positive: " + bound);
    }
    this.solo = solo;
    this.bound = bound;
    lifeNanos = solo ? SOLO_LIFE_NANOS : wait.plusSeconds(60).toNanos();
  }

  @Override
  public boolean isSolo() {
    return solo;
  }

  @Override
  public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
    synchronized (this) {
      inflow(batch);
      for (int i = 0; i < batch.parts.size; i++) {
        part(batch, i, nowNanos);
      }
      for (int i = 0; i < batch.tells.size; i++) {
        tell(batch, i, nowNanos);
      }
      for (int i = 0; i < batch.spends.size; i++) {
        spend(find(batch.spends, i, nowNanos, false), batch.spendPrice[i]);
      }
      for (int i = 0; i < batch.asks.size; i++) {
        ask(batch, i, nowNanos);
      }
      for (int i = 0; i < batch.reads.size; i++) {
        read(batch, i, nowNanos);
      }
      for (int i = 0; i < batch.releases.size; i++) {
        release(find(batch.releases, i, nowNanos, false));
      }
      batch.answerLevel(available);
    }
    answered.accept(batch);
  }

  private void inflow(LedgerBatch batch) {
    inflowSum += batch.inflow();
    available += batch.inflow();
    double above = available - batch.levelMax();
    if (above > 0) {
      available -= above;
      expiredSum += above;
    }
  }

  private void part(LedgerBatch batch, int i, long now) {
    writes++;
    // Sums are for others to read: alone, only what is told takes room.
    int slot = solo ? NONE : find(batch.parts, i, now, true);
    if (slot != NONE) {
      TraceDigest part = batch.part[i];
      path[slot] += part.path;
      errors[slot] += part.errors;
      whole[slot] += part.price;
      rooted[slot] |= part.rooted;
      weight[slot] = TraceDigest.heavier(weight[slot], part.weight);
    }
  }

  private void tell(LedgerBatch batch, int i, long now) {
    writes++;
    int slot = find(batch.tells, i, now, true);
    if (slot == NONE) {
      return;
    }
    if (told[slot] == 0) {
      first[slot] = batch.tellClass[i];
      reserved[slot] = batch.tellReserve[i];
      reservedSum += reserved[slot];
      available -= reserved[slot];
    }
    told[slot] = Math.max(told[slot], batch.tellProbability[i]);
  }

  private void spend(int slot, long price) {
    spentSum += price;
    long covered = slot == NONE ? 0 : Math.min(price, reserved[slot]);
    if (covered > 0) {
      reserved[slot] -= covered;
      reservedSum -= covered;
    }
    available -= price - covered;
  }

  private void ask(LedgerBatch batch, int i, long now) {
    operations++;
    int slot = find(batch.asks, i, now, false);
    double probability = slot == NONE ? 0 : told[slot];
    if (probability > 0 || batch.askKept[i]) {
      spend(slot, batch.askPrice[i]);
    }
    if (slot == NONE) {
      batch.answerAsk(i, 0, TraceClass.BASE, batch.askPrice[i], false);
    } else {
      batch.answerAsk(i, probability, TraceClass.of(first[slot]), whole[slot], rooted[slot]);
    }
  }

  private void read(LedgerBatch batch, int i, long now) {
    operations++;
    int slot = find(batch.reads, i, now, false);
    TraceDigest answer = batch.answerRead(i).clear();
    if (slot != NONE) {
      answer.set(path[slot], errors[slot], whole[slot], rooted[slot], weight[slot]);
      answer.reserved(reserved[slot]);
    }
  }

  private void release(int slot) {
    if (slot != NONE && reserved[slot] > 0) {
      reservedSum -= reserved[slot];
      available += reserved[slot];
      reserved[slot] = 0;
    }
  }

  private int find(LedgerBatch.Ids ids, int i, long now, boolean create) {
    int slot = slotOf(ids.high[i], ids.low[i]);
    if (expires[slot] != 0) {
      if (expires[slot] < now) {
        restart(slot);
      }
      if (create) {
        expires[slot] = now + lifeNanos;
      }
      return slot;
    }
    if (!create) {
      return NONE;
    }
    if (used * 2 >= capacity) {
      makeRoom(now);
      slot = slotOf(ids.high[i], ids.low[i]);
    }
    if (used >= bound) {
      refused++;
      return NONE;
    }
    used++;
    high[slot] = ids.high[i];
    low[slot] = ids.low[i];
    expires[slot] = now + lifeNanos;
    weight[slot] = 1;
    return slot;
  }

  /** The trace's entry is too old to be meant: it begins anew. */
  private void restart(int slot) {
    release(slot);
    told[slot] = 0;
    path[slot] = 0;
    errors[slot] = 0;
    rooted[slot] = false;
    whole[slot] = 0;
    weight[slot] = 1;
    first[slot] = (byte) TraceClass.BASE.ordinal();
  }

  private int slotOf(long idHigh, long idLow) {
    int mask = capacity - 1;
    int slot = (int) StableHash.mix(idHigh ^ (idLow * 31)) & mask;
    while (expires[slot] != 0 && (high[slot] != idHigh || low[slot] != idLow)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Throws out what is too old; doubles the table when that is not enough. */
  private void makeRoom(long now) {
    int live = 0;
    for (int i = 0; i < capacity; i++) {
      live += expires[i] >= now ? 1 : 0;
    }
    long[] oldHigh = high;
    long[] oldLow = low;
    long[] oldExpires = expires;
    long[] oldPath = path;
    long[] oldErrors = errors;
    boolean[] oldRooted = rooted;
    long[] oldWhole = whole;
    long[] oldReserved = reserved;
    double[] oldTold = told;
    byte[] oldFirst = first;
    double[] oldWeight = weight;
    capacity = live * 4 > capacity ? capacity * 2 : capacity;
    high = new long[capacity];
    low = new long[capacity];
    expires = new long[capacity];
    path = new long[capacity];
    errors = new long[capacity];
    rooted = new boolean[capacity];
    whole = new long[capacity];
    reserved = new long[capacity];
    told = new double[capacity];
    first = new byte[capacity];
    weight = new double[capacity];
    used = 0;
    for (int i = 0; i < oldHigh.length; i++) {
      if (oldExpires[i] >= now) {
        int slot = slotOf(oldHigh[i], oldLow[i]);
        high[slot] = oldHigh[i];
        low[slot] = oldLow[i];
        expires[slot] = oldExpires[i];
        path[slot] = oldPath[i];
        errors[slot] = oldErrors[i];
        rooted[slot] = oldRooted[i];
        whole[slot] = oldWhole[i];
        reserved[slot] = oldReserved[i];
        told[slot] = oldTold[i];
        first[slot] = oldFirst[i];
        weight[slot] = oldWeight[i];
        used++;
      } else if (oldReserved[i] > 0) {
        reservedSum -= oldReserved[i];
        available += oldReserved[i];
      }
    }
  }

  /** Allowance that came in so far. */
  public synchronized double inflowSum() {
    return inflowSum;
  }

  /** Money spent so far. */
  public synchronized double spentSum() {
    return spentSum;
  }

  /** Money held for traces that are kept but not yet spent. */
  public synchronized double reservedSum() {
    return reservedSum;
  }

  @Override
  public synchronized double outstanding() {
    return Math.max(0, available + reservedSum);
  }

  /** Allowance that nobody used in time. */
  public synchronized double expiredSum() {
    return expiredSum;
  }

  /** Asks and reads so far. */
  public synchronized long lookUps() {
    return operations;
  }

  /** Parts and tells so far. */
  public synchronized long writes() {
    return writes;
  }

  /** Traces that found no room. */
  public synchronized long refused() {
    return refused;
  }

  /** Traces in it, with those that are too old but not yet thrown out. */
  public synchronized int size() {
    return used;
  }
}
