package dev.spanthrift.kubernetes.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What one program of the cluster tells Prometheus. All of its metrics are made here, so that they
 * have one prefix and one way to be written. A series is there from its making on, so that a rate
 * has a zero.
 */
public final class ProgramMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final String prefix;

  /**
   * No metric yet.
   *
   * @param program such as injector: {@code spanthrift_injector_…}
   */
  public ProgramMetrics(String program) {
    prefix = "spanthrift." + program + ".";
  }

  /**
   * A counter that begins with zero.
   *
   * @param name its words with dots between them
   * @param tags names and values, in turn
   */
  public Counter counter(String name, String description, String... tags) {
    return Counter.builder(prefix + name).description(description).tags(tags).register(registry);
  }

  /** What somebody else counts, since start. */
  public void counted(String name, String description, LongSupplier count, String... tags) {
    // Micrometer holds what is asked weakly: a supplier made for this call would be gone with the
    // next collection, and its counter stand still. It holds the function.
    FunctionCounter.builder(prefix + name, this, self -> count.getAsLong())
        .description(description)
        .tags(tags)
        .register(registry);
  }

  /** A figure that is asked for when somebody scrapes. */
  public void gauge(String name, String description, Supplier<Number> value, String... tags) {
    Gauge.builder(prefix + name, value).description(description).tags(tags).register(registry);
  }

  /** A time, as its median and its 99th percentile too. */
  public Timer timer(String name, String description) {
    return Timer.builder(prefix + name)
        .description(description)
        .publishPercentiles(0.5, 0.99)
        .register(registry);
  }

  /** All of it, as Prometheus reads it. */
  public String scrape() {
    return registry.scrape();
  }
}
