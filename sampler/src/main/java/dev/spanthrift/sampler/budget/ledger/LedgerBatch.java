package dev.spanthrift.sampler.budget.ledger;

import dev.spanthrift.sampler.wire.Scratch;
import java.util.Arrays;

/**
 * One tick's traffic between a pod and the keep ledger: questions in columns, answers beside them.
 *
 * <p>The ledger treats the kinds in this order: inflow, parts, tells, spends, asks, reads,
 * releases. Amounts in units of price. Filled again after each exchange.
 */
public final class LedgerBatch {
  private static final int LEAST_ROWS = 16;
  private static final int DIGEST_BYTES = 72; // the object and its reference

  /** Trace ids of one kind of question. */
  public static final class Ids {
    long[] high = new long[LEAST_ROWS];
    long[] low = new long[LEAST_ROWS];
    int size;

    /** Empties it; answers whether its columns were too large to stay. */
    private boolean clear() {
      size = 0;
      if (high.length <= Scratch.ROWS_KEPT) {
        return false;
      }
      high = new long[LEAST_ROWS];
      low = new long[LEAST_ROWS];
      return true;
    }

    private boolean add(long traceIdHigh, long traceIdLow) {
      boolean grown = size == high.length;
      if (grown) {
        high = Arrays.copyOf(high, size * 2);
        low = Arrays.copyOf(low, size * 2);
      }
      high[size] = traceIdHigh;
      low[size] = traceIdLow;
      size++;
      return grown;
    }

    public int size() {
      return size;
    }

    public long high(int i) {
      return high[i];
    }

    public long low(int i) {
      return low[i];
    }
  }

  final Ids parts = new Ids();
  TraceDigest[] part = digests(LEAST_ROWS);

  final Ids tells = new Ids();
  double[] tellProbability = new double[LEAST_ROWS];
  byte[] tellClass = new byte[LEAST_ROWS];
  long[] tellReserve = new long[LEAST_ROWS];

  final Ids spends = new Ids();
  long[] spendPrice = new long[LEAST_ROWS];

  final Ids asks = new Ids();
  boolean[] askKept = new boolean[LEAST_ROWS];
  long[] askPrice = new long[LEAST_ROWS];
  double[] askTold = new double[LEAST_ROWS];
  byte[] askClass = new byte[LEAST_ROWS];
  long[] askWhole = new long[LEAST_ROWS];
  boolean[] askRooted = new boolean[LEAST_ROWS];

  final Ids reads = new Ids();
  TraceDigest[] read = digests(LEAST_ROWS);

  final Ids releases = new Ids();

  private double inflow;
  private double levelMax;
  private double level;

  private static TraceDigest[] digests(int count) {
    TraceDigest[] made = new TraceDigest[count];
    Arrays.setAll(made, i -> new TraceDigest());
    return made;
  }

  private static TraceDigest[] grown(TraceDigest[] digests, int count) {
    TraceDigest[] more = Arrays.copyOf(digests, count);
    for (int i = digests.length; i < count; i++) {
      more[i] = new TraceDigest();
    }
    return more;
  }

  private void resizeTells(int capacity) {
    tellProbability = Arrays.copyOf(tellProbability, capacity);
    tellClass = Arrays.copyOf(tellClass, capacity);
    tellReserve = Arrays.copyOf(tellReserve, capacity);
  }

  private void resizeAsks(int capacity) {
    askKept = Arrays.copyOf(askKept, capacity);
    askPrice = Arrays.copyOf(askPrice, capacity);
    askTold = Arrays.copyOf(askTold, capacity);
    askClass = Arrays.copyOf(askClass, capacity);
    askWhole = Arrays.copyOf(askWhole, capacity);
    askRooted = Arrays.copyOf(askRooted, capacity);
  }

  /** Adds what a fragment says and costs to its trace; the caller fills the digest. */
  public TraceDigest part(long high, long low) {
    if (parts.add(high, low)) {
      part = grown(part, parts.high.length);
    }
    return part[parts.size - 1];
  }

  /** Tells a keep; the first of a trace reserves. */
  public void tell(long high, long low, double probability, TraceClass traceClass, long reserve) {
    if (tells.add(high, low)) {
      resizeTells(tells.high.length);
    }
    tellProbability[tells.size - 1] = probability;
    tellClass[tells.size - 1] = (byte) traceClass.ordinal();
    tellReserve[tells.size - 1] = reserve;
  }

  /** Moves the price of spans that are kept for certain from reserved to spent. */
  public void spend(long high, long low, long price) {
    if (spends.add(high, low)) {
      spendPrice = Arrays.copyOf(spendPrice, spends.high.length);
    }
    spendPrice[spends.size - 1] = price;
  }

  /**
   * Asks, at the end of the wait, whether anybody keeps the trace; if so, or if {@code kept}, the
   * price moves from reserved to spent.
   */
  public void ask(long high, long low, boolean kept, long price) {
    if (asks.add(high, low)) {
      resizeAsks(asks.high.length);
    }
    askKept[asks.size - 1] = kept;
    askPrice[asks.size - 1] = price;
  }

  /** Reads what is known of the trace so far. */
  public void read(long high, long low) {
    if (reads.add(high, low)) {
      read = grown(read, reads.high.length);
    }
  }

  /** Gives back what is left of a trace's reservation. */
  public void release(long high, long low) {
    releases.add(high, low);
  }

  /** Adds new allowance; what the level holds above {@code most} expires. */
  public void inflow(double amount, double most) {
    inflow = amount;
    levelMax = most;
  }

  /** Forgets all questions and answers. */
  public void clear() {
    if (parts.clear()) {
      part = digests(LEAST_ROWS);
    }
    if (tells.clear()) {
      resizeTells(LEAST_ROWS);
    }
    if (spends.clear()) {
      spendPrice = new long[LEAST_ROWS];
    }
    if (asks.clear()) {
      resizeAsks(LEAST_ROWS);
    }
    if (reads.clear()) {
      read = digests(LEAST_ROWS);
    }
    var _ = releases.clear();
    inflow = 0;
  }

  /** Whether nothing is said or asked; money that came in does not count. */
  public boolean isEmpty() {
    int said = parts.size + tells.size + spends.size;
    return said + asks.size + reads.size + releases.size == 0;
  }

  /** Bytes of the columns, which stay for the next exchange. */
  public long bytesHeld() {
    long ids = 16L * (parts.high.length + releases.high.length);
    ids += (16L + DIGEST_BYTES) * reads.high.length + (long) DIGEST_BYTES * part.length;
    return ids + 33L * tells.high.length + 24L * spends.high.length + 43L * asks.high.length;
  }

  public Ids parts() {
    return parts;
  }

  public TraceDigest part(int i) {
    return part[i];
  }

  public Ids tells() {
    return tells;
  }

  public double tellProbability(int i) {
    return tellProbability[i];
  }

  public TraceClass tellClass(int i) {
    return TraceClass.of(tellClass[i]);
  }

  public long tellReserve(int i) {
    return tellReserve[i];
  }

  public Ids spends() {
    return spends;
  }

  public long spendPrice(int i) {
    return spendPrice[i];
  }

  public Ids asks() {
    return asks;
  }

  public boolean askKept(int i) {
    return askKept[i];
  }

  public long askPrice(int i) {
    return askPrice[i];
  }

  public Ids reads() {
    return reads;
  }

  public Ids releases() {
    return releases;
  }

  public double inflow() {
    return inflow;
  }

  public double levelMax() {
    return levelMax;
  }

  /**
   * Answers a question of {@link #asks}: the largest probability told (0: nobody keeps it), by
   * which class first, and the price of the whole trace.
   */
  public void answerAsk(int i, double told, TraceClass first, long whole, boolean rooted) {
    askTold[i] = told;
    askClass[i] = (byte) first.ordinal();
    askWhole[i] = whole;
    askRooted[i] = rooted;
  }

  /** Answers a question of {@link #reads}: the ledger fills the digest. */
  public TraceDigest answerRead(int i) {
    return read[i];
  }

  /** Answers what is left to spend: allowance − spent − reserved. */
  public void answerLevel(double amount) {
    level = amount;
  }

  public double askTold(int i) {
    return askTold[i];
  }

  public TraceClass askClass(int i) {
    return TraceClass.of(askClass[i]);
  }

  public long askWhole(int i) {
    return askWhole[i];
  }

  public boolean askRooted(int i) {
    return askRooted[i];
  }

  public TraceDigest readAnswer(int i) {
    return read[i];
  }

  public double level() {
    return level;
  }
}
