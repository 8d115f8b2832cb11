package dev.spanthrift.exporter.destination;

import com.google.protobuf.ByteString;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.DestinationStatus.Counts;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Requests to send, and the sum that must hold after all of them. */
final class Requests {
  private Requests() {}

  static Shipment traces(RandomGenerator random, int spans) {
    var request = ExportTraceServiceRequest.newBuilder();
    var scope = request.addResourceSpansBuilder().addScopeSpansBuilder();
    for (int i = 0; i < spans; i++) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      scope.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(id))
              .setSpanId(ByteString.copyFrom(id, 0, 8))
              .setName("GET /users/{id}"));
    }
    return new Shipment(Signal.TRACES, request.build().toByteArray(), spans);
  }

  static Shipment of(Signal signal, int bytes, long items) {
    return new Shipment(signal, new byte[bytes], items);
  }

  static Counts counts(Destination destination, Signal signal) {
    return destination.status().signals().getOrDefault(signal, new Counts(0, 0, 0, 0, Map.of()));
  }

  static long failed(Destination destination, Signal signal) {
    return counts(destination, signal).failed().values().stream().mapToLong(n -> n).sum();
  }

  /** Whether taken = shipped + queued + the sum of failed, for every signal. */
  static boolean sumsHold(Destination destination) {
    return destination.status().signals().values().stream()
        .allMatch(
            c ->
                c.taken()
                    == c.shipped()
                        + c.queued()
                        + c.failed().values().stream().mapToLong(n -> n).sum());
  }
}
