package dev.spanthrift.agent.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The chart's alerts against the metrics that this program has; those of the cluster's programs are
 * held against these on a real API server ({@code DeliveryKubeIT}, {@code InjectorKubeIT}).
 */
class AlertsTest {
  private static final Path ALERTS = Path.of("../helm/spanthrift/templates/alerts.yaml");

  @Test
  void everyMetricThatAnAlertAsksForExists() throws Exception {
    Set<String> names = new TreeSet<>();
    Stream.of(Instrument.values()).forEach(instrument -> names.add(name(instrument)));
    Set<String> asked = new TreeSet<>();
    Pattern.compile("\\b(spanthrift_\\w+)\\{")
        .matcher(Files.readString(ALERTS))
        .results()
        .map((MatchResult metric) -> metric.group(1))
        .filter(name -> !name.matches("spanthrift_(controller|injector)_.*"))
        .forEach(asked::add);
    assertTrue(asked.size() >= 5, asked::toString);
    asked.removeAll(names);
    assertEquals(Set.of(), asked, "alerts that never fire");
  }

  private static String name(Instrument instrument) {
    boolean counter = instrument.kind() == Instrument.Kind.COUNTER;
    return instrument.prometheusName() + (counter ? "_total" : "");
  }
}
