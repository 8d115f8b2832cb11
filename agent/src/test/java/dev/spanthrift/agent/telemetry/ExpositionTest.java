package dev.spanthrift.agent.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many series a scrape has, and that they go when their thing is gone. */
class ExpositionTest {
  private final List<Figure> figures = new ArrayList<>();
  private final List<MeasuredOperation> operations = new ArrayList<>();

  private String scrape(int operationsMax) {
    return exposition(operationsMax).scrape(Exposition.TEXT);
  }

  private Exposition exposition(int operationsMax) {
    return new Exposition(
        () -> List.copyOf(figures), new ChosenOperations(() -> operations, operationsMax));
  }

  private static long series(String text, String name) {
    return text.lines().filter(line -> line.startsWith(name)).count();
  }

  private static MeasuredOperation operation(String name, long spans) {
    return new MeasuredOperation("cart", name, spans, 1, 700, 5e9, 0, 100, new long[] {spans});
  }

  @Test
  void theSeriesOfAPolicyThatIsGoneIsGone() {
    Exposition exposition = exposition(0);
    for (int i = 0; i < 100; i++) {
      figures.clear();
      figures.add(Instrument.POLICY_TRACES.at(i, "policy", "p" + i, "shadow", "false"));
      figures.add(Instrument.SPANS.at(i, "decision", "keep", "reason", "p" + i));
      figures.add(Instrument.QUEUE_BYTES.at(i, "destination", "d" + i));
      String text = exposition.scrape(Exposition.TEXT);
      assertTrue(text.contains("policy=\"p" + i + "\""), text);
      assertEquals(1, series(text, "spanthrift_policy_traces_total{"));
      assertEquals(1, series(text, "spanthrift_spans_total{"));
      assertEquals(1, series(text, "spanthrift_queue_size_bytes{"));
    }
  }

  @Test
  void aThousandOperationsMakeAFewHundredSeries() {
    IntStream.range(0, 1_000).forEach(i -> operations.add(operation("op" + i, 1_000 - i)));
    String text = scrape(20);
    assertEquals(21, series(text, "spanthrift_operation_errors_total{"));
    long all = text.lines().filter(line -> !line.startsWith("#")).count();
    assertTrue(all < 450, all + " series");
    assertTrue(text.contains("operation=\"op0\""), "the busiest have their own");
    assertFalse(text.contains("operation=\"op20\""), text);
  }

  @Test
  void allOperationsTogetherAreStillWhatWasMeasured() {
    IntStream.range(0, 100).forEach(i -> operations.add(operation("op" + i, 10)));
    String text = scrape(3);
    assertTrue(
        text.contains(
            "spanthrift_operation_duration_seconds_count{operation=\"other\",service=\"other\"}"
                + " 970"),
        text);
    assertTrue(
        text.contains(
            "spanthrift_operation_errors_total{operation=\"other\",service=\"other\"} 97.0"),
        text);
  }

  @Test
  void anOperationKeepsItsSeriesWhenOthersBecomeBusier() {
    Exposition exposition = exposition(1);
    operations.add(operation("first", 10));
    exposition.scrape(Exposition.TEXT);
    operations.add(operation("second", 10_000));
    String text = exposition.scrape(Exposition.TEXT);
    assertTrue(text.contains("operation=\"first\""), "a counter never moves");
    assertFalse(text.contains("operation=\"second\""), text);
  }

  @Test
  void withoutAPlaceThereAreNoSeriesByOperation() {
    operations.add(operation("first", 10));
    assertFalse(scrape(0).contains("spanthrift_operation"), "switched off");
  }
}
