package dev.spanthrift.agent.telemetry;

import dev.spanthrift.sampler.signal.MeasuredOperation;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All metrics as text for Prometheus.
 *
 * <p>The registry is made at the first scrape: every counter of ours counts by itself since start,
 * so a sidecar that nobody scrapes pays nothing.
 */
public final class Exposition {
  public static final String TEXT = "text/plain;version=0.0.4;charset=utf-8";
  public static final String OPEN_METRICS =
      "application/openmetrics-text;version=1.0.0;charset=utf-8";

  private final FigureMetrics figures;
  private final OperationMetrics operations;
  private @Nullable PrometheusMeterRegistry registry;

  public Exposition(Supplier<List<Figure>> figures, Supplier<List<MeasuredOperation>> operations) {
    this.figures = new FigureMetrics(figures);
    this.operations = new OperationMetrics(operations);
  }

  /**
   * Reads everything once. Takes milliseconds, the first time more.
   *
   * @param contentType {@link #TEXT} or {@link #OPEN_METRICS}
   */
  public synchronized String scrape(String contentType) {
    PrometheusMeterRegistry bound = registry;
    if (bound == null) {
      bound = bind();
      registry = bound;
    }
    return bound.scrape(contentType);
  }

  private PrometheusMeterRegistry bind() {
    PrometheusMeterRegistry fresh = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    fresh.getPrometheusRegistry().register(figures);
    fresh.getPrometheusRegistry().register(operations);
    new JvmMemoryMetrics().bindTo(fresh);
    new JvmThreadMetrics().bindTo(fresh);
    new ProcessorMetrics().bindTo(fresh);
    new UptimeMetrics().bindTo(fresh);
    return fresh;
  }
}
