package dev.spanthrift.agent.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline's figures as Micrometer meters.
 *
 * <p>{@link #refresh} takes one consistent reading and writes it into all meters, so that what is
 * scraped together was read together; reasons that were unknown before get a meter then.
 */
final class PipelineMetrics implements MeterBinder {
  private final Supplier<List<Figure>> source;
  private final Map<Series, AtomicLong> values = new HashMap<>();
  private @Nullable MeterRegistry registry;

  PipelineMetrics(Supplier<List<Figure>> source) {
    this.source = source;
  }

  /** One meter. */
  private record Series(Instrument instrument, List<String> labels) {}

  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    this.registry = registry;
    values.clear();
    refresh();
  }

  /** Reads the pipeline once, for all meters. */
  synchronized void refresh() {
    MeterRegistry bound = registry;
    if (bound == null) {
      return;
    }
    for (Figure figure : source.get()) {
      values
          .computeIfAbsent(
              new Series(figure.instrument(), figure.labels()), series -> register(series, bound))
          .set(figure.value());
    }
  }

  private static AtomicLong register(Series series, MeterRegistry registry) {
    AtomicLong value = new AtomicLong();
    Instrument instrument = series.instrument();
    Tags tags = Tags.of(series.labels().toArray(String[]::new));
    switch (instrument.kind()) {
      case COUNTER ->
          FunctionCounter.builder(instrument.title(), value, AtomicLong::doubleValue)
              .tags(tags)
              .baseUnit(instrument.baseUnit())
              .description(instrument.description())
              .register(registry);
      case GAUGE ->
          Gauge.builder(instrument.title(), value, AtomicLong::doubleValue)
              .tags(tags)
              .baseUnit(instrument.baseUnit())
              .description(instrument.description())
              .register(registry);
    }
    return value;
  }
}
