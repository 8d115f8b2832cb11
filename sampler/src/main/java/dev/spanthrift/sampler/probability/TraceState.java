package dev.spanthrift.sampler.probability;

import java.util.Arrays;

/**
 * Reads a W3C trace state where it lies, and in it OpenTelemetry's member {@code ot}.
 *
 * <pre>
 * tracestate = member *( OWS "," OWS member )      at most 32, empty ones are legal and not counted
 * member     = key "=" value                       value 1 to 256 printable ASCII
 * ot value   = sub *( ";" sub )    sub = [a-z][a-z0-9]* ":" text         at most 256 characters
 * </pre>
 *
 * <p>Source: W3C Trace Context level 2; OpenTelemetry specification, "TraceState handling". Lenient
 * in two places, because a span must never be lost over them: {@code =} inside another vendor's
 * value, and any printable text inside an {@code ot} sub-key's value.
 */
public final class TraceState {
  static final int MEMBERS_MAX = 32;
  static final int OT_VALUE_MAX = 256;
  private static final int VALUE_MAX = 256;
  private static final int SIMPLE_KEY_MAX = 256;
  private static final int TENANT_MAX = 241;
  private static final int SYSTEM_MAX = 14;

  /** There is no such member. */
  public static final long ABSENT = -1;

  /** The list is not a trace state: forwarded as it is, nothing in it is trusted. */
  public static final long INVALID = -2;

  private static final byte[] OT = {'o', 't'};

  private TraceState() {}

  /**
   * The threshold that an upstream sampler left.
   *
   * @return {@link Threshold#UNKNOWN} when there is none, or none that can be trusted
   */
  public static long threshold(byte[] buffer, int offset, int length) {
    long ot = length == 0 ? ABSENT : find(buffer, offset, length, OT);
    return ot < 0 || !isWellFormedOt(buffer, ot)
        ? Threshold.UNKNOWN
        : subThreshold(buffer, start(ot), end(ot));
  }

  /** The randomness of a span: {@code rv}, else the trace id's. */
  public static long randomness(byte[] buffer, int offset, int length, long traceIdLow) {
    long rv = explicitRandomness(buffer, offset, length);
    return rv == Randomness.NONE ? Randomness.ofTraceId(traceIdLow) : rv;
  }

  /** {@code rv}, or {@link Randomness#NONE} where there is none that can be trusted. */
  public static long explicitRandomness(byte[] buffer, int offset, int length) {
    long ot = length == 0 ? ABSENT : find(buffer, offset, length, OT);
    return ot < 0 || !isWellFormedOt(buffer, ot)
        ? Randomness.NONE
        : subRandomness(buffer, start(ot), end(ot));
  }

  /**
   * Finds the value of a member; the first wins. Checks the whole list.
   *
   * @return {@link #start} and {@link #end} packed, or {@link #ABSENT}, or {@link #INVALID}
   */
  public static long find(byte[] buffer, int offset, int length, byte[] key) {
    int end = offset + length;
    int members = 0;
    long found = ABSENT;
    for (int at = offset; at < end; ) {
      int stop = memberEnd(buffer, at, end);
      int from = skipSpace(buffer, at, stop);
      int to = trimSpace(buffer, from, stop);
      at = stop + 1;
      if (from == to) {
        continue;
      }
      int equals = keyEnd(buffer, from, to);
      if (equals < 0 || ++members > MEMBERS_MAX) {
        return INVALID;
      }
      // An oversize ot makes itself untrusted, not its neighbours.
      int lengthMax = equals == from + 2 && isOt(buffer, from) ? Integer.MAX_VALUE : VALUE_MAX;
      if (!isValue(buffer, equals + 1, to, lengthMax)) {
        return INVALID;
      }
      if (found == ABSENT && Arrays.equals(buffer, from, equals, key, 0, key.length)) {
        found = pack(equals + 1, to);
      }
    }
    return found;
  }

  /** Offset of a found value. */
  public static int start(long found) {
    return (int) (found >>> 32);
  }

  /** Offset after a found value. */
  public static int end(long found) {
    return (int) found;
  }

  private static long pack(int start, int end) {
    return (long) start << 32 | end;
  }

  static long findOt(byte[] buffer, int offset, int length) {
    return find(buffer, offset, length, OT);
  }

  static int memberEnd(byte[] buffer, int at, int end) {
    while (at < end && buffer[at] != ',') {
      at++;
    }
    return at;
  }

  static int skipSpace(byte[] buffer, int at, int end) {
    while (at < end && (buffer[at] == ' ' || buffer[at] == '\t')) {
      at++;
    }
    return at;
  }

  static int trimSpace(byte[] buffer, int start, int end) {
    while (end > start && (buffer[end - 1] == ' ' || buffer[end - 1] == '\t')) {
      end--;
    }
    return end;
  }

  /** Whether the member is {@code ot}; only asked of lists that {@link #find} found valid. */
  static boolean isOt(byte[] buffer, int start) {
    return buffer[start] == 'o' && buffer[start + 1] == 't' && buffer[start + 2] == '=';
  }

  /** Offset of the {@code =} after a valid key, or -1. */
  private static int keyEnd(byte[] buffer, int start, int end) {
    int tenantSign = -1;
    for (int i = start; i < end; i++) {
      byte b = buffer[i];
      if (b == '=') {
        return isKey(buffer, start, tenantSign, i) ? i : -1;
      }
      if (b == '@' && tenantSign < 0) {
        tenantSign = i;
      } else if (!isKeyByte(b)) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isKey(byte[] buffer, int start, int tenantSign, int end) {
    if (end == start) {
      return false;
    }
    if (tenantSign < 0) {
      return isLetter(buffer[start]) && end - start <= SIMPLE_KEY_MAX;
    }
    int tenant = tenantSign - start;
    int system = end - tenantSign - 1;
    return tenant >= 1
        && tenant <= TENANT_MAX
        && (isLetter(buffer[start]) || isDigit(buffer[start]))
        && system >= 1
        && system <= SYSTEM_MAX
        && isLetter(buffer[tenantSign + 1]);
  }

  private static boolean isKeyByte(byte b) {
    return isLetter(b) || isDigit(b) || b == '_' || b == '-' || b == '*' || b == '/';
  }

  private static boolean isValue(byte[] buffer, int start, int end, int lengthMax) {
    if (end <= start || end - start > lengthMax) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (buffer[i] < 0x20 || buffer[i] > 0x7e) {
        return false;
      }
    }
    return true;
  }

  /** Whether an {@code ot} value can be trusted: not oversize, and sub-keys all the way. */
  static boolean isWellFormedOt(byte[] buffer, long ot) {
    int end = end(ot);
    if (end - start(ot) > OT_VALUE_MAX) {
      return false;
    }
    for (int at = start(ot); ; ) {
      int stop = subEnd(buffer, at, end);
      if (!isSub(buffer, at, stop)) {
        return false;
      }
      if (stop == end) {
        return true;
      }
      at = stop + 1;
    }
  }

  static int subEnd(byte[] buffer, int at, int end) {
    while (at < end && buffer[at] != ';') {
      at++;
    }
    return at;
  }

  private static boolean isSub(byte[] buffer, int start, int end) {
    int colon = start;
    while (colon < end && (isLetter(buffer[colon]) || (isDigit(buffer[colon]) && colon > start))) {
      colon++;
    }
    if (colon == start || colon == end || buffer[colon] != ':') {
      return false;
    }
    for (int i = colon + 1; i < end; i++) {
      if (buffer[i] == ':' || buffer[i] == '=') {
        return false;
      }
    }
    return true;
  }

  static boolean isThreshold(byte[] buffer, int start, int end) {
    return isSub(buffer, start, end, 't', 'h');
  }

  static boolean isRandomness(byte[] buffer, int start, int end) {
    return isSub(buffer, start, end, 'r', 'v');
  }

  private static boolean isSub(byte[] buffer, int start, int end, char first, char second) {
    return end - start >= 3
        && buffer[start] == first
        && buffer[start + 1] == second
        && buffer[start + 2] == ':';
  }

  /** The first {@code th} of a well-formed {@code ot} value. */
  static long subThreshold(byte[] buffer, int start, int end) {
    for (int at = start; at < end; ) {
      int stop = subEnd(buffer, at, end);
      if (isThreshold(buffer, at, stop)) {
        return Threshold.read(buffer, at + 3, stop - at - 3);
      }
      at = stop + 1;
    }
    return Threshold.UNKNOWN;
  }

  private static long subRandomness(byte[] buffer, int start, int end) {
    for (int at = start; at < end; ) {
      int stop = subEnd(buffer, at, end);
      if (isRandomness(buffer, at, stop)) {
        return Randomness.read(buffer, at + 3, stop - at - 3);
      }
      at = stop + 1;
    }
    return Randomness.NONE;
  }

  private static boolean isLetter(byte b) {
    return b >= 'a' && b <= 'z';
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
