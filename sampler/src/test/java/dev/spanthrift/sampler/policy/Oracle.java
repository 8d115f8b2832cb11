package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Conditions evaluated the slow and obvious way, over the generated classes. */
final class Oracle {
  private record Placed(List<KeyValue> resource, List<KeyValue> scope, Span span) {}

  private final List<Placed> spans = new ArrayList<>();
  private final long bytes;

  Oracle(ExportTraceServiceRequest request) {
    long sum = 0;
    for (ResourceSpans resource : request.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          spans.add(
              new Placed(
                  resource.getResource().getAttributesList(),
                  scope.getScope().getAttributesList(),
                  span));
          int size = span.getSerializedSize();
          sum += 1 + (size < 128 ? 1 : 2) + size;
        }
      }
    }
    bytes = sum;
  }

  boolean matches(Condition condition) {
    return switch (condition) {
      case Condition.All all -> all.conditions().stream().allMatch(this::matches);
      case Condition.Any any -> any.conditions().stream().anyMatch(this::matches);
      case Condition.Not not -> !matches(not.condition());
      case Condition.SameSpan same ->
          spans.stream().anyMatch(s -> same.conditions().stream().allMatch(c -> matches(c, s)));
      case Condition.OfSpan ofSpan -> spans.stream().anyMatch(span -> matches(ofSpan, span));
      case Condition.HasError error ->
          spans.stream().anyMatch(s -> s.span.getStatus().getCodeValue() == 2);
      case Condition.HasRootSpan root ->
          spans.stream().anyMatch(s -> s.span.getParentSpanId().isEmpty());
      case Condition.SpanCount count ->
          spans.size() >= count.atLeast() && spans.size() <= count.atMost();
      case Condition.Bytes b -> bytes >= b.atLeast() && bytes <= b.atMost();
      case Condition.Lasts lasts ->
          duration() > lasts.moreThan().toNanos()
              && (lasts.atMost() == null || duration() <= lasts.atMost().toNanos());
    };
  }

  private long duration() {
    long from = spans.stream().mapToLong(s -> s.span.getStartTimeUnixNano()).min().orElse(0);
    long to = spans.stream().mapToLong(s -> s.span.getEndTimeUnixNano()).max().orElse(0);
    return to - from;
  }

  private static boolean matches(Condition condition, Placed at) {
    return switch (condition) {
      case Condition.All all -> all.conditions().stream().allMatch(c -> matches(c, at));
      case Condition.Any any -> any.conditions().stream().anyMatch(c -> matches(c, at));
      case Condition.Not not -> !matches(not.condition(), at);
      case Condition.SameSpan same -> same.conditions().stream().allMatch(c -> matches(c, at));
      case Condition.Attribute ask ->
          attributes(ask.where(), at)
              .anyMatch(a -> a.getKey().equals(ask.key()) && value(ask.test(), a.getValue()));
      case Condition.Name name -> text(name.test(), at.span.getName());
      case Condition.EventName event ->
          at.span.getEventsList().stream().anyMatch(e -> text(event.test(), e.getName()));
      case Condition.Kind kind ->
          kind.kinds().stream().anyMatch(k -> k.number() == at.span.getKindValue());
      case Condition.Status status ->
          status.statuses().stream()
              .anyMatch(s -> s.number() == at.span.getStatus().getCodeValue());
      case Condition.TraceStateEntry entry -> traceState(entry, at.span.getTraceState());
      case Condition.Root root -> at.span.getParentSpanId().isEmpty();
      case Condition.Custom custom -> throw new AssertionError(custom);
      case Condition.OfTrace trace -> throw new AssertionError(trace);
    };
  }

  private static boolean traceState(Condition.TraceStateEntry entry, String state) {
    String[] members = state.split(",");
    for (String member : members) {
      if (member.endsWith("=")) {
        return false; // not a W3C list: nothing in it is trusted
      }
    }
    for (String member : members) {
      if (member.startsWith(entry.key() + "=")) {
        String value = member.substring(entry.key().length() + 1);
        return entry.test() == null || text(entry.test(), value);
      }
    }
    return false;
  }

  private static Stream<KeyValue> attributes(Where where, Placed at) {
    return switch (where) {
      case RESOURCE -> at.resource.stream();
      case SCOPE -> at.scope.stream();
      case SPAN -> at.span.getAttributesList().stream();
      case EVENT -> at.span.getEventsList().stream().flatMap(e -> e.getAttributesList().stream());
      case ANY ->
          Stream.of(at.resource, at.scope, at.span.getAttributesList()).flatMap(List::stream);
    };
  }

  private static boolean value(ValueTest test, AnyValue value) {
    return switch (test) {
      case ValueTest.Exists exists -> true;
      case ValueTest.Flag flag -> value.hasBoolValue() && value.getBoolValue() == flag.value();
      case ValueTest.Range range -> {
        BigDecimal number =
            value.hasIntValue()
                ? BigDecimal.valueOf(value.getIntValue())
                : value.hasDoubleValue() ? BigDecimal.valueOf(value.getDoubleValue()) : null;
        yield number != null && inside(range, number);
      }
      case ValueTest.Text text -> value.hasStringValue() && text(text, value.getStringValue());
    };
  }

  private static boolean inside(ValueTest.Range range, BigDecimal number) {
    boolean above =
        range.from() == null
            || number.compareTo(range.from()) > 0
            || (range.fromInclusive() && number.compareTo(range.from()) == 0);
    boolean below =
        range.to() == null
            || number.compareTo(range.to()) < 0
            || (range.toInclusive() && number.compareTo(range.to()) == 0);
    return above && below;
  }

  private static boolean text(ValueTest.Text test, String text) {
    return switch (test) {
      case ValueTest.In in -> in.values().contains(text);
      case ValueTest.StartsWith starts -> text.startsWith(starts.prefix());
      case ValueTest.EndsWith ends -> text.endsWith(ends.suffix());
      case ValueTest.Contains contains -> text.contains(contains.part());
      case ValueTest.Matches matches -> Pattern.compile(matches.pattern()).matcher(text).find();
    };
  }
}
