package dev.spanthrift.sampler.policy;

import com.google.protobuf.ByteString;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import dev.spanthrift.sampler.policy.question.Observer;
import dev.spanthrift.sampler.trace.Fragment;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Random requests and conditions over a vocabulary so small that they often meet. */
final class RandomTraces {
  private static final String[] KEYS = {"a", "http.route", "b"};
  private static final String[] TEXTS = {"", "x", "xy", "xyz", "/checkout", "yz"};

  private final Random random;

  RandomTraces(Random random) {
    this.random = random;
  }

  /** One request whose spans all belong to one trace. */
  ExportTraceServiceRequest request() {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (int r = random.nextInt(3); r >= 0; r--) {
      ResourceSpans.Builder resource = ResourceSpans.newBuilder();
      resource.setResource(Resource.newBuilder().addAllAttributes(attributes()));
      for (int s = random.nextInt(3); s > 0; s--) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        scope.setScope(InstrumentationScope.newBuilder().addAllAttributes(attributes()));
        for (int n = random.nextInt(3); n > 0; n--) {
          scope.addSpans(span());
        }
        resource.addScopeSpans(scope);
      }
      request.addResourceSpans(resource);
    }
    return request.build();
  }

  private Span span() {
    long start = 1_000_000_000L + random.nextInt(3) * 1_000_000_000L;
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(
                ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6}))
            .setSpanId(
                ByteString.copyFrom(new byte[] {1, 1, 1, 1, 1, 1, 1, (byte) random.nextInt()}))
            .setName(text())
            .setKindValue(random.nextInt(6))
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + random.nextInt(4) * 500_000_000L)
            .setTraceState(random.nextInt(3) == 0 ? "a=" + text() + ",v=x" : "")
            .addAllAttributes(attributes());
    if (random.nextBoolean()) {
      span.setParentSpanId(ByteString.copyFrom(new byte[] {0, 1, 1, 1, 1, 1, 1, 1}));
    }
    if (random.nextBoolean()) {
      span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)));
    }
    for (int n = random.nextInt(2); n > 0; n--) {
      span.addEvents(Span.Event.newBuilder().setName(text()).addAllAttributes(attributes()));
    }
    return span.build();
  }

  private List<KeyValue> attributes() {
    List<KeyValue> out = new ArrayList<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      AnyValue.Builder value = AnyValue.newBuilder();
      switch (random.nextInt(5)) {
        case 0 -> value.setBoolValue(random.nextBoolean());
        case 1 -> value.setIntValue(random.nextInt(5) - 2);
        case 2 -> value.setDoubleValue((random.nextInt(9) - 4) / 2.0);
        default -> value.setStringValue(text());
      }
      out.add(KeyValue.newBuilder().setKey(key()).setValue(value).build());
    }
    return out;
  }

  private String key() {
    return KEYS[random.nextInt(KEYS.length)];
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  Condition condition(int depth, boolean ofOneSpan) {
    int choice = random.nextInt(depth > 0 ? 10 : 5);
    return switch (choice) {
      case 5 -> new Condition.All(conditions(depth, ofOneSpan, 0));
      case 6 -> new Condition.Any(conditions(depth, ofOneSpan, 1));
      case 7 -> new Condition.Not(condition(depth - 1, ofOneSpan));
      case 8, 9 ->
          ofOneSpan ? condition(0, true) : new Condition.SameSpan(conditions(depth, true, 1));
      case 4 -> ofOneSpan ? ofSpan() : ofTrace();
      default -> ofSpan();
    };
  }

  private List<Condition> conditions(int depth, boolean ofOneSpan, int atLeast) {
    List<Condition> out = new ArrayList<>();
    for (int n = atLeast + random.nextInt(3); n > 0; n--) {
      out.add(condition(depth - 1, ofOneSpan));
    }
    return out;
  }

  private Condition ofTrace() {
    return switch (random.nextInt(5)) {
      case 0 -> new Condition.HasError();
      case 1 -> new Condition.HasRootSpan();
      case 2 -> {
        int atLeast = random.nextInt(3);
        yield new Condition.SpanCount(atLeast, atLeast + random.nextInt(4));
      }
      case 3 -> new Condition.Bytes(random.nextInt(200), 200 + random.nextInt(200));
      default -> {
        Duration more = Duration.ofMillis(random.nextInt(4) * 500L);
        yield new Condition.Lasts(more, random.nextBoolean() ? null : more.plusSeconds(1));
      }
    };
  }

  private Condition ofSpan() {
    return switch (random.nextInt(9)) {
      case 5 -> new Condition.Root();
      case 0 -> new Condition.Name(textTest());
      case 1 -> new Condition.EventName(textTest());
      case 2 -> new Condition.Kind(some(EnumSet.allOf(SpanKind.class)));
      case 3 -> new Condition.Status(some(EnumSet.allOf(SpanStatus.class)));
      case 4 ->
          new Condition.TraceStateEntry(
              random.nextBoolean() ? "a" : "v", random.nextBoolean() ? null : textTest());
      default -> {
        Where[] places = Where.values();
        yield new Condition.Attribute(places[random.nextInt(places.length)], key(), valueTest());
      }
    };
  }

  private <E extends Enum<E>> Set<E> some(EnumSet<E> all) {
    List<E> values = new ArrayList<>(all);
    all.removeIf(value -> random.nextBoolean());
    return all.isEmpty() ? EnumSet.of(values.getFirst()) : all;
  }

  private ValueTest valueTest() {
    return switch (random.nextInt(5)) {
      case 0 -> ValueTest.EXISTS;
      case 1 -> new ValueTest.Flag(random.nextBoolean());
      case 2, 3 -> range();
      default -> textTest();
    };
  }

  private ValueTest.Range range() {
    BigDecimal from = BigDecimal.valueOf((random.nextInt(7) - 4) * 5L, 1);
    BigDecimal to = from.add(BigDecimal.valueOf((1 + random.nextInt(4)) * 5L, 1));
    return switch (random.nextInt(3)) {
      case 0 -> new ValueTest.Range(from, random.nextBoolean(), null, false);
      case 1 -> new ValueTest.Range(null, false, to, random.nextBoolean());
      default -> new ValueTest.Range(from, random.nextBoolean(), to, random.nextBoolean());
    };
  }

  private ValueTest.Text textTest() {
    String part = TEXTS[1 + random.nextInt(TEXTS.length - 1)];
    return switch (random.nextInt(5)) {
      case 0 -> new ValueTest.StartsWith(part);
      case 1 -> new ValueTest.EndsWith(part);
      case 2 -> new ValueTest.Contains(part);
      case 3 -> new ValueTest.Matches("^" + part + "?");
      default -> ValueTest.In.of(part, part + "z", "q");
    };
  }

  /** What the real scanner and observer make of a request: facts and a fragment. */
  record Observed(Fragment fragment, long[] facts) {
    static Observed of(ExportTraceServiceRequest request, PolicySet set, Observer observer) {
      byte[] bytes = request.toByteArray();
      Batch batch = new Scanner(10_000).scan(bytes, 0, bytes.length);
      long[] facts = new long[set.factWords() + 2];
      Fragment fragment = new Fragment().begin(1, 2, 0x80000000000000L);
      observer.begin(batch);
      for (int row = 0; row < batch.size(); row++) {
        observer.observe(row, facts, 1);
        fragment.add(
            batch.spanId(row),
            batch.parentSpanId(row),
            batch.startNanos(row),
            batch.durationNanos(row),
            0,
            0,
            batch.isError(row) ? Fragment.ERROR : 0,
            batch.bytes(row));
      }
      return new Observed(fragment, facts);
    }
  }
}
