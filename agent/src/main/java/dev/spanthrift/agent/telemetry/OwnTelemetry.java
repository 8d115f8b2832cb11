package dev.spanthrift.agent.telemetry;

import dev.spanthrift.exporter.Destination;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.metrics.ObservableMeasurement;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends the pipeline's figures by the OpenTelemetry SDK to a destination of its own.
 *
 * <p>A thread of the SDK reads and sends; nothing of the SDK is loaded unless this is started. A
 * destination that is away costs a log line, and the memory of its short queue.
 */
public final class OwnTelemetry implements AutoCloseable {
  private static final long LAST_EXPORT_SECONDS = 2;

  private final SdkMeterProvider provider;

  private OwnTelemetry(SdkMeterProvider provider) {
    this.provider = provider;
  }

  /**
   * Begins to send.
   *
   * @param destination opened from {@link OwnTelemetrySettings#destination}; closed with this
   */
  public static OwnTelemetry start(
      OwnTelemetrySettings settings,
      Destination destination,
      Supplier<List<Figure>> figures,
      Supplier<List<MeasuredOperation>> operations) {
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(resource(settings.instance()))
            .registerMetricReader(
                PeriodicMetricReader.builder(new MetricShipper(destination))
                    .setInterval(settings.interval())
                    .build())
            .registerMetricProducer(new OperationProducer(operations))
            .build();
    observe(provider.get("dev.spanthrift"), figures);
    return new OwnTelemetry(provider);
  }

  private static Resource resource(String instance) {
    return Resource.getDefault()
        .merge(
            Resource.create(
                Attributes.builder()
                    .put("service.name", "spanthrift")
                    .put("service.instance.id", instance)
                    .build()));
  }

  /** One reading of the figures for each export, so that the laws hold inside it. */
  private static void observe(Meter meter, Supplier<List<Figure>> figures) {
    Map<Instrument, ObservableMeasurement> observed = new EnumMap<>(Instrument.class);
    for (Instrument instrument : Instrument.values()) {
      observed.put(instrument, observer(meter, instrument));
    }
    List<ObservableMeasurement> all = List.copyOf(observed.values());
    meter.batchCallback(
        () -> record(figures.get(), observed),
        all.getFirst(),
        all.subList(1, all.size()).toArray(ObservableMeasurement[]::new));
  }

  private static ObservableMeasurement observer(Meter meter, Instrument instrument) {
    DoubleGaugeBuilder gauge =
        meter
            .gaugeBuilder(instrument.title())
            .setUnit(instrument.unit())
            .setDescription(instrument.description());
    return switch (instrument.kind()) {
      case COUNTER ->
          meter
              .counterBuilder(instrument.title())
              .setUnit(instrument.unit())
              .setDescription(instrument.description())
              .buildObserver();
      case GAUGE -> gauge.ofLongs().buildObserver();
      case AMOUNT -> gauge.buildObserver();
    };
  }

  private static void record(
      List<Figure> figures, Map<Instrument, ObservableMeasurement> observed) {
    for (Figure figure : figures) {
      Attributes labels = attributes(figure.labels());
      ObservableMeasurement to = Objects.requireNonNull(observed.get(figure.instrument()));
      // By the kind: the SDK's one class is both.
      if (figure.instrument().kind() == Instrument.Kind.AMOUNT) {
        ((ObservableDoubleMeasurement) to).record(figure.value(), labels);
      } else {
        ((ObservableLongMeasurement) to).record((long) figure.value(), labels);
      }
    }
  }

  private static Attributes attributes(List<String> labels) {
    AttributesBuilder builder = Attributes.builder();
    for (int i = 0; i < labels.size(); i += 2) {
      builder.put(labels.get(i), labels.get(i + 1));
    }
    return builder.build();
  }

  /** Sends a last time, for at most 2 s. */
  @Override
  public void close() {
    provider.shutdown().join(LAST_EXPORT_SECONDS, TimeUnit.SECONDS);
  }
}
