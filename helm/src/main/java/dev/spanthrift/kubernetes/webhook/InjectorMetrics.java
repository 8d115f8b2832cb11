package dev.spanthrift.kubernetes.webhook;

import dev.spanthrift.kubernetes.injection.SkipReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the injector counts; every series is there from the start, so that a rate has a zero. */
public final class InjectorMetrics {
  private static final String REVIEWS = "spanthrift.injector.reviews";
  private static final String REFUSALS = "spanthrift.injector.requests.refused";
  private static final String EVENTS = "spanthrift.injector.events";

  /** Why a request got no review as an answer. */
  public enum Refusal {
    MALFORMED,
    TOO_LARGE,
    TOO_SLOW,
    TOO_MANY_CONNECTIONS,
    MUTE_CONNECTION,
    NOT_FOUND;

    /** Of connections, which the port counts itself. */
    boolean isOfConnections() {
      return this == TOO_MANY_CONNECTIONS || this == MUTE_CONNECTION;
    }
  }

  /** What became of an Event. */
  public enum EventFate {
    SENT,
    FAILED,
    QUEUE_FULL,
    REPEATED
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Timer reviewTime;

  public InjectorMetrics() {
    reviewTime =
        Timer.builder("spanthrift.injector.review.time")
            .description("Time from a review's last byte to its answer")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    reviews("injected", "none");
    reviews("failed", "none");
    for (SkipReason reason : SkipReason.values()) {
      reviews("skipped", reason.word());
    }
    for (Refusal refusal : Refusal.values()) {
      if (!refusal.isOfConnections()) {
        refusals(refusal);
      }
    }
    for (EventFate fate : EventFate.values()) {
      events(fate);
    }
  }

  private Counter reviews(String outcome, String reason) {
    return Counter.builder(REVIEWS)
        .description("Reviews answered, by what became of the pod")
        .tags("outcome", outcome, "reason", reason)
        .register(registry);
  }

  private Counter refusals(Refusal refusal) {
    return Counter.builder(REFUSALS)
        .description("Requests that got no review as an answer")
        .tag("reason", word(refusal))
        .register(registry);
  }

  private Counter events(EventFate fate) {
    return Counter.builder(EVENTS)
        .description("Events about pods without a sidecar, by what became of them")
        .tag("fate", word(fate))
        .register(registry);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }

  void injected(Duration took) {
    reviews("injected", "none").increment();
    reviewTime.record(took);
  }

  void skipped(SkipReason reason, Duration took) {
    reviews("skipped", reason.word()).increment();
    reviewTime.record(took);
  }

  void failed() {
    reviews("failed", "none").increment();
  }

  void refused(Refusal refusal) {
    refusals(refusal).increment();
  }

  /** Counted elsewhere, since start. */
  void refused(Refusal refusal, LongSupplier count) {
    FunctionCounter.builder(REFUSALS, count, LongSupplier::getAsLong)
        .description("Requests that got no review as an answer")
        .tag("reason", word(refusal))
        .register(registry);
  }

  public void event(EventFate fate) {
    events(fate).increment();
  }

  /** Counts the failures of a background task, from zero on; run it with each one. */
  public Runnable task(String task) {
    return Counter.builder("spanthrift.injector.task.failures")
            .description("Background tasks that failed and are run again")
            .tag("task", task)
            .register(registry)
        ::increment;
  }

  /** A figure that is asked for when somebody scrapes. */
  public void gauge(String name, String description, Supplier<Number> value, String... tags) {
    Gauge.builder(name, value).description(description).tags(tags).register(registry);
  }

  /** All of it, as Prometheus reads it. */
  public String scrape() {
    return registry.scrape();
  }
}
