package dev.spanthrift.sampler.explain;

import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.explain.LoggedDecision.Amounts;
import dev.spanthrift.sampler.explain.LoggedDecision.Conclusion;
import dev.spanthrift.sampler.explain.LoggedDecision.OfBudget;
import dev.spanthrift.sampler.trace.Fragment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last decisions, in rows of 72 bytes and the facts that their policies ask for; the oldest
 * thousand goes when there is no room, counted as forgotten.
 *
 * <p>One thread writes, any may read. Memory follows what is in it.
 *
 * <pre>
 * 0 trace id, high            1 trace id, low
 * 2 ms since the thousand began (32) | policy version (32)
 * 3 operation (32)            | duration in seconds, float
 * 4 bytes (32)                | spans (16) | class (8) | flags (8)
 * 5 own probability, float    | inclusion probability, float
 * 6 price, float              | level, float
 * 7 words of facts (4) | outcome (4) | randomness (56)
 * 8 policy (16) | reason (16) | upstream's probability, float
 * 9… facts
 * </pre>
 */
public final class DecisionLog {
  /** The number of no decision. */
  public static final long NONE = -1;

  static final int ROWS_BITS = 10;
  private static final int ROWS = 1 << ROWS_BITS;
  private static final int WIDTH = 9;
  private static final int NAMES_MAX = 0xffff;
  private static final long RANDOMNESS = (1L << 56) - 1;
  private static final long OUTCOME_BITS = 0xfL << 56;

  private static final int ERROR = 1;
  private static final int ROOTED = 2;
  private static final int BUDGET = 4;

  private static final int AMOUNTS = 4;
  private static final int PROBABILITIES = 5;
  private static final int MONEY = 6;
  private static final int OUTCOME = 7;
  private static final int NAMES = 8;
  private static final long LOWER = 0xffffffffL;

  /**
   * A thousand decisions; its rows have room for the facts of whichever of its policies asks most.
   */
  private static final class Chunk {
    final long first;
    final long began;
    final int width;
    final long[] words;
    int size;

    Chunk(long first, long began, int width) {
      this.first = first;
      this.began = began;
      this.width = width;
      words = new long[width << ROWS_BITS];
    }

    private Chunk(Chunk of) {
      first = of.first;
      began = of.began;
      width = of.width;
      size = of.size;
      words = Arrays.copyOf(of.words, of.size * of.width);
    }

    Chunk copy() {
      return new Chunk(this);
    }

    long bytes() {
      return (long) words.length * Long.BYTES;
    }
  }

  private final long bytesMax;
  private final LongSupplier unixMillis;
  private final Map<Long, Chunk> chunks = new HashMap<>(); // by number >> ROWS_BITS
  private final Map<String, Integer> numberOfName = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private @Nullable Chunk current;
  private long oldest; // of the chunks
  private long newest = -1;
  private long bytes;
  private long forgotten;
  private long noted;

  /**
   * @param bytesMax at least one thousand decisions are held, whatever they take
   */
  public DecisionLog(long bytesMax, LongSupplier unixMillis) {
    this.bytesMax = bytesMax;
    this.unixMillis = unixMillis;
    name("");
  }

  /**
   * What it holds.
   *
   * @param noted = held + forgotten
   */
  public record Counts(long noted, long held, long forgotten, long bytes, long bytesMax) {}

  /**
   * Notes what policies said of a fragment.
   *
   * @param operation id of its entry
   * @param toBudget whether the budget is to find the probability
   * @return its number, for {@link #allocated} and {@link #settled}
   */
  public synchronized long note(
      Fragment fragment,
      int operation,
      long policyVersion,
      String policy,
      double probability,
      boolean toBudget,
      long[] facts,
      int factsOffset,
      int factWords) {
    long now = unixMillis.getAsLong();
    Chunk chunk = room(WIDTH + factWords, now);
    int at = chunk.size * chunk.width;
    long[] w = chunk.words;
    w[at] = fragment.traceIdHigh();
    w[at + 1] = fragment.traceIdLow();
    w[at + 2] = pair((int) Math.max(0, now - chunk.began), (int) policyVersion);
    w[at + 3] = pair(operation, bits(fragment.durationNanos() / 1e9));
    int flags = (fragment.hasError() ? ERROR : 0) | (fragment.isRooted() ? ROOTED : 0);
    flags |= toBudget ? BUDGET : 0;
    int spans = Math.min(fragment.size(), 0xffff);
    int size = (int) Math.min(fragment.bytes(), LOWER);
    w[at + AMOUNTS] = pair(size, spans << 16 | TraceClass.BASE.ordinal() << 8 | flags);
    w[at + PROBABILITIES] = pair(bits(probability), bits(probability));
    w[at + MONEY] = 0;
    w[at + OUTCOME] = (long) factWords << 60 | fragment.randomness() & RANDOMNESS;
    long upstream = fragment.trustedUpstreamThreshold();
    double before = upstream > 0 ? 1 - upstream / 0x1p56 : 1;
    w[at + NAMES] = (long) name(policy) << 48 | bits(before) & LOWER;
    System.arraycopy(facts, factsOffset, w, at + WIDTH, factWords);
    noted++;
    return chunk.first + chunk.size++;
  }

  /** Two versions decide in turns after a change: a chunk that is wide enough serves both. */
  private Chunk room(int width, long now) {
    Chunk chunk = current;
    if (chunk == null
        || chunk.size == ROWS
        || chunk.width < width
        || now - chunk.began > LOWER // more than its rows can say
        || now < chunk.began) {
      chunk = new Chunk(++newest << ROWS_BITS, now, width);
      chunks.put(newest, chunk);
      bytes += chunk.bytes();
      current = chunk;
      while (bytes > bytesMax && oldest < newest) {
        forget();
      }
    }
    return chunk;
  }

  private void forget() {
    Chunk gone = chunks.remove(oldest++);
    if (gone != null) {
      bytes -= gone.bytes();
      forgotten += gone.size;
    }
  }

  /** Notes what the budget said of a fragment. */
  public synchronized void allocated(
      long number, TraceClass traceClass, double probability, double price, double level) {
    Chunk chunk = chunk(number);
    if (chunk != null) {
      int at = at(chunk, number);
      long[] w = chunk.words;
      w[at + AMOUNTS] = w[at + AMOUNTS] & ~0xff00L | (long) traceClass.ordinal() << 8;
      w[at + PROBABILITIES] = pair(bits(probability), bits(probability));
      w[at + MONEY] = pair(bits(price), bits(level));
    }
  }

  /** Notes what became of it. */
  public synchronized void settled(long number, boolean kept, double inclusion, String reason) {
    Chunk chunk = chunk(number);
    if (chunk != null) {
      int at = at(chunk, number);
      long[] w = chunk.words;
      Conclusion state = kept ? Conclusion.KEPT : Conclusion.DROPPED;
      w[at + OUTCOME] = w[at + OUTCOME] & ~OUTCOME_BITS | (long) state.ordinal() << 56;
      if (kept) {
        w[at + PROBABILITIES] = w[at + PROBABILITIES] & ~LOWER | bits(inclusion) & LOWER;
      }
      w[at + NAMES] = w[at + NAMES] & 0xffff0000ffffffffL | (long) name(reason) << 32;
    }
  }

  private @Nullable Chunk chunk(long number) {
    return number == NONE ? null : chunks.get(number >> ROWS_BITS);
  }

  private static int at(Chunk chunk, long number) {
    return (int) (number - chunk.first) * chunk.width;
  }

  /** Names are of policies and of reasons: few, but nobody bounds how often policies change. */
  private int name(String text) {
    Integer known = numberOfName.get(text);
    if (known != null) {
      return known;
    }
    if (names.size() == NAMES_MAX) {
      return 0;
    }
    numberOfName.put(text, names.size());
    names.add(text);
    return names.size() - 1;
  }

  /** All decisions about a trace that are still known, the oldest first. */
  public List<LoggedDecision> of(long traceIdHigh, long traceIdLow) {
    List<LoggedDecision> found = new ArrayList<>();
    synchronized (this) {
      for (long c = oldest; c <= newest; c++) {
        Chunk chunk = chunks.get(c);
        for (int row = 0; chunk != null && row < chunk.size; row++) {
          int at = row * chunk.width;
          if (chunk.words[at + 1] == traceIdLow && chunk.words[at] == traceIdHigh) {
            found.add(read(chunk, row));
          }
        }
      }
    }
    return found;
  }

  /**
   * The youngest decisions, the youngest first.
   *
   * @param before only those with a smaller number; {@link Long#MAX_VALUE} for all
   */
  public List<LoggedDecision> recent(
      long before, int limit, Predicate<? super LoggedDecision> wanted) {
    List<LoggedDecision> found = new ArrayList<>();
    for (long c = Math.min(before >> ROWS_BITS, newest()); c >= 0 && found.size() < limit; c--) {
      Chunk chunk = copy(c);
      if (chunk == null) {
        break;
      }
      for (int row = chunk.size - 1; row >= 0 && found.size() < limit; row--) {
        if (chunk.first + row < before) {
          LoggedDecision decision = read(chunk, row);
          if (wanted.test(decision)) {
            found.add(decision);
          }
        }
      }
    }
    return found;
  }

  /**
   * The decisions after one, the oldest first: all, or where there are more the youngest.
   *
   * @param after number of the last one that is known; {@link #NONE} for none
   */
  public List<LoggedDecision> after(long after, int limit) {
    List<LoggedDecision> found = new ArrayList<>();
    for (long c = newest(); c >= 0 && found.size() < limit; c--) {
      Chunk chunk = copy(c);
      if (chunk == null || chunk.first + chunk.size <= after + 1) {
        break;
      }
      for (int row = chunk.size - 1; row >= 0 && found.size() < limit; row--) {
        if (chunk.first + row <= after) {
          return found.reversed();
        }
        found.add(read(chunk, row));
      }
    }
    return found.reversed();
  }

  /** The number of the youngest decision; {@link #NONE} when there is none. */
  public synchronized long last() {
    Chunk chunk = chunks.get(newest);
    return chunk == null ? NONE : chunk.first + chunk.size - 1;
  }

  private synchronized long newest() {
    return newest;
  }

  private synchronized @Nullable Chunk copy(long c) {
    Chunk chunk = chunks.get(c);
    return chunk == null ? null : chunk.copy();
  }

  private LoggedDecision read(Chunk chunk, int row) {
    int at = row * chunk.width;
    long[] w = chunk.words;
    int low = (int) w[at + AMOUNTS];
    OfBudget allocation =
        (low & BUDGET) != 0
            ? new OfBudget(
                TraceClass.of(low >> 8 & 0xff), upper(w[at + MONEY]), lower(w[at + MONEY]))
            : null;
    List<Long> facts = new ArrayList<>();
    int factWords = (int) (w[at + OUTCOME] >>> 60);
    for (int i = 0; i < factWords; i++) {
      facts.add(w[at + WIDTH + i]);
    }
    return new LoggedDecision(
        chunk.first + row,
        w[at],
        w[at + 1],
        chunk.began + (w[at + 2] >>> 32),
        w[at + 2] & LOWER,
        (int) (w[at + 3] >>> 32),
        new Amounts(
            low >>> 16,
            w[at + AMOUNTS] >>> 32,
            (long) (lower(w[at + 3]) * 1e9),
            (low & ERROR) != 0,
            (low & ROOTED) != 0),
        nameOf(w[at + NAMES] >>> 48),
        upper(w[at + PROBABILITIES]),
        allocation,
        Conclusion.values()[(int) (w[at + OUTCOME] >>> 56 & 0xf)],
        lower(w[at + PROBABILITIES]),
        nameOf(w[at + NAMES] >>> 32 & 0xffff),
        w[at + OUTCOME] & RANDOMNESS,
        lower(w[at + NAMES]),
        facts);
  }

  private synchronized String nameOf(long number) {
    return names.get((int) number);
  }

  /** When the oldest decision was made that is still known; now when there is none. */
  public synchronized long oldestUnixMillis() {
    Chunk chunk = chunks.get(oldest);
    return chunk == null ? unixMillis.getAsLong() : chunk.began + (chunk.words[2] >>> 32);
  }

  public synchronized Counts counts() {
    return new Counts(noted, noted - forgotten, forgotten, bytes, bytesMax);
  }

  private static long pair(int upper, int lower) {
    return (long) upper << 32 | lower & 0xffffffffL;
  }

  private static int bits(double value) {
    return Float.floatToRawIntBits((float) value);
  }

  private static double upper(long pair) {
    return Float.intBitsToFloat((int) (pair >>> 32));
  }

  private static double lower(long pair) {
    return Float.intBitsToFloat((int) pair);
  }
}
