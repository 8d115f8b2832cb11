package dev.spanthrift.agent.telemetry;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
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
public final class PipelineMetrics implements MeterBinder {
  private final Supplier<PipelineStatus> source;
  private final Map<Key, AtomicLong> values = new HashMap<>();
  private @Nullable MeterRegistry registry;

  public PipelineMetrics(Supplier<PipelineStatus> source) {
    this.source = source;
  }

  /** Names and labels of one meter. */
  private record Key(String name, Map<String, String> labels) {}

  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    this.registry = registry;
    values.clear();
    refresh();
  }

  /** Reads the pipeline once, for all meters. */
  public synchronized void refresh() {
    MeterRegistry bound = registry;
    if (bound == null) {
      return;
    }
    for (Figure figure : Figures.of(source.get())) {
      values
          .computeIfAbsent(new Key(figure.name(), figure.labels()), key -> register(figure, bound))
          .set(figure.value());
    }
  }

  private static AtomicLong register(Figure figure, MeterRegistry registry) {
    AtomicLong value = new AtomicLong();
    List<Tag> tags =
        figure.labels().entrySet().stream().map(e -> Tag.of(e.getKey(), e.getValue())).toList();
    switch (figure.kind()) {
      case COUNTER ->
          FunctionCounter.builder(figure.name(), value, AtomicLong::doubleValue)
              .tags(tags)
              .baseUnit(baseUnit(figure))
              .description(figure.description())
              .register(registry);
      case GAUGE ->
          Gauge.builder(figure.name(), value, AtomicLong::doubleValue)
              .tags(tags)
              .baseUnit(baseUnit(figure))
              .description(figure.description())
              .register(registry);
    }
    return value;
  }

  // Prometheus appends the unit to the name, which helps for bytes only.
  private static String baseUnit(Figure figure) {
    return figure.unit().equals("By") ? "bytes" : "";
  }
}
