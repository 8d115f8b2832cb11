package dev.spanthrift.agent.telemetry;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.exporter.Shipment;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.exporter.internal.otlp.metrics.MetricsRequestMarshaler;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;

/**
 * Gives what the OpenTelemetry SDK collected to a destination of ours, in the SDK's own encoding.
 *
 * <p>The SDK's senders would bring a second HTTP client, and okhttp with Kotlin for gRPC; the
 * destination has both transports, TLS that is read again, retries and a bound.
 */
final class MetricShipper implements MetricExporter {
  private static final Duration LAST_EXPORT = Duration.ofSeconds(1);

  private final Destination destination;

  MetricShipper(Destination destination) {
    this.destination = destination;
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return AggregationTemporality.CUMULATIVE;
  }

  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    long points = metrics.stream().mapToLong(metric -> metric.getData().getPoints().size()).sum();
    boolean taken = destination.offer(new Shipment(Signal.METRICS, encode(metrics), points));
    return taken ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
  }

  private static byte[] encode(Collection<MetricData> metrics) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MetricsRequestMarshaler.create(metrics).writeBinaryTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("an array refuses bytes", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess(); // the destination sends at once
  }

  @Override
  public CompletableResultCode shutdown() {
    destination.drain(LAST_EXPORT);
    destination.close();
    return CompletableResultCode.ofSuccess();
  }
}
