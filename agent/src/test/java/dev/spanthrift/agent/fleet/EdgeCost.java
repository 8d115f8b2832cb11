package dev.spanthrift.agent.fleet;

import com.github.luben.zstd.ZstdInputStream;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the sample of edges costs the data path: a program, not a test. Argument: a recorded set.
 * The figure of docs/FLEET.md comes from it.
 */
public final class EdgeCost {
  private static final int TIMES = 20;

  private EdgeCost() {}

  public static void main(String[] arguments) throws Exception {
    List<byte[]> requests = new ArrayList<>();
    try (InputStream in = new ZstdInputStream(Files.newInputStream(Path.of(arguments[0])))) {
      ExportTraceServiceRequest next;
      while ((next = ExportTraceServiceRequest.parseDelimitedFrom(in)) != null) {
        requests.add(next.toByteArray());
      }
    }
    EdgeSample sample = new EdgeSample();
    for (int run = 0; run < 9; run++) {
      System.out.println(run(sample, requests));
    }
  }

  private static String run(EdgeSample sample, List<byte[]> requests) {
    Scanner scanner = new Scanner(100_000);
    long nanos = 0;
    long spans = 0;
    for (int i = 0; i < TIMES; i++) {
      for (byte[] request : requests) {
        Batch batch = scanner.scan(request, 0, request.length);
        long before = System.nanoTime();
        sample.received(batch);
        for (int row = 0; row < batch.size(); row++) {
          sample.kept(batch.traceIdHigh(row), batch.traceIdLow(row), 1, 1, "");
        }
        nanos += System.nanoTime() - before;
        spans += batch.size();
        var unused = sample.take();
      }
    }
    return spans + " spans, each decided by itself: " + nanos / spans + " ns a span";
  }
}
