package dev.spanthrift.agent.it;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Recorded sets: reads and writes them by the generated classes, and cuts whole traces out of one.
 *
 * <p>Made the files in {@code src/test/resources/recorded}; see the README there.
 */
final class Excerpt {
  private static final int LEVEL = 19;

  private Excerpt() {}

  /** Arguments: set, file to write, traces with an error, traces without. */
  public static void main(String[] arguments) throws IOException {
    List<ExportTraceServiceRequest> all = read(Path.of(arguments[0]));
    Set<ByteString> failed = new LinkedHashSet<>();
    Set<ByteString> others = new LinkedHashSet<>();
    spans(all).stream().filter(Excerpt::isError).forEach(span -> failed.add(span.getTraceId()));
    spans(all).stream()
        .filter(span -> !failed.contains(span.getTraceId()))
        .forEach(span -> others.add(span.getTraceId()));
    Set<ByteString> chosen = new LinkedHashSet<>();
    failed.stream().limit(Long.parseLong(arguments[2])).forEach(chosen::add);
    others.stream().limit(Long.parseLong(arguments[3])).forEach(chosen::add);
    write(
        Path.of(arguments[1]),
        all.stream()
            .map(request -> only(request, chosen))
            .filter(request -> request.getResourceSpansCount() > 0)
            .toList());
  }

  private static ExportTraceServiceRequest only(
      ExportTraceServiceRequest request, Set<ByteString> traces) {
    ExportTraceServiceRequest.Builder some = ExportTraceServiceRequest.newBuilder();
    for (ResourceSpans resource : request.getResourceSpansList()) {
      ResourceSpans.Builder kept = resource.toBuilder().clearScopeSpans();
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        List<Span> spans =
            scope.getSpansList().stream().filter(s -> traces.contains(s.getTraceId())).toList();
        if (!spans.isEmpty()) {
          kept.addScopeSpans(scope.toBuilder().clearSpans().addAllSpans(spans));
        }
      }
      if (kept.getScopeSpansCount() > 0) {
        some.addResourceSpans(kept);
      }
    }
    return some.build();
  }

  static boolean isError(Span span) {
    return span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
  }

  static List<Span> spans(List<ExportTraceServiceRequest> requests) {
    return requests.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  static List<ExportTraceServiceRequest> read(Path set) throws IOException {
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    try (InputStream in = new ZstdInputStream(new BufferedInputStream(Files.newInputStream(set)))) {
      for (ExportTraceServiceRequest request = next(in); request != null; request = next(in)) {
        requests.add(request);
      }
    }
    return requests;
  }

  private static ExportTraceServiceRequest next(InputStream in) throws IOException {
    return ExportTraceServiceRequest.parser().parseDelimitedFrom(in);
  }

  static void write(Path set, List<ExportTraceServiceRequest> requests) throws IOException {
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(set), LEVEL)) {
      for (ExportTraceServiceRequest request : requests) {
        request.writeDelimitedTo(out);
      }
    }
  }
}
