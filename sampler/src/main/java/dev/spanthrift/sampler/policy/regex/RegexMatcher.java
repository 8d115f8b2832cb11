package dev.spanthrift.sampler.policy.regex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs one {@link Regex} over UTF-8 where it lies; allocates nothing while running.
 *
 * <p>Gives up, and answers no, after {@link #STEPS_MAX} steps: that is some 10 ms, and takes a text
 * of many kilobytes and a large pattern. Not thread-safe.
 */
public final class RegexMatcher {
  static final int STEPS_MAX = 2_000_000;
  private static final int NO_CHAR = -1;

  private final Regex regex;
  private final boolean anchored;
  private final @Nullable CharClass firstSet;
  private int[] current; // the states alive, CHARS only
  private int[] upcoming;
  private int currentSize;
  private int upcomingSize;
  private final int[] seen; // step at which a state was last added
  private final int[] stack;
  private int step;
  private boolean matched;
  private int work;
  private long gaveUp;

  RegexMatcher(Regex regex) {
    this.regex = regex;
    anchored = regex.isAnchored();
    firstSet = regex.firstSet();
    current = new int[regex.size()];
    upcoming = new int[regex.size()];
    seen = new int[regex.size()];
    stack = new int[2 * regex.size() + 2];
  }

  /** Whether the pattern is found anywhere in the text. */
  public boolean find(byte[] text, int offset, int length) {
    int end = offset + length;
    int at = offset;
    int before = NO_CHAR;
    matched = false;
    work = 0;
    upcomingSize = 0;
    if (step > Integer.MAX_VALUE - length - 2) {
      step = 0;
      Arrays.fill(seen, 0);
    }
    step++;
    while (true) {
      int c = at < end ? decode(text, at, end) : NO_CHAR;
      int after = c == NO_CHAR ? NO_CHAR : c & 0x1fffff;
      if (upcomingSize == 0 && c != NO_CHAR && firstSet != null && !firstSet.contains(after)) {
        at += c >>> 24;
        before = after;
        continue; // nothing alive, and nothing can begin here
      }
      if (!anchored || before == NO_CHAR) {
        add(regex.start(), before, after);
      }
      if (matched || after == NO_CHAR || (upcomingSize == 0 && anchored)) {
        return matched;
      }
      if (work > STEPS_MAX) {
        gaveUp++;
        return false;
      }
      advance(after, at + (c >>> 24) < end ? decode(text, at + (c >>> 24), end) : NO_CHAR);
      if (matched) {
        return true;
      }
      at += c >>> 24;
      before = after;
    }
  }

  /** How often a text took too many steps. */
  public long gaveUp() {
    return gaveUp;
  }

  /** Moves every state alive over one character. */
  private void advance(int c, int nextDecoded) {
    int[] spare = current;
    current = upcoming;
    currentSize = upcomingSize;
    upcoming = spare;
    upcomingSize = 0;
    step++;
    int after = nextDecoded == NO_CHAR ? NO_CHAR : nextDecoded & 0x1fffff;
    work += currentSize + 1;
    for (int i = 0; i < currentSize && !matched; i++) {
      int state = current[i];
      if (regex.set(state).contains(c)) {
        add(regex.next(state), c, after);
      }
    }
  }

  /** Adds a state and all that it leads to without reading a character. */
  private void add(int first, int before, int after) {
    int depth = 0;
    stack[depth++] = first;
    while (depth > 0) {
      int state = stack[--depth];
      if (seen[state] == step) {
        continue;
      }
      seen[state] = step;
      work++;
      switch (regex.operation(state)) {
        case Regex.CHARS -> upcoming[upcomingSize++] = state;
        case Regex.FORK -> {
          stack[depth++] = regex.other(state);
          stack[depth++] = regex.next(state);
        }
        case Regex.ASSERT -> {
          if (holds(regex.kind(state), before, after)) {
            stack[depth++] = regex.next(state);
          }
        }
        default -> {
          matched = true;
          return;
        }
      }
    }
  }

  private static boolean holds(Node.Kind kind, int before, int after) {
    return switch (kind) {
      case TEXT_START -> before == NO_CHAR;
      case TEXT_END -> after == NO_CHAR;
      case LINE_START -> before == NO_CHAR || before == '\n';
      case LINE_END -> after == NO_CHAR || after == '\n';
      case WORD_BOUNDARY -> isWord(before) != isWord(after);
      case NO_WORD_BOUNDARY -> isWord(before) == isWord(after);
    };
  }

  private static boolean isWord(int c) {
    return c != NO_CHAR && CharClass.WORD.contains(c);
  }

  /**
   * One character of UTF-8: {@code bytes << 24 | code point}; a byte that is no UTF-8 is U+FFFD.
   */
  private static int decode(byte[] text, int at, int end) {
    int first = text[at];
    if (first >= 0) {
      return 1 << 24 | first;
    }
    int more = first < (byte) 0xc2 ? 0 : first < (byte) 0xe0 ? 1 : first < (byte) 0xf0 ? 2 : 3;
    if (more == 0 || first > (byte) 0xf4 || at + more >= end) {
      return 1 << 24 | 0xfffd;
    }
    int c = first & (0x3f >> more);
    for (int i = 1; i <= more; i++) {
      int next = text[at + i];
      if ((next & 0xc0) != 0x80) {
        return 1 << 24 | 0xfffd;
      }
      c = c << 6 | (next & 0x3f);
    }
    boolean overlong = c < (more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000);
    boolean surrogate = c >= 0xd800 && c < 0xe000;
    return overlong || surrogate || c > 0x10ffff ? 1 << 24 | 0xfffd : (more + 1) << 24 | c;
  }
}
