package dev.spanthrift.agent.recording;

import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Writes small recordings, in the format of the recorded sets, with the generated classes. */
public final class Recordings {
  private Recordings() {}

  /** Requests of one span with one event and one link each; ends 1 ms before its flush. */
  public static List<ExportTraceServiceRequest> requests(long seed, long... flushNanos) {
    Random random = new Random(seed);
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    for (long flush : flushNanos) {
      long end = flush - 1_000_000;
      Span span =
          Span.newBuilder()
              .setTraceId(bytes(random, 16))
              .setSpanId(bytes(random, 8))
              .setParentSpanId(bytes(random, 8))
              .setName("op" + random.nextInt(9))
              .setStartTimeUnixNano(end - 5_000_000)
              .setEndTimeUnixNano(end)
              .addEvents(Span.Event.newBuilder().setTimeUnixNano(end - 1).setName("log"))
              .addEvents(Span.Event.newBuilder().setName("without a time"))
              .addLinks(
                  Span.Link.newBuilder().setTraceId(bytes(random, 16)).setSpanId(bytes(random, 8)))
              .build();
      requests.add(
          ExportTraceServiceRequest.newBuilder()
              .addResourceSpans(
                  ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
              .build());
    }
    return requests;
  }

  private static ByteString bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** Writes them; the times go beside them when they are given. */
  public static Path write(
      Path folder, List<ExportTraceServiceRequest> requests, long... flushNanos) throws Exception {
    Path file = folder.resolve("traces.otlp.zst");
    try (OutputStream out = new ZstdOutputStream(Files.newOutputStream(file))) {
      for (ExportTraceServiceRequest request : requests) {
        request.writeDelimitedTo(out);
      }
    }
    if (flushNanos.length > 0) {
      try (Writer out =
          new java.io.OutputStreamWriter(
              new GZIPOutputStream(Files.newOutputStream(folder.resolve("requests.csv.gz"))),
              StandardCharsets.UTF_8)) {
        out.write("request,flush_unix_nano,service,pod,spans,bytes\n");
        for (int i = 0; i < flushNanos.length; i++) {
          out.write(i + "," + flushNanos[i] + ",shop,,1,1\n");
        }
      }
    }
    return file;
  }

  static long low(ByteString id) {
    return ByteBuffer.wrap(id.toByteArray(), id.size() - 8, 8).getLong();
  }
}
