package dev.spanthrift.agent.it;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An application of its own process: the OpenTelemetry SDK, configured by nothing but environment
 * variables.
 *
 * <p>Prints a line {@code span TRACE SPAN NAME} for each span that it made.
 */
final class SdkClient {
  static final int TRACES = 40;
  static final int SPANS_PER_TRACE = 3;
  static final int FAILED = 5;
  static final int LOGS = 25;
  static final List<Double> DURATIONS = List.of(1.5, 20.0, 7000.0);

  private static final AttributeKey<Long> NUMBER = AttributeKey.longKey("app.number");
  private static final AttributeKey<Double> RATIO = AttributeKey.doubleKey("app.ratio");
  private static final AttributeKey<Boolean> FLAG = AttributeKey.booleanKey("app.flag");
  private static final AttributeKey<List<String>> WORDS = AttributeKey.stringArrayKey("app.words");

  private SdkClient() {}

  public static void main(String[] arguments) {
    OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.initialize().getOpenTelemetrySdk();
    spans(sdk.getTracer("it.tracer", "1.2"));
    metrics(sdk.getMeter("it.meter"));
    logs(sdk);
    sdk.shutdown().join(60, TimeUnit.SECONDS);
  }

  private static void spans(Tracer tracer) {
    for (int trace = 0; trace < TRACES; trace++) {
      Span root =
          tracer
              .spanBuilder("GET /trace/" + trace)
              .setSpanKind(SpanKind.SERVER)
              .setAllAttributes(attributes(trace))
              .startSpan();
      try (Scope _ = root.makeCurrent()) {
        say(root, "GET /trace/" + trace);
        for (int child = 1; child < SPANS_PER_TRACE; child++) {
          child(tracer, trace, child);
        }
      } finally {
        root.end();
      }
    }
  }

  private static void child(Tracer tracer, int trace, int child) {
    String name = "step " + child;
    Span span = tracer.spanBuilder(name).setSpanKind(SpanKind.CLIENT).startSpan();
    say(span, name);
    span.addEvent("half way", Attributes.of(NUMBER, (long) child));
    if (trace < FAILED) {
      span.recordException(new IllegalStateException("no " + trace));
      span.setStatus(StatusCode.ERROR, "failed");
    }
    span.end();
  }

  private static void say(Span span, String name) {
    System.out.println(
        "span "
            + span.getSpanContext().getTraceId()
            + " "
            + span.getSpanContext().getSpanId()
            + " "
            + name);
  }

  private static Attributes attributes(int trace) {
    return Attributes.of(
        NUMBER, (long) trace, RATIO, trace / 3.0, FLAG, trace % 2 == 0, WORDS, List.of("ä", "b"));
  }

  private static void metrics(Meter meter) {
    var counter = meter.counterBuilder("app.requests").build();
    for (int i = 1; i <= 10; i++) {
      counter.add(i, Attributes.of(FLAG, i % 2 == 0));
    }
    var histogram = meter.histogramBuilder("app.duration").setUnit("ms").build();
    DURATIONS.forEach(histogram::record);
  }

  private static void logs(OpenTelemetry telemetry) {
    Logger logger = telemetry.getLogsBridge().get("it.logger");
    for (int i = 0; i < LOGS; i++) {
      logger
          .logRecordBuilder()
          .setSeverity(Severity.WARN)
          .setBody("line " + i)
          .setAttribute(NUMBER, (long) i)
          .emit();
    }
  }
}
