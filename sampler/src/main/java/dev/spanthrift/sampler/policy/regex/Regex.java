package dev.spanthrift.sampler.policy.regex;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern compiled for Thompson's simulation: whatever the pattern, a match takes at most (steps
 * of the program) × (characters of the text).
 *
 * <pre>
 * CHARS set, next     reads one character of the set
 * FORK a, b           goes on at both
 * ASSERT kind, next   goes on if the place is such a one
 * MATCH
 * </pre>
 *
 * <p>Source: K. Thompson, "Regular expression search algorithm", 1968; R. Cox, "Regular Expression
 * Matching: the Virtual Machine Approach". Immutable; each thread needs a {@link RegexMatcher} of
 * its own.
 */
public final class Regex {
  static final int CHARS = 0;
  static final int FORK = 1;
  static final int ASSERT = 2;
  static final int MATCH = 3;
  private static final int SIZE_MAX = 5000;

  private final String pattern;
  private int size;
  private int[] operations = new int[32];
  private int[] nexts = new int[32];
  private int[] others = new int[32]; // of FORK
  private Node.Kind[] kinds = new Node.Kind[32]; // of ASSERT
  private CharClass[] sets = new CharClass[32];
  private final int start;

  private Regex(String pattern) {
    this.pattern = pattern;
    Node node = new Parser(pattern).parse();
    int match = add(MATCH, -1);
    start = compile(node, match);
  }

  /**
   * Compiles a pattern.
   *
   * @throws RegexSyntaxException if it is not in the syntax, or too large
   */
  public static Regex compile(String pattern) {
    return new Regex(pattern);
  }

  public RegexMatcher matcher() {
    return new RegexMatcher(this);
  }

  /** Compiles backwards: what follows is known first. */
  private int compile(Node node, int next) {
    return switch (node) {
      case Node.Chars chars -> {
        int at = add(CHARS, next);
        sets[at] = chars.set();
        yield at;
      }
      case Node.Assertion assertion -> {
        int at = add(ASSERT, next);
        kinds[at] = assertion.kind();
        yield at;
      }
      case Node.Sequence sequence -> {
        int at = next;
        for (Node part : sequence.parts().reversed()) {
          at = compile(part, at);
        }
        yield at;
      }
      case Node.Either either -> {
        int at = compile(either.branches().getLast(), next);
        for (Node branch : either.branches().reversed().subList(1, either.branches().size())) {
          at = fork(compile(branch, next), at);
        }
        yield at;
      }
      case Node.Repeat repeat -> compileRepeat(repeat, next);
    };
  }

  private int compileRepeat(Node.Repeat repeat, int next) {
    int at = next;
    if (repeat.max() == Node.UNBOUNDED) {
      at = fork(next, next);
      int body = compile(repeat.node(), at);
      nexts[at] = body; // not in one line: compiling may replace the array
    }
    for (int i = repeat.min(); i < repeat.max(); i++) {
      at = fork(compile(repeat.node(), at), next);
    }
    for (int i = 0; i < repeat.min(); i++) {
      at = compile(repeat.node(), at);
    }
    return at;
  }

  private int fork(int one, int other) {
    int at = add(FORK, one);
    others[at] = other;
    return at;
  }

  private int add(int operation, int next) {
    if (size == SIZE_MAX) {
      throw new RegexSyntaxException("pattern too large, over " + SIZE_MAX + " steps", 0);
    }
    if (size == operations.length) {
      operations = Arrays.copyOf(operations, size * 2);
      nexts = Arrays.copyOf(nexts, size * 2);
      others = Arrays.copyOf(others, size * 2);
      kinds = Arrays.copyOf(kinds, size * 2);
      sets = Arrays.copyOf(sets, size * 2);
    }
    operations[size] = operation;
    nexts[size] = next;
    return size++;
  }

  int size() {
    return size;
  }

  int start() {
    return start;
  }

  int operation(int at) {
    return operations[at];
  }

  int next(int at) {
    return nexts[at];
  }

  int other(int at) {
    return others[at];
  }

  Node.Kind kind(int at) {
    return kinds[at];
  }

  CharClass set(int at) {
    return sets[at];
  }

  /** Whether nothing can begin to match behind the first character. */
  boolean isAnchored() {
    return operations[start] == ASSERT && kinds[start] == Node.Kind.TEXT_START;
  }

  /**
   * The characters with which a match can begin, so that others are passed over quickly; null when
   * that cannot be said, because the pattern begins with an assertion or matches nothing at all.
   */
  @Nullable CharClass firstSet() {
    List<CharClass> found = new ArrayList<>();
    boolean[] seen = new boolean[size];
    Deque<Integer> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      int at = open.pop();
      if (seen[at]) {
        continue;
      }
      seen[at] = true;
      switch (operations[at]) {
        case CHARS -> found.add(sets[at]);
        case FORK -> {
          open.push(others[at]);
          open.push(nexts[at]);
        }
        default -> {
          return null;
        }
      }
    }
    return CharClass.union(found);
  }

  @Override
  public String toString() {
    return pattern;
  }
}
