package dev.spanthrift.agent.telemetry;

import dev.spanthrift.sampler.signal.MeasuredOperation;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;

/**
 * Rate, errors and durations by operation, for Prometheus.
 *
 * <p>Micrometer has no meter for a histogram that somebody else has counted. Bounds of buckets are
 * powers of two of nanoseconds, so that none of ours is cut.
 */
final class OperationMetrics implements MultiCollector {
  static final String DURATION = "spanthrift_operation_duration_seconds";
  static final String ERRORS = "spanthrift_operation_errors";

  private static final int FIRST_EXPONENT = 16; // 66 µs
  private static final int LAST_EXPONENT = 36; // 69 s
  private static final int STEP = 2;

  private final Supplier<List<MeasuredOperation>> source;

  OperationMetrics(Supplier<List<MeasuredOperation>> source) {
    this.source = source;
  }

  @Override
  public MetricSnapshots collect() {
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name(DURATION)
            .help("Duration of all spans received, before sampling");
    CounterSnapshot.Builder errors =
        CounterSnapshot.builder().name(ERRORS).help("Spans received with an error");
    for (MeasuredOperation measured : source.get()) {
      Labels labels = Labels.of("service", measured.service(), "operation", measured.operation());
      durations.dataPoint(
          HistogramSnapshot.HistogramDataPointSnapshot.builder()
              .labels(labels)
              .classicHistogramBuckets(buckets(measured))
              .sum(measured.durationSumNanos() / 1e9)
              .build());
      errors.dataPoint(
          CounterSnapshot.CounterDataPointSnapshot.builder()
              .labels(labels)
              .value(measured.errors())
              .build());
    }
    return MetricSnapshots.of(durations.build(), errors.build());
  }

  private static ClassicHistogramBuckets buckets(MeasuredOperation measured) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (int exponent = FIRST_EXPONENT; exponent <= LAST_EXPONENT; exponent += STEP) {
      long within = measured.within(exponent);
      buckets.bucket((1L << exponent) / 1e9, within - below);
      below = within;
    }
    return buckets.bucket(Double.POSITIVE_INFINITY, measured.spans() - below).build();
  }
}
