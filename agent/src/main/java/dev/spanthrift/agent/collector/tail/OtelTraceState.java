package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.probability.Threshold;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A trace state as {@code probabilistic_sampler} reads, changes and writes it; used again for every
 * span.
 *
 * <pre>
 * ot=rv:14 digits;th:1 to 14 digits;other sub-keys,vendor=…,…
 * </pre>
 *
 * <p>It is written in this order, whatever the order was. A list of which one part is malformed is
 * malformed whole, but what was read of it before stays. Source: W3C Trace Context §3.3.1 and the
 * Collector's pkg/sampling, which is content with 31 members in 1,024 bytes.
 */
final class OtelTraceState {
  static final long NONE = -1;
  private static final int LENGTH_MAX = 1024;
  private static final int MEMBERS_MAX = 31;
  private static final int VALUE_MAX = 256;
  private static final int KEY_MAX = 256;
  private static final int TENANT_MAX = 241;
  private static final int SYSTEM_MAX = 14;
  private static final byte[] RV = "rv:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TH = "th:".getBytes(StandardCharsets.US_ASCII);

  private byte[] source = new byte[0];
  private final Ranges members = new Ranges(MEMBERS_MAX + 1);
  private final Ranges subKeys = new Ranges(VALUE_MAX / 2);
  private long randomness;
  private int randomnessAt; // digits as they came, or NONE when they are ours
  private long threshold;
  private int thresholdAt;
  private int thresholdLength;
  private boolean valid;

  /** Parts of the source, each from an offset to another. */
  private static final class Ranges {
    private final int[] from;
    private final int[] to;
    private int size;

    Ranges(int max) {
      from = new int[max];
      to = new int[max];
    }

    void add(int start, int end) {
      from[size] = start;
      to[size++] = end;
    }
  }

  /** Reads one; false when it is malformed. */
  boolean read(byte[] buffer, int offset, int length) {
    source = buffer;
    members.size = 0;
    clearOt();
    valid = length <= LENGTH_MAX && isList(offset, offset + length);
    int end = valid ? offset + length : offset;
    int count = 0;
    for (int at = offset; at < end; ) {
      if (++count > MEMBERS_MAX) {
        valid = false;
        return false;
      }
      int stop = find(at, end, ',');
      readMember(skipSpace(at, stop), trimSpace(at, stop));
      at = stop + 1;
    }
    return valid;
  }

  private void clearOt() {
    subKeys.size = 0;
    randomness = NONE;
    threshold = NONE;
  }

  private void readMember(int from, int to) {
    if (from >= to) {
      return;
    }
    int equals = find(from, to, '=');
    int sign = find(from, equals, '@');
    boolean small =
        equals - from <= KEY_MAX
            && (sign == equals || (sign - from <= TENANT_MAX && equals - sign - 1 <= SYSTEM_MAX));
    if (!small) {
      valid = false;
    } else if (equals - from == 2 && source[from] == 'o' && source[from + 1] == 't') {
      readOt(equals + 1, to);
    } else {
      members.add(from, to);
    }
  }

  /** Of two members the last one counts. */
  private void readOt(int from, int to) {
    clearOt();
    if (!isOt(from, to)) {
      valid = false;
      return;
    }
    for (int at = from; at < to; ) {
      int stop = find(at, to, ';');
      if (startsWith(at, stop, RV)) {
        randomness = stop - at - 3 == Threshold.DIGITS ? hex(at + 3, stop) : NONE;
        randomnessAt = at + 3;
        valid &= randomness != NONE;
      } else if (startsWith(at, stop, TH)) {
        readThreshold(at + 3, stop);
      } else {
        subKeys.add(at, stop);
      }
      at = stop + 1;
    }
  }

  private void readThreshold(int from, int to) {
    long digits = to - from <= Threshold.DIGITS ? hex(from, to) : NONE;
    threshold = digits == NONE ? NONE : digits << 4 * (Threshold.DIGITS - (to - from));
    thresholdAt = from;
    thresholdLength = to - from;
    valid &= threshold != NONE;
  }

  private long hex(int from, int to) {
    long value = from == to ? NONE : 0;
    for (int i = from; i < to && value != NONE; i++) {
      int digit = Character.digit(source[i], 16);
      value = digit < 0 ? NONE : value << 4 | digit;
    }
    return value;
  }

  private boolean startsWith(int from, int to, byte[] prefix) {
    return to - from >= prefix.length
        && Arrays.equals(source, from, from + prefix.length, prefix, 0, prefix.length);
  }

  private int find(int from, int to, char wanted) {
    int at = from;
    while (at < to && source[at] != wanted) {
      at++;
    }
    return at;
  }

  private int skipSpace(int from, int to) {
    int at = from;
    while (at < to && (source[at] == ' ' || source[at] == '\t')) {
      at++;
    }
    return at;
  }

  private int trimSpace(int from, int to) {
    int at = to;
    while (at > from && (source[at - 1] == ' ' || source[at - 1] == '\t')) {
      at--;
    }
    return at;
  }

  private boolean isList(int offset, int end) {
    for (int at = offset; at < end; ) {
      int stop = find(at, end, ',');
      int from = skipSpace(at, stop);
      int to = trimSpace(from, stop);
      int equals = find(from, to, '=');
      if (from < to && !(isKey(from, equals) && isValue(equals + 1, to))) {
        return false;
      }
      at = stop + 1;
    }
    return true;
  }

  private boolean isKey(int from, int to) {
    int sign = find(from, to, '@');
    if (sign == to) {
      return from < to && isLetter(source[from]) && isKeyRest(from + 1, to);
    }
    return from < sign
        && (isLetter(source[from]) || isDigit(source[from]))
        && isKeyRest(from + 1, sign)
        && sign + 1 < to
        && isLetter(source[sign + 1])
        && isKeyRest(sign + 2, to);
  }

  private boolean isKeyRest(int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = source[i];
      if (!isLetter(b) && !isDigit(b) && b != '_' && b != '-' && b != '*' && b != '/') {
        return false;
      }
    }
    return true;
  }

  private boolean isValue(int from, int to) {
    for (int i = from; i < to; i++) {
      if (source[i] < ' ' || source[i] > '~' || source[i] == '=') {
        return false;
      }
    }
    return from < to && to - from <= VALUE_MAX; // its end was trimmed
  }

  private boolean isOt(int from, int to) {
    for (int at = from; at < to; ) {
      int stop = find(at, to, ';');
      int colon = find(at, stop, ':');
      if (colon == stop || !isSubKey(at, colon) || !isSubValue(colon + 1, stop)) {
        return false;
      }
      at = stop + 1;
    }
    return from < to && source[to - 1] != ';';
  }

  private boolean isSubKey(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isLetter(source[i]) && (i == from || !isDigit(source[i]))) {
        return false;
      }
    }
    return from < to;
  }

  private boolean isSubValue(int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = source[i];
      boolean upper = b >= 'A' && b <= 'Z';
      if (!isLetter(b) && !upper && !isDigit(b) && b != '.' && b != '_' && b != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(byte b) {
    return b >= 'a' && b <= 'z';
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** {@code rv}, or {@link #NONE}. */
  long randomness() {
    return randomness;
  }

  /** {@code th}, or {@link #NONE}. */
  long threshold() {
    return threshold;
  }

  void setRandomness(long value) {
    randomness = value;
    randomnessAt = (int) NONE;
  }

  void clearThreshold() {
    threshold = NONE;
  }

  /** Sets {@code th}, unless the one that is there is larger: it is never lowered. */
  void raiseThreshold(long value) {
    if (threshold == NONE || threshold <= value) {
      threshold = value;
      thresholdLength = 0;
    }
  }

  /** Writes it; at most some forty bytes longer than what was read. */
  int write(byte[] out, int offset) {
    int at = writeOt(out, offset);
    for (int i = 0; i < members.size; i++) {
      at = separate(out, offset, at, ',');
      at = copy(members.from[i], members.to[i], out, at);
    }
    return at - offset;
  }

  private int writeOt(byte[] out, int offset) {
    if (randomness == NONE && threshold == NONE && subKeys.size == 0) {
      return offset;
    }
    int start = offset + 3;
    out[offset] = 'o';
    out[offset + 1] = 't';
    out[offset + 2] = '=';
    int at = start;
    if (randomness != NONE) {
      at = put(RV, out, at);
      at =
          randomnessAt == NONE
              ? digits(out, at)
              : copy(randomnessAt, randomnessAt + Threshold.DIGITS, out, at);
    }
    if (threshold != NONE) {
      at = put(TH, out, separate(out, start, at, ';'));
      at =
          thresholdLength == 0
              ? Threshold.write(threshold, out, at)
              : copy(thresholdAt, thresholdAt + thresholdLength, out, at);
    }
    for (int i = 0; i < subKeys.size; i++) {
      at = copy(subKeys.from[i], subKeys.to[i], out, separate(out, start, at, ';'));
    }
    return at;
  }

  private int digits(byte[] out, int at) {
    for (int i = 0; i < Threshold.DIGITS; i++) {
      int shift = 4 * (Threshold.DIGITS - 1 - i);
      out[at + i] = (byte) Character.forDigit((int) (randomness >>> shift & 0xf), 16);
    }
    return at + Threshold.DIGITS;
  }

  private static int put(byte[] text, byte[] out, int at) {
    System.arraycopy(text, 0, out, at, text.length);
    return at + text.length;
  }

  private int copy(int from, int to, byte[] out, int at) {
    System.arraycopy(source, from, out, at, to - from);
    return at + to - from;
  }

  private static int separate(byte[] out, int start, int at, char separator) {
    if (at == start) {
      return at;
    }
    out[at] = (byte) separator;
    return at + 1;
  }
}
