package dev.spanthrift.sampler.policy.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A set of code points: sorted, disjoint ranges, and a bitmap of its ASCII part. */
final class CharClass {
  static final CharClass DIGIT = ranges('0', '9');
  static final CharClass WORD = ranges('0', '9', 'A', 'Z', '_', '_', 'a', 'z');
  static final CharClass SPACE = ranges('\t', '\n', '\f', '\r', ' ', ' ');
  static final CharClass ANY = ranges(0, Character.MAX_CODE_POINT);
  static final CharClass NOT_NEWLINE = ranges('\n', '\n').negate();

  private final int[] bounds; // from, to, from, to …; both included
  private final long low; // code points 0 to 63
  private final long high; // code points 64 to 127

  private CharClass(int[] bounds) {
    this.bounds = bounds;
    long[] ascii = new long[2];
    for (int c = 0; c < 128; c++) {
      if (search(c)) {
        ascii[c >> 6] |= 1L << c;
      }
    }
    low = ascii[0];
    high = ascii[1];
  }

  /** From pairs of bounds in any order, overlapping or not. */
  static CharClass ranges(int... pairs) {
    List<int[]> sorted = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      sorted.add(new int[] {pairs[i], pairs[i + 1]});
    }
    sorted.sort(Comparator.comparingInt(range -> range[0]));
    List<int[]> merged = new ArrayList<>();
    for (int[] range : sorted) {
      int[] last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && range[0] <= last[1] + 1) {
        last[1] = Math.max(last[1], range[1]);
      } else {
        merged.add(range);
      }
    }
    return new CharClass(merged.stream().flatMapToInt(Arrays::stream).toArray());
  }

  static CharClass union(List<CharClass> classes) {
    return ranges(classes.stream().flatMapToInt(c -> Arrays.stream(c.bounds)).toArray());
  }

  CharClass negate() {
    int[] out = new int[bounds.length + 2];
    int size = 0;
    int next = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      if (next < bounds[i]) {
        out[size++] = next;
        out[size++] = bounds[i] - 1;
      }
      next = bounds[i + 1] + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      out[size++] = next;
      out[size++] = Character.MAX_CODE_POINT;
    }
    return new CharClass(Arrays.copyOf(out, size));
  }

  /** With the other case of each letter: of all ASCII letters, of others where they stand alone. */
  CharClass foldCase() {
    List<CharClass> parts = new ArrayList<>();
    parts.add(this);
    for (char c = 'a'; c <= 'z'; c++) {
      char upper = (char) (c - 'a' + 'A');
      if (contains(c) || contains(upper)) {
        parts.add(ranges(c, c, upper, upper));
      }
    }
    for (int i = 0; i < bounds.length; i += 2) {
      int c = bounds[i];
      if (c > 127 && c == bounds[i + 1]) {
        int lower = Character.toLowerCase(c);
        int upper = Character.toUpperCase(c);
        parts.add(ranges(lower, lower, upper, upper));
      }
    }
    return union(parts);
  }

  boolean contains(int c) {
    if (c < 64) {
      return (low >>> c & 1) != 0;
    }
    return c < 128 ? (high >>> c & 1) != 0 : search(c);
  }

  private boolean search(int c) {
    int from = 0;
    int to = bounds.length / 2 - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      if (c < bounds[2 * middle]) {
        to = middle - 1;
      } else if (c > bounds[2 * middle + 1]) {
        from = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }
}
