package dev.spanthrift.agent.collector.refinery;

import dev.spanthrift.agent.collector.reading.Conditions;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field as Honeycomb names it, of an OTLP span; what cannot be asked of it answers null.
 *
 * <p>Most are attributes of span, scope or resource; a few are the span's own.
 */
sealed interface RefineryField {
  Set<String> UNKNOWN =
      Set.of(
          "status_message",
          "trace.trace_id",
          "trace.span_id",
          "parent_name",
          "library.name",
          "library.version",
          "span.num_links",
          "span.num_events",
          "timestamp",
          "duration_ms");

  /** Null when OTLP, or our conditions, have no such thing. */
  static @Nullable RefineryField of(String name) {
    return switch (name) {
      case "name" -> new Name();
      case "error" -> new ErrorMark();
      case "status_code" -> new StatusCode();
      case "kind", "span.kind", "type" -> new Kind();
      case "trace.parent_id" -> new Parent();
      default ->
          name.isEmpty() || isComputed(name) || UNKNOWN.contains(name) ? null : new Attribute(name);
    };
  }

  /** Made by Refinery, never sent by anybody. */
  private static boolean isComputed(String name) {
    return name.startsWith("?.") || name.startsWith("meta.");
  }

  Condition exists();

  default @Nullable Condition text(ValueTest.Text test) {
    return null;
  }

  default @Nullable Condition number(ValueTest.Range range) {
    return null;
  }

  default @Nullable Condition flag(boolean value) {
    return null;
  }

  /** An attribute, wherever it stands. */
  record Attribute(String key) implements RefineryField {
    @Override
    public Condition exists() {
      return ask(ValueTest.EXISTS);
    }

    @Override
    public Condition text(ValueTest.Text test) {
      return ask(test);
    }

    @Override
    public Condition number(ValueTest.Range range) {
      return ask(range);
    }

    @Override
    public Condition flag(boolean value) {
      return ask(new ValueTest.Flag(value));
    }

    private Condition ask(ValueTest test) {
      return new Condition.Attribute(Where.ANY, key, test);
    }
  }

  /** The span's name. */
  record Name() implements RefineryField {
    @Override
    public Condition exists() {
      return Condition.ALWAYS;
    }

    @Override
    public Condition text(ValueTest.Text test) {
      return new Condition.Name(test);
    }
  }

  /** Stands there, as true, when the status is ERROR. */
  record ErrorMark() implements RefineryField {
    @Override
    public Condition exists() {
      return Condition.Status.of(SpanStatus.ERROR);
    }

    @Override
    public Condition flag(boolean value) {
      return value ? exists() : Conditions.NEVER;
    }
  }

  /** The status as its number. */
  record StatusCode() implements RefineryField {
    @Override
    public Condition exists() {
      return Condition.ALWAYS;
    }

    @Override
    public @Nullable Condition number(ValueTest.Range range) {
      SpanStatus status = RefineryConditions.status(range);
      return status == null ? null : Condition.Status.of(status);
    }
  }

  /** The kind, in small letters. */
  record Kind() implements RefineryField {
    @Override
    public Condition exists() {
      return Condition.ALWAYS;
    }

    @Override
    public @Nullable Condition text(ValueTest.Text test) {
      Set<SpanKind> kinds = EnumSet.noneOf(SpanKind.class);
      if (test instanceof ValueTest.In in) {
        for (SpanKind kind : SpanKind.values()) {
          if (in.values().contains(kind.name().toLowerCase(Locale.ROOT))) {
            kinds.add(kind);
          }
        }
      }
      return kinds.isEmpty() ? null : new Condition.Kind(kinds);
    }
  }

  /** The parent's id, which roots do not have. */
  record Parent() implements RefineryField {
    @Override
    public Condition exists() {
      return new Condition.Not(new Condition.Root());
    }
  }
}
