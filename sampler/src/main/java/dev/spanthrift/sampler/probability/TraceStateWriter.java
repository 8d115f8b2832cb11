package dev.spanthrift.sampler.probability;

/**
 * Writes a trace state with the threshold that a kept span was kept with.
 *
 * <p>The rule: the larger of upstream's threshold and ours, so that it is never lowered. {@code ot}
 * moves to the front, its other sub-keys and {@code rv} stay, other members keep their order. A
 * randomness that whoever comes next cannot read from the trace id is written beside the threshold.
 * Source: specs.md 2A, 2C, 2E, R1.
 */
public final class TraceStateWriter {
  /** The trace state needs no change: forward the bytes received. */
  public static final int UNCHANGED = -1;

  private static final int RANDOMNESS_LENGTH = 4 + Threshold.DIGITS; // ;rv: and its digits

  /** Most bytes that a stamp can add: {@code ot=th:}, 14 digits, {@code ;rv:}, 14, a separator. */
  public static final int GROWTH_MAX = 6 + Threshold.DIGITS + RANDOMNESS_LENGTH + 1;

  private TraceStateWriter() {}

  /** What became of a trace state; each is worth a counter. */
  public enum Stamp {
    /** It already said what it should, or a rule with probability 1 leaves it alone. */
    UNCHANGED,
    /** A new threshold was written. */
    STAMPED,
    /** Upstream's threshold contradicts the randomness, so it was erased. */
    INCONSISTENT,
    /** The threshold was erased, because the probability is not known. */
    ERASED,
    /** Not a W3C list: forwarded unchanged, without a threshold. */
    INVALID,
    /** {@code ot} is over 256 characters, or would be: forwarded unchanged. */
    OVERSIZE,
    /** 32 members and none is ours: forwarded unchanged, because vendors' entries are not ours. */
    FULL
  }

  /**
   * Says what {@link #write} will do, without writing.
   *
   * @param own threshold of the decision, in [0, 2^56); 0 for a keep by rule (specs.md R1); {@link
   *     Threshold#UNKNOWN} to erase (specs.md R7)
   * @param stampAlways write {@code th:0} for probability 1 where upstream left no threshold
   */
  public static Stamp plan(
      byte[] in, int offset, int length, long own, long randomness, boolean stampAlways) {
    return plan(in, offset, length, own, randomness, stampAlways, false);
  }

  /**
   * The same.
   *
   * @param explicit whether the randomness is written where there is no {@code rv}
   */
  public static Stamp plan(
      byte[] in,
      int offset,
      int length,
      long own,
      long randomness,
      boolean stampAlways,
      boolean explicit) {
    if (own >= Threshold.MAX) {
      throw new IllegalArgumentException("probability 0 has no th");
    }
    long ot = TraceState.findOt(in, offset, length);
    if (ot == TraceState.INVALID) {
      return Stamp.INVALID;
    }
    boolean wellFormed = ot >= 0 && TraceState.isWellFormedOt(in, ot);
    int start = TraceState.start(ot);
    int end = TraceState.end(ot);
    long upstream = wellFormed ? TraceState.subThreshold(in, start, end) : Threshold.UNKNOWN;
    if (upstream > randomness) {
      return Stamp.INCONSISTENT;
    }
    if (own == Threshold.UNKNOWN) {
      return upstream == Threshold.UNKNOWN ? Stamp.UNCHANGED : Stamp.ERASED;
    }
    if (upstream >= own || (own == 0 && !stampAlways)) {
      return Stamp.UNCHANGED;
    }
    if (ot == TraceState.ABSENT) {
      return members(in, offset, length) < TraceState.MEMBERS_MAX ? Stamp.STAMPED : Stamp.FULL;
    }
    boolean fits = end - start <= TraceState.OT_VALUE_MAX;
    if (fits && wellFormed) {
      boolean adds = explicit && !hasRandomness(in, ot);
      int more = 3 + Threshold.textLength(own) + (adds ? RANDOMNESS_LENGTH : 0);
      fits = otherSubs(in, start, end) + more <= TraceState.OT_VALUE_MAX;
    }
    return fits ? Stamp.STAMPED : Stamp.OVERSIZE;
  }

  /** As the other, without {@code stampAlways}. */
  public static int write(
      byte[] in, int offset, int length, long own, long randomness, byte[] out, int outOffset) {
    return write(
        in, offset, length, own, plan(in, offset, length, own, randomness, false), out, outOffset);
  }

  /**
   * Writes the new trace state.
   *
   * @param plan what {@link #plan} said of the same arguments
   * @param out must have room for {@code length +} {@link #GROWTH_MAX}
   * @return its length, or {@link #UNCHANGED}
   */
  public static int write(
      byte[] in, int offset, int length, long own, Stamp plan, byte[] out, int outOffset) {
    return write(in, offset, length, own, Randomness.NONE, plan, out, outOffset);
  }

  /**
   * The same.
   *
   * @param rv the randomness to be written where there is no {@code rv}, else {@link
   *     Randomness#NONE}
   */
  public static int write(
      byte[] in, int offset, int length, long own, long rv, Stamp plan, byte[] out, int outOffset) {
    return switch (plan) {
      case UNCHANGED, INVALID, OVERSIZE, FULL -> UNCHANGED;
      case STAMPED -> rewrite(in, offset, length, own, rv, out, outOffset) - outOffset;
      case INCONSISTENT, ERASED ->
          rewrite(in, offset, length, Threshold.UNKNOWN, Randomness.NONE, out, outOffset)
              - outOffset;
    };
  }

  private static int rewrite(
      byte[] in, int offset, int length, long threshold, long rv, byte[] out, int outOffset) {
    int at = writeOt(in, TraceState.findOt(in, offset, length), threshold, rv, out, outOffset);
    int end = offset + length;
    for (int next = offset; next < end; ) {
      int stop = TraceState.memberEnd(in, next, end);
      int from = TraceState.skipSpace(in, next, stop);
      int to = TraceState.trimSpace(in, from, stop);
      next = stop + 1;
      if (from < to && !TraceState.isOt(in, from)) {
        at = separate(out, outOffset, at, ',');
        System.arraycopy(in, from, out, at, to - from);
        at += to - from;
      }
    }
    return at;
  }

  /** Writes the member {@code ot}, or nothing when there would be no sub-key in it. */
  private static int writeOt(
      byte[] in, long ot, long threshold, long rv, byte[] out, int outOffset) {
    int start = outOffset + 3;
    int at = start;
    boolean wellFormed = ot >= 0 && TraceState.isWellFormedOt(in, ot);
    boolean pending = threshold != Threshold.UNKNOWN;
    if (pending && !(wellFormed && hasThreshold(in, ot))) {
      at = writeThreshold(threshold, out, at);
      pending = false;
    }
    if (wellFormed) {
      at = writeSubs(in, ot, pending ? threshold : Threshold.UNKNOWN, out, start, at);
    }
    if (rv != Randomness.NONE && !(wellFormed && hasRandomness(in, ot))) {
      at = writeRandomness(rv, out, separate(out, start, at, ';'));
    }
    if (at == start) {
      return outOffset;
    }
    out[outOffset] = 'o';
    out[outOffset + 1] = 't';
    out[outOffset + 2] = '=';
    return at;
  }

  /** Copies the sub-keys, with the new threshold in the place of the old. */
  private static int writeSubs(
      byte[] in, long ot, long threshold, byte[] out, int outStart, int outOffset) {
    int at = outOffset;
    int end = TraceState.end(ot);
    for (int next = TraceState.start(ot); next < end; ) {
      int stop = TraceState.subEnd(in, next, end);
      if (!TraceState.isThreshold(in, next, stop)) {
        at = separate(out, outStart, at, ';');
        System.arraycopy(in, next, out, at, stop - next);
        at += stop - next;
      } else if (threshold != Threshold.UNKNOWN) {
        at = writeThreshold(threshold, out, separate(out, outStart, at, ';'));
        threshold = Threshold.UNKNOWN;
      }
      next = stop + 1;
    }
    return at;
  }

  private static int writeThreshold(long threshold, byte[] out, int at) {
    out[at] = 't';
    out[at + 1] = 'h';
    out[at + 2] = ':';
    return Threshold.write(threshold, out, at + 3);
  }

  private static int writeRandomness(long randomness, byte[] out, int at) {
    out[at] = 'r';
    out[at + 1] = 'v';
    out[at + 2] = ':';
    Hex.write(randomness, Threshold.DIGITS, out, at + 3);
    return at + 3 + Threshold.DIGITS;
  }

  private static int separate(byte[] out, int start, int at, char separator) {
    if (at == start) {
      return at;
    }
    out[at] = (byte) separator;
    return at + 1;
  }

  private static boolean hasThreshold(byte[] in, long ot) {
    return has(in, ot, TraceState::isThreshold);
  }

  private static boolean hasRandomness(byte[] in, long ot) {
    return has(in, ot, TraceState::isRandomness);
  }

  private interface SubTest {
    boolean test(byte[] buffer, int start, int end);
  }

  private static boolean has(byte[] in, long ot, SubTest wanted) {
    int end = TraceState.end(ot);
    for (int next = TraceState.start(ot); next < end; ) {
      int stop = TraceState.subEnd(in, next, end);
      if (wanted.test(in, next, stop)) {
        return true;
      }
      next = stop + 1;
    }
    return false;
  }

  /** Characters of all sub-keys but {@code th}, each with its separator. */
  private static int otherSubs(byte[] in, int start, int end) {
    int sum = 0;
    for (int next = start; next < end; ) {
      int stop = TraceState.subEnd(in, next, end);
      sum += TraceState.isThreshold(in, next, stop) ? 0 : stop - next + 1;
      next = stop + 1;
    }
    return sum;
  }

  private static int members(byte[] in, int offset, int length) {
    int end = offset + length;
    int count = 0;
    for (int next = offset; next < end; ) {
      int stop = TraceState.memberEnd(in, next, end);
      count += TraceState.skipSpace(in, next, stop) < stop ? 1 : 0;
      next = stop + 1;
    }
    return count;
  }
}
