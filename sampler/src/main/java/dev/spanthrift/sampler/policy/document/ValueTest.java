package dev.spanthrift.sampler.policy.document;

import java.math.BigDecimal;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A question about one attribute's value; a value of another type answers no. */
public sealed interface ValueTest {
  ValueTest EXISTS = new Exists();

  /** There is such an attribute, whatever its value. */
  record Exists() implements ValueTest {}

  /** A boolean with this value. */
  record Flag(boolean value) implements ValueTest {}

  /**
   * An integer or a double between two bounds. An integer is compared exactly, a double with the
   * bound's nearest double.
   *
   * @param from null for no lower bound
   * @param to null for no upper bound
   */
  record Range(
      @Nullable BigDecimal from,
      boolean fromInclusive,
      @Nullable BigDecimal to,
      boolean toInclusive)
      implements ValueTest {
    public Range {
      from = from == null ? null : from.stripTrailingZeros();
      to = to == null ? null : to.stripTrailingZeros();
    }

    public static Range equalTo(BigDecimal value) {
      return new Range(value, true, value, true);
    }

    public static Range atLeast(BigDecimal value) {
      return new Range(value, true, null, false);
    }

    public static Range between(BigDecimal from, BigDecimal to) {
      return new Range(from, true, to, true);
    }
  }

  /** A question about text: UTF-8, case matters. */
  sealed interface Text extends ValueTest {}

  /** One of these strings. */
  record In(Set<String> values) implements Text {
    public In {
      values = Set.copyOf(values);
    }

    public static In of(String... values) {
      return new In(Set.of(values));
    }

    @Override
    public String toString() {
      return "In" + new TreeSet<>(values);
    }
  }

  record StartsWith(String prefix) implements Text {}

  record EndsWith(String suffix) implements Text {}

  record Contains(String part) implements Text {}

  /**
   * A regular expression in RE2 syntax, found anywhere unless anchored. Runs in time linear in the
   * text, whatever the pattern.
   */
  record Matches(String pattern) implements Text {}
}
