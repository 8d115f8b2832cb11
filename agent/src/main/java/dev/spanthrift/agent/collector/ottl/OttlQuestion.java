package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.sampler.policy.document.SpanQuestion;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexMatcher;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Events;
import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.Fields;
import dev.spanthrift.sampler.wire.Scanner;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates an {@link Ottl} condition over a span's bytes.
 *
 * <p>For what {@link OttlConditions} cannot turn into a plainer condition: it makes objects of the
 * values that it reads.
 */
final class OttlQuestion implements SpanQuestion {
  /** Read, but of a type that is compared with nothing. */
  private static final Object OPAQUE = new Object();

  private static final Batch NOTHING = new Scanner(1).scan(new byte[0], 0, 0);
  private static final int STATUS = 15;
  private static final int MESSAGE_OF_STATUS = 2;
  private static final String[] KINDS = {
    "Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"
  };

  private final Ottl condition;
  private final boolean ofEvent;
  private final Map<String, RegexMatcher> matchers = new HashMap<>();
  private final Attributes attributes = new Attributes();
  private final Events events = new Events();
  private final FieldCursor fields = new FieldCursor();
  private final FieldCursor status = new FieldCursor();
  private Batch batch = NOTHING;
  private int row;

  OttlQuestion(Ottl condition, boolean ofEvent) {
    this.condition = condition;
    this.ofEvent = ofEvent;
  }

  @Override
  public boolean test(Batch batch, int row) {
    this.batch = batch;
    this.row = row;
    if (!ofEvent) {
      return holds(condition);
    }
    events.over(batch.buffer(), batch.body(row), batch.end(row) - batch.body(row));
    while (events.next()) {
      if (holds(condition)) {
        return true;
      }
    }
    return false;
  }

  private boolean holds(Ottl asked) {
    return switch (asked) {
      case Ottl.Or or -> or.parts().stream().anyMatch(this::holds);
      case Ottl.And and -> and.parts().stream().allMatch(this::holds);
      case Ottl.Not not -> !holds(not.part());
      case Ottl.Always always -> always.value();
      case Ottl.IsRootSpan root -> !batch.hasParent(row);
      case Ottl.Compare compare ->
          compare(value(compare.left()), compare.operator(), value(compare.right()));
      case Ottl.IsMatch match -> matches(value(match.value()), match.pattern());
      case Ottl.HasPrefix has ->
          value(has.value()) instanceof String text && text.startsWith(has.prefix());
      case Ottl.HasSuffix has ->
          value(has.value()) instanceof String text && text.endsWith(has.suffix());
      case Ottl.IsType is -> isType(value(is.value()), is.type());
    };
  }

  private static boolean isType(@Nullable Object value, Ottl.Type type) {
    return switch (type) {
      case STRING -> value instanceof String;
      case INT -> value instanceof Long;
      case DOUBLE -> value instanceof Double;
      case BOOL -> value instanceof Boolean;
    };
  }

  /** What is no text is matched in the form that Go prints it. */
  private boolean matches(@Nullable Object value, String pattern) {
    if (value == null || value == OPAQUE) {
      return false;
    }
    byte[] text = printed(value).getBytes(StandardCharsets.UTF_8);
    return matchers
        .computeIfAbsent(pattern, p -> Regex.compile(p).matcher())
        .find(text, 0, text.length);
  }

  private static String printed(Object value) {
    return value instanceof Double number && Double.isFinite(number)
        ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
        : String.valueOf(value);
  }

  private static boolean compare(
      @Nullable Object left, Ottl.Operator operator, @Nullable Object right) {
    Integer order = order(left, right);
    if (order == null) {
      return operator == Ottl.Operator.NOT_EQUAL; // other types are only ever different
    }
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  private static @Nullable Integer order(@Nullable Object left, @Nullable Object right) {
    return switch (left) {
      case null -> right == null ? 0 : null;
      case Long a when right instanceof Long b -> Long.compare(a, b);
      case Number a when right instanceof Number b ->
          Double.compare(a.doubleValue(), b.doubleValue());
      case String a when right instanceof String b -> Integer.signum(a.compareTo(b));
      case Boolean a when right instanceof Boolean b -> Boolean.compare(a, b);
      default -> null;
    };
  }

  private @Nullable Object value(Ottl.Value asked) {
    return switch (asked) {
      case Ottl.Literal literal -> literal.value();
      case Ottl.Path path -> value(path);
      case Ottl.Arithmetic sum -> calculated(value(sum.left()), sum.operator(), value(sum.right()));
    };
  }

  private static @Nullable Object calculated(
      @Nullable Object left, char operator, @Nullable Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return switch (operator) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        default -> b == 0 ? OPAQUE : (Object) (a / b);
      };
    }
    if (left instanceof Number m && right instanceof Number n) {
      double a = m.doubleValue();
      double b = n.doubleValue();
      return switch (operator) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        default -> a / b;
      };
    }
    return OPAQUE;
  }

  private @Nullable Object value(Ottl.Path path) {
    return switch (path.field()) {
      case ATTRIBUTE -> attribute(path);
      case NAME -> path.part() == Ottl.Part.EVENT ? eventName() : spanName();
      case KIND -> (long) batch.kind(row);
      case KIND_TEXT -> batch.kind(row) < KINDS.length ? KINDS[batch.kind(row)] : "";
      case STATUS_CODE -> (long) batch.statusCode(row);
      case STATUS_MESSAGE -> statusMessage();
      case TRACE_STATE -> traceState(path.key());
      case PARENT_SPAN_ID -> batch.hasParent(row) ? OPAQUE : null;
      case START -> batch.startNanos(row);
      case END -> batch.endNanos(row);
    };
  }

  private String spanName() {
    return text(batch.buffer(), batch.nameOffset(row), batch.nameLength(row));
  }

  private String statusMessage() {
    String message = "";
    fields.on(batch.buffer(), batch.body(row), batch.end(row) - batch.body(row));
    while (fields.next()) {
      if (fields.field() == STATUS && fields.isBytes()) {
        status.on(fields.buffer(), fields.start(), fields.length());
        while (status.next()) {
          if (status.field() == MESSAGE_OF_STATUS && status.isBytes()) {
            message = text(status.buffer(), status.start(), status.length());
          }
        }
      }
    }
    return message;
  }

  private String eventName() {
    return text(batch.buffer(), events.nameOffset(), events.nameLength());
  }

  private static String text(byte[] buffer, int offset, int length) {
    return new String(buffer, offset, length, StandardCharsets.UTF_8);
  }

  private String traceState(String key) {
    byte[] buffer = batch.buffer();
    long found =
        TraceState.find(
            buffer,
            batch.traceStateOffset(row),
            batch.traceStateLength(row),
            key.getBytes(StandardCharsets.UTF_8));
    return found < 0
        ? ""
        : text(buffer, TraceState.start(found), TraceState.end(found) - TraceState.start(found));
  }

  private @Nullable Object attribute(Ottl.Path path) {
    switch (path.part()) {
      case SPAN -> {
        int body = batch.body(row);
        attributes.over(batch.buffer(), body, batch.end(row) - body, Fields.ATTRIBUTES_OF_SPAN);
      }
      case EVENT ->
          attributes.over(
              batch.buffer(), events.bodyOffset(), events.bodyLength(), Fields.ATTRIBUTES_OF_EVENT);
      case SCOPE -> over(batch.scopes(), batch.scope(row), Fields.ATTRIBUTES_OF_SCOPE);
      case RESOURCE ->
          over(
              batch.resources(),
              batch.resourceOfScope(batch.scope(row)),
              Fields.ATTRIBUTES_OF_RESOURCE);
    }
    return attributes.find(path.key().getBytes(StandardCharsets.UTF_8)) ? read() : null;
  }

  private void over(Envelopes messages, int message, int field) {
    attributes.over(
        messages.messageBuffer(message),
        messages.messageOffset(message),
        messages.messageLength(message),
        field);
  }

  private Object read() {
    return switch (attributes.readValue()) {
      case Attributes.STRING ->
          text(attributes.buffer(), attributes.valueOffset(), attributes.valueLength());
      case Attributes.INT -> attributes.intValue();
      case Attributes.DOUBLE -> attributes.doubleValue();
      case Attributes.BOOL -> attributes.boolValue();
      default -> OPAQUE;
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OttlQuestion question
        && question.ofEvent == ofEvent
        && question.condition.equals(condition);
  }

  @Override
  public int hashCode() {
    return condition.hashCode();
  }

  @Override
  public String toString() {
    return condition.toString();
  }
}
