package dev.spanthrift.sampler.policy.document;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a policy asks of a fragment: a tree of and, or, not over questions.
 *
 * <p>A question about a span is true when it is true of <em>any</em> span; {@link SameSpan} asks
 * several of one and the same span. So {@code Not(Kind(SERVER))} means that no span is a server.
 */
public sealed interface Condition {
  /** True of every fragment. */
  Condition ALWAYS = new All(List.of());

  /** All of them; true when there are none. */
  record All(List<Condition> conditions) implements Condition {
    public All {
      conditions = List.copyOf(conditions);
    }

    public static All of(Condition... conditions) {
      return new All(List.of(conditions));
    }
  }

  /** Any of them; at least one must be given. */
  record Any(List<Condition> conditions) implements Condition {
    public Any {
      conditions = List.copyOf(conditions);
    }

    public static Any of(Condition... conditions) {
      return new Any(List.of(conditions));
    }
  }

  record Not(Condition condition) implements Condition {}

  /** All of them are true of one and the same span; inside, {@link Not} is about that span too. */
  record SameSpan(List<Condition> conditions) implements Condition {
    public SameSpan {
      conditions = List.copyOf(conditions);
    }

    public static SameSpan of(Condition... conditions) {
      return new SameSpan(List.of(conditions));
    }
  }

  /** A question about one span. */
  sealed interface OfSpan extends Condition {}

  /** A question about the fragment as a whole. */
  sealed interface OfTrace extends Condition {}

  record Attribute(Where where, String key, ValueTest test) implements OfSpan {}

  record Name(ValueTest.Text test) implements OfSpan {}

  /** The name of one of the span's events. */
  record EventName(ValueTest.Text test) implements OfSpan {}

  record Kind(Set<SpanKind> kinds) implements OfSpan {
    public Kind {
      kinds = Set.copyOf(kinds);
    }

    public static Kind of(SpanKind first, SpanKind... more) {
      return new Kind(EnumSet.of(first, more));
    }
  }

  record Status(Set<SpanStatus> statuses) implements OfSpan {
    public Status {
      statuses = Set.copyOf(statuses);
    }

    public static Status of(SpanStatus first, SpanStatus... more) {
      return new Status(EnumSet.of(first, more));
    }
  }

  /**
   * A member of the W3C trace state.
   *
   * @param test null asks only whether there is one
   */
  record TraceStateEntry(String key, ValueTest.@Nullable Text test) implements OfSpan {}

  /** The span has no parent. */
  record Root() implements OfSpan {}

  /** What only code can ask; it cannot be written down in a policy document. */
  record Custom(SpanQuestion question) implements OfSpan {}

  /**
   * Latest end − earliest start of the fragment.
   *
   * @param moreThan excluded
   * @param atMost included; null for no upper bound
   */
  record Lasts(Duration moreThan, @Nullable Duration atMost) implements OfTrace {
    public static Lasts moreThan(Duration duration) {
      return new Lasts(duration, null);
    }
  }

  /** Number of spans in the fragment, both bounds included. */
  record SpanCount(int atLeast, int atMost) implements OfTrace {}

  /** Encoded bytes of the fragment's spans, both bounds included. */
  record Bytes(long atLeast, long atMost) implements OfTrace {}

  /** A span without a parent is in the fragment. */
  record HasRootSpan() implements OfTrace {}

  /** A span with status ERROR is in the fragment; the same as asking for that status. */
  record HasError() implements OfTrace {}
}
