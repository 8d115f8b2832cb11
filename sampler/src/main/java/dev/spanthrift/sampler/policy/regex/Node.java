package dev.spanthrift.sampler.policy.regex;

import java.util.List;

/** A parsed pattern. */
sealed interface Node {
  record Chars(CharClass set) implements Node {}

  record Assertion(Kind kind) implements Node {}

  record Sequence(List<Node> parts) implements Node {}

  record Either(List<Node> branches) implements Node {}

  /** At least {@code min}, at most {@code max} times; {@link #UNBOUNDED} for no limit. */
  record Repeat(Node node, int min, int max) implements Node {}

  int UNBOUNDED = -1;

  enum Kind {
    TEXT_START,
    TEXT_END,
    LINE_START,
    LINE_END,
    WORD_BOUNDARY,
    NO_WORD_BOUNDARY
  }
}
