package dev.spanthrift.agent.receive.json;

import com.google.protobuf.Message;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.trace.v1.Span;

/** One part of a converted request, from the JSON of its members. */
final class Parts {
  private Parts() {}

  static ExportTraceServiceRequest traces(String json) {
    return (ExportTraceServiceRequest) converted(Signal.TRACES, json);
  }

  static ExportProfilesServiceRequest profiles(String json) {
    return (ExportProfilesServiceRequest) converted(Signal.PROFILES, json);
  }

  private static Message converted(Signal signal, String json) {
    return Requests.parse(signal, Requests.convert(signal, json));
  }

  private static String aroundSpan(String members) {
    return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" + members + "}]}]}]}";
  }

  static Span span(String members) {
    return traces(aroundSpan(members)).getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }

  static String spanMalformed(String members) {
    return Requests.malformed(Signal.TRACES, aroundSpan(members));
  }

  static AnyValue value(String members) {
    return span("\"attributes\":[{\"value\":{" + members + "}}]").getAttributes(0).getValue();
  }

  static LogRecord log(String members) {
    String json = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{" + members + "}]}]}]}";
    ExportLogsServiceRequest logs = (ExportLogsServiceRequest) converted(Signal.LOGS, json);
    return logs.getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
  }

  static Profile profile(String members) {
    return profiles(
            "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{" + members + "}]}]}]}")
        .getResourceProfiles(0)
        .getScopeProfiles(0)
        .getProfiles(0);
  }

  private static Metric metric(String kind, String members) {
    String json =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\""
            + kind
            + "\":{\"dataPoints\":[{"
            + members
            + "}]}}]}]}]}";
    ExportMetricsServiceRequest metrics =
        (ExportMetricsServiceRequest) converted(Signal.METRICS, json);
    return metrics.getResourceMetrics(0).getScopeMetrics(0).getMetrics(0);
  }

  static NumberDataPoint point(String members) {
    return metric("gauge", members).getGauge().getDataPoints(0);
  }

  static Exemplar exemplar(String members) {
    return point("\"exemplars\":[{" + members + "}]").getExemplars(0);
  }

  static HistogramDataPoint histogram(String members) {
    return metric("histogram", members).getHistogram().getDataPoints(0);
  }
}
