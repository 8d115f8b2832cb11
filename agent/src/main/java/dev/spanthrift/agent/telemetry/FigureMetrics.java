package dev.spanthrift.agent.telemetry;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The program's figures for Prometheus, as they are read.
 *
 * <p>Nothing is remembered from one scrape to the next: what is scraped together was read together,
 * and the series of a policy, destination or reason that is gone is gone, too.
 */
final class FigureMetrics implements MultiCollector {
  private final Supplier<List<Figure>> source;

  FigureMetrics(Supplier<List<Figure>> source) {
    this.source = source;
  }

  @Override
  public MetricSnapshots collect() {
    Map<Instrument, List<Figure>> figures = new EnumMap<>(Instrument.class);
    for (Figure figure : source.get()) {
      figures.computeIfAbsent(figure.instrument(), unused -> new ArrayList<>()).add(figure);
    }
    List<MetricSnapshot> snapshots = new ArrayList<>();
    figures.forEach((instrument, all) -> snapshots.add(snapshot(instrument, all)));
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot snapshot(Instrument instrument, List<Figure> figures) {
    return switch (instrument.kind()) {
      case COUNTER -> counter(instrument, figures);
      case GAUGE, AMOUNT -> gauge(instrument, figures);
    };
  }

  private static CounterSnapshot counter(Instrument instrument, List<Figure> figures) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(instrument.prometheusName()).help(instrument.description());
    for (Figure figure : figures) {
      counter.dataPoint(
          CounterSnapshot.CounterDataPointSnapshot.builder()
              .labels(labels(figure))
              .value(figure.value())
              .build());
    }
    return counter.build();
  }

  private static GaugeSnapshot gauge(Instrument instrument, List<Figure> figures) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name(instrument.prometheusName()).help(instrument.description());
    for (Figure figure : figures) {
      gauge.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(labels(figure))
              .value(figure.value())
              .build());
    }
    return gauge.build();
  }

  private static Labels labels(Figure figure) {
    return Labels.of(figure.labels().toArray(String[]::new));
  }
}
