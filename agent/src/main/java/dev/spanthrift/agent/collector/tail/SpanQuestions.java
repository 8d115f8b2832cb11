package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.agent.collector.ottl.value.GoNumber;
import dev.spanthrift.agent.collector.ottl.value.GoTraceState;
import dev.spanthrift.sampler.policy.document.SpanQuestion;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexMatcher;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What the Collector asks of a span in ways of its own. */
public final class SpanQuestions {
  private static final int SAMPLED_FLAG = 1;

  /** An end without a start. */
  static final SpanQuestion NO_START =
      (batch, row) -> batch.startNanos(row) == 0 && batch.endNanos(row) != 0;

  /** The trace flag "sampled". */
  public static final SpanQuestion SAMPLED = (batch, row) -> (batch.flags(row) & SAMPLED_FLAG) != 0;

  /** A trace state that the Collector's samplers cannot read. */
  static final SpanQuestion MALFORMED_TRACE_STATE =
      new SpanQuestion() {
        private final OtelTraceState state = new OtelTraceState();

        @Override
        public boolean test(Batch batch, int row) {
          int length = batch.traceStateLength(row);
          return length > 0 && !state.read(batch.buffer(), batch.traceStateOffset(row), length);
        }
      };

  private SpanQuestions() {}

  /** One of the values at a key of the trace state; in one that is malformed there are none. */
  public static SpanQuestion traceState(String key, Set<String> values) {
    return new StateMember(key, Set.copyOf(values));
  }

  private record StateMember(String key, Set<String> values) implements SpanQuestion {
    @Override
    public boolean test(Batch batch, int row) {
      int length = batch.traceStateLength(row);
      if (length == 0) {
        return false;
      }
      String state =
          new String(
              batch.buffer(), batch.traceStateOffset(row), length, StandardCharsets.US_ASCII);
      String value = GoTraceState.get(state, key);
      return value != null && values.contains(value);
    }
  }

  /** An integer attribute of span or resource in a range; one of another type counts as 0. */
  public static SpanQuestion number(String key, long min, long max) {
    return new OfAttribute(key, "number " + min + " " + max) {
      @Override
      boolean accepts(Attributes at, int type, boolean ofSpan) {
        long value = type == Attributes.INT ? at.intValue() : 0;
        return value >= min && value <= max;
      }
    };
  }

  /** A boolean attribute of span or resource; one of another type counts as false. */
  public static SpanQuestion flag(String key, boolean wanted) {
    return new OfAttribute(key, "flag " + wanted) {
      @Override
      boolean accepts(Attributes at, int type, boolean ofSpan) {
        return (type == Attributes.BOOL && at.boolValue()) == wanted;
      }
    };
  }

  /**
   * A text attribute in which one of the patterns is found. In a resource one of another type
   * counts as empty text; in a span empty text never matches.
   */
  public static SpanQuestion text(String key, List<String> patterns) {
    RegexMatcher[] matchers =
        patterns.stream().map(p -> Regex.compile(p).matcher()).toArray(RegexMatcher[]::new);
    return new OfAttribute(key, "text " + patterns) {
      @Override
      boolean accepts(Attributes at, int type, boolean ofSpan) {
        int length = type == Attributes.STRING ? at.valueLength() : 0;
        if (ofSpan && length == 0) {
          return false;
        }
        for (RegexMatcher matcher : matchers) {
          if (matcher.find(at.buffer(), length == 0 ? 0 : at.valueOffset(), length)) {
            return true;
          }
        }
        return false;
      }
    };
  }

  /** Whether {@code sampling.priority} of the span is above 0, or is 0. */
  static SpanQuestion priority(boolean above) {
    return new OfAttribute("sampling.priority", "priority " + above) {
      @Override
      boolean inResource() {
        return false;
      }

      @Override
      boolean accepts(Attributes at, int type, boolean ofSpan) {
        double value =
            switch (type) {
              case Attributes.INT -> at.intValue();
              case Attributes.DOUBLE -> at.doubleValue();
              case Attributes.STRING -> parsed(at);
              default -> Double.NaN;
            };
        return above ? value > 0 : value == 0;
      }
    };
  }

  private static double parsed(Attributes at) {
    return GoNumber.parse(
        new String(at.buffer(), at.valueOffset(), at.valueLength(), StandardCharsets.UTF_8));
  }

  /** Looks for the first attribute of a key in the resource and in the span. */
  abstract static class OfAttribute implements SpanQuestion {
    private final byte[] key;
    private final String test; // what tells it from others of the same key
    private final Attributes attributes = new Attributes();

    OfAttribute(String key, String test) {
      this.key = key.getBytes(StandardCharsets.UTF_8);
      this.test = key + " " + test;
    }

    abstract boolean accepts(Attributes at, int type, boolean ofSpan);

    boolean inResource() {
      return true;
    }

    @Override
    public boolean test(Batch batch, int row) {
      return (inResource() && ofResource(batch, row)) || ofSpan(batch, row);
    }

    private boolean ofResource(Batch batch, int row) {
      Envelopes resources = batch.resources();
      int resource = batch.resourceOfScope(batch.scope(row));
      attributes.over(
          resources.messageBuffer(resource),
          resources.messageOffset(resource),
          resources.messageLength(resource),
          Fields.ATTRIBUTES_OF_RESOURCE);
      return attributes.find(key) && accepts(attributes, attributes.readValue(), false);
    }

    private boolean ofSpan(Batch batch, int row) {
      int body = batch.body(row);
      attributes.over(batch.buffer(), body, batch.end(row) - body, Fields.ATTRIBUTES_OF_SPAN);
      return attributes.find(key) && accepts(attributes, attributes.readValue(), true);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OfAttribute question && question.test.equals(test);
    }

    @Override
    public int hashCode() {
      return Objects.hashCode(test);
    }

    @Override
    public String toString() {
      return test;
    }
  }
}
