package dev.spanthrift.sampler.budget.ledger;

import dev.spanthrift.sampler.trace.RowAges;
import dev.spanthrift.sampler.trace.Rows;
import dev.spanthrift.sampler.trace.TraceIndex;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The keep ledger in memory: of one sidecar without a fleet, or of all pods of a simulation.
 *
 * <pre>
 * 0  trace id, first half     4  path             8   weight, a double
 * 1  trace id, second half    5  errors           9   older row (32) | younger row (32)
 * 2  expires                  6  whole price      10  parted (1) | rooted (1) | first class (8)
 * 3  told, a double           7  reserved
 * </pre>
 *
 * <p>The whole price is the sum of the parts; of a trace whose parts nobody tells, what was spent.
 *
 * <p>Bounded: what is too old leaves with every exchange; when {@code bound} traces are in it that
 * are not, new ones are refused and counted, and their fragments decide alone.
 */
public final class InProcessKeepLedger implements KeepLedger {
  private static final int NONE = Rows.NONE;
  private static final long SOLO_LIFE_NANOS = 20_000_000_000L; // the last release comes after 10 s

  private static final int EXPIRES = 2;
  private static final int TOLD = 3;
  private static final int PATH = 4;
  private static final int ERRORS = 5;
  private static final int WHOLE = 6;
  private static final int RESERVED = 7;
  private static final int WEIGHT = 8;
  private static final int AGE = 9;
  private static final int MARKS = 10;
  private static final int WIDTH = 11;
  private static final int CHUNK_BITS = 8;
  private static final int ROOTED = 1 << 8;
  private static final int PARTED = 1 << 9;

  private final boolean solo;
  private final int bound;
  private final long lifeNanos;

  private final Rows rows = new Rows(WIDTH, CHUNK_BITS);
  private final TraceIndex index = new TraceIndex(rows);
  private final RowAges ages = new RowAges(rows, AGE); // each write makes a trace the youngest

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
  public boolean isHere() {
    return true;
  }

  @Override
  public boolean isSolo() {
    return solo;
  }

  @Override
  public void exchange(LedgerBatch batch, long nowNanos, Consumer<LedgerBatch> answered) {
    synchronized (this) {
      forgetWhatIsTooOld(nowNanos);
      inflow(batch);
      for (int i = 0; i < batch.parts.size; i++) {
        part(batch, i, nowNanos);
      }
      for (int i = 0; i < batch.tells.size; i++) {
        tell(batch, i, nowNanos);
      }
      for (int i = 0; i < batch.spends.size; i++) {
        spend(find(batch.spends, i), batch.spendPrice[i]);
      }
      for (int i = 0; i < batch.asks.size; i++) {
        ask(batch, i);
      }
      for (int i = 0; i < batch.reads.size; i++) {
        read(batch, i);
      }
      for (int i = 0; i < batch.releases.size; i++) {
        int row = find(batch.releases, i);
        batch.answerRelease(i, row == NONE ? 0 : rows.get(row, WHOLE));
        release(row);
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
    int row = solo ? NONE : write(batch.parts, i, now);
    if (row != NONE) {
      TraceDigest part = batch.part[i];
      rows.set(row, PATH, rows.get(row, PATH) + part.path);
      rows.set(row, ERRORS, rows.get(row, ERRORS) + part.errors);
      rows.set(row, WHOLE, rows.get(row, WHOLE) + part.price);
      rows.setLower(row, MARKS, rows.lower(row, MARKS) | PARTED | (part.rooted ? ROOTED : 0));
      setNumber(row, WEIGHT, TraceDigest.heavier(number(row, WEIGHT), part.weight));
    }
  }

  private void tell(LedgerBatch batch, int i, long now) {
    writes++;
    int row = write(batch.tells, i, now);
    if (row == NONE) {
      return;
    }
    double told = number(row, TOLD);
    if (told == 0) {
      rows.setLower(row, MARKS, rows.lower(row, MARKS) & ~0xff | batch.tellClass[i]);
      long reserve = batch.tellReserve[i];
      rows.set(row, RESERVED, reserve);
      reservedSum += reserve;
      available -= reserve;
    }
    setNumber(row, TOLD, Math.max(told, batch.tellProbability[i]));
  }

  private void spend(int row, long price) {
    spentSum += price;
    if (row != NONE && (rows.lower(row, MARKS) & PARTED) == 0) {
      rows.set(row, WHOLE, rows.get(row, WHOLE) + price);
    }
    long reserved = row == NONE ? 0 : rows.get(row, RESERVED);
    long covered = Math.min(price, reserved);
    if (covered > 0) {
      rows.set(row, RESERVED, reserved - covered);
      reservedSum -= covered;
    }
    available -= price - Math.max(0, covered);
  }

  private void ask(LedgerBatch batch, int i) {
    operations++;
    int row = find(batch.asks, i);
    double probability = row == NONE ? 0 : number(row, TOLD);
    if (probability > 0 || batch.askKept[i]) {
      spend(row, batch.askPrice[i]);
    }
    if (row == NONE) {
      batch.answerAsk(i, 0, TraceClass.BASE, batch.askPrice[i], false);
    } else {
      batch.answerAsk(i, probability, first(row), rows.get(row, WHOLE), isRooted(row));
    }
  }

  private void read(LedgerBatch batch, int i) {
    operations++;
    int row = find(batch.reads, i);
    TraceDigest answer = batch.answerRead(i).clear();
    if (row != NONE) {
      answer.set(
          rows.get(row, PATH),
          rows.get(row, ERRORS),
          rows.get(row, WHOLE),
          isRooted(row),
          number(row, WEIGHT));
      answer.reserved(rows.get(row, RESERVED));
    }
  }

  private void release(int row) {
    long reserved = row == NONE ? 0 : rows.get(row, RESERVED);
    if (reserved > 0) {
      reservedSum -= reserved;
      available += reserved;
      rows.set(row, RESERVED, 0);
    }
  }

  private double number(int row, int column) {
    return Double.longBitsToDouble(rows.get(row, column));
  }

  private void setNumber(int row, int column, double value) {
    rows.set(row, column, Double.doubleToRawLongBits(value));
  }

  private TraceClass first(int row) {
    return TraceClass.of(rows.lower(row, MARKS) & 0xff);
  }

  private boolean isRooted(int row) {
    return (rows.lower(row, MARKS) & ROOTED) != 0;
  }

  private int find(LedgerBatch.Ids ids, int i) {
    return index.find(ids.high[i], ids.low[i]);
  }

  /** The trace's row, perhaps a new one, which lives from now on; NONE where there is no room. */
  private int write(LedgerBatch.Ids ids, int i, long now) {
    int row = index.find(ids.high[i], ids.low[i]);
    if (row == NONE) {
      if (rows.size() >= bound) {
        refused++;
        return NONE;
      }
      row = add(ids.high[i], ids.low[i]);
    } else {
      ages.remove(row);
    }
    rows.set(row, EXPIRES, now + lifeNanos);
    ages.add(row);
    return row;
  }

  private int add(long high, long low) {
    int row = rows.take();
    for (int column = EXPIRES; column < WIDTH; column++) {
      rows.set(row, column, 0);
    }
    rows.set(row, Rows.TRACE_ID_HIGH, high);
    rows.set(row, Rows.TRACE_ID_LOW, low);
    setNumber(row, WEIGHT, 1);
    index.add(row);
    return row;
  }

  private void forgetWhatIsTooOld(long now) {
    for (int row = ages.oldest();
        row != NONE && rows.get(row, EXPIRES) < now;
        row = ages.oldest()) {
      release(row);
      ages.remove(row);
      index.remove(row);
      rows.release(row);
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

  /** Traces in it. */
  public synchronized int size() {
    return rows.size();
  }

  /** Memory held, whether in use or not. */
  public synchronized long bytesHeld() {
    return rows.bytes() + index.bytes();
  }
}
