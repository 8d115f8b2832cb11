package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Scanner;
import dev.spanthrift.sampler.wire.TooManySpansException;
import java.io.IOException;

/**
 * How much recorded traffic is: what a price list needs to know before the first decision.
 *
 * @param traces counted by their root spans
 */
public record TrafficSize(long bytes, long spans, long events, long traces, double seconds) {
  private static final int SPANS_PER_REQUEST_MAX = 1 << 20;

  /** Reads all of it once. */
  public static TrafficSize of(RecordedTraffic traffic) throws IOException {
    Scanner scanner = new Scanner(SPANS_PER_REQUEST_MAX);
    long bytes = 0;
    long spans = 0;
    long events = 0;
    long roots = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    try (RecordedTraffic.Reader reader = traffic.open()) {
      for (byte[] request = reader.next(); request != null; request = reader.next()) {
        Batch batch = scanner.scan(request, 0, request.length);
        for (int row = 0; row < batch.size(); row++) {
          bytes += batch.bytes(row);
          events += batch.events(row);
          roots += batch.hasParent(row) ? 0 : 1;
        }
        spans += batch.size();
        first = Math.min(first, reader.nanos());
        last = Math.max(last, reader.nanos());
      }
    } catch (MalformedException | TooManySpansException e) {
      throw new IOException("a request is damaged: " + e.getMessage(), e);
    }
    return new TrafficSize(bytes, spans, events, roots, Math.max(1, (last - first) / 1e9));
  }
}
