package dev.spanthrift.agent.telemetry;

import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramBuckets;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.resources.Resource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Rate, errors and durations by operation as OTLP has them: exponential histograms, as counted. */
final class OperationProducer implements MetricProducer {
  private static final InstrumentationScopeInfo SCOPE =
      InstrumentationScopeInfo.create("dev.spanthrift");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service");
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("operation");

  private final Supplier<List<MeasuredOperation>> source;
  private final long startedNanos = nowNanos();

  OperationProducer(Supplier<List<MeasuredOperation>> source) {
    this.source = source;
  }

  /** One metric with all its points. */
  private record Metric(
      Resource getResource,
      String getName,
      String getDescription,
      String getUnit,
      MetricDataType getType,
      Data<?> getData)
      implements MetricData {
    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
      return SCOPE;
    }
  }

  @Override
  public Collection<MetricData> produce(Resource resource) {
    List<MeasuredOperation> measured = source.get();
    if (measured.isEmpty()) {
      return List.of();
    }
    long now = nowNanos();
    return List.of(
        new Metric(
            resource,
            "spanthrift.operation.duration",
            "Duration of all spans received, before sampling",
            "ns",
            MetricDataType.EXPONENTIAL_HISTOGRAM,
            ExponentialHistogramData.create(
                AggregationTemporality.CUMULATIVE,
                measured.stream().map(m -> durations(m, now)).toList())),
        new Metric(
            resource,
            "spanthrift.operation.errors",
            "Spans received with an error",
            "{span}",
            MetricDataType.LONG_SUM,
            SumData.createLongSumData(
                true,
                AggregationTemporality.CUMULATIVE,
                measured.stream().map(m -> errors(m, now)).toList())));
  }

  private ExponentialHistogramPointData durations(MeasuredOperation measured, long now) {
    int scale = OperationMeasures.SCALE;
    List<Long> counts = Arrays.stream(measured.buckets()).boxed().toList();
    return ExponentialHistogramPointData.create(
        scale,
        measured.durationSumNanos(),
        measured.zeros(),
        false,
        0,
        false,
        0,
        ExponentialHistogramBuckets.create(scale, measured.offset(), counts),
        ExponentialHistogramBuckets.create(scale, 0, List.of()),
        startedNanos,
        now,
        attributes(measured),
        List.of());
  }

  private LongPointData errors(MeasuredOperation measured, long now) {
    return LongPointData.create(startedNanos, now, attributes(measured), measured.errors());
  }

  private static Attributes attributes(MeasuredOperation measured) {
    return Attributes.of(SERVICE, measured.service(), OPERATION, measured.operation());
  }

  private static long nowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }
}
