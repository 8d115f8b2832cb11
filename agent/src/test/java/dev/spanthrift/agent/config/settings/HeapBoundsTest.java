package dev.spanthrift.agent.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.sampler.trace.DecisionMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class HeapBoundsTest {
  private static final long MEBI = 1L << 20;

  private static SpanthriftSettings settings(String... variables) throws Exception {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return SettingsLoader.load(null, environment).settings();
  }

  private static String destinations(int count) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < count; i++) {
      list.append("- {name: d").append(i).append(", endpoint: 'http://backend:").append(4000 + i);
      list.append("'}\n");
    }
    return list.toString();
  }

  @Test
  void aLargeHeapLeavesEverythingAsItIsSet() throws Exception {
    SpanthriftSettings settings = settings("SPANTHRIFT_DESTINATIONS", destinations(2));
    HeapBounds bounds = HeapBounds.of(settings, 2048 * MEBI);
    assertEquals(64 * MEBI, bounds.heldBytesMax());
    assertEquals(64 * MEBI, bounds.queueBytesMax());
    assertEquals(64 * MEBI, bounds.requestBytesMax());
    assertEquals(128 * MEBI, bounds.pendingBytesMax());
    assertEquals(List.of(), bounds.reduced());
  }

  @Test
  void aSmallHeapHoldsTheSumOfAllBounds() throws Exception {
    for (int destinations = 1; destinations <= 3; destinations++) {
      SpanthriftSettings settings = settings("SPANTHRIFT_DESTINATIONS", destinations(destinations));
      for (long heap = 40; heap <= 512; heap *= 2) {
        HeapBounds bounds = HeapBounds.of(settings, heap * MEBI);
        long sum =
            bounds.heldBytesMax()
                + destinations * bounds.queueBytesMax()
                + bounds.pendingBytesMax()
                + 2 * bounds.requestBytesMax()
                + DecisionMemory.bytesMax(bounds.decisionsMax())
                + bounds.decisionLogBytesMax()
                + bounds.recordingBytesMax()
                + bounds.ledgerTracesMax(1 << 20) * 328L;
        assertTrue(sum <= (heap - 12) * MEBI, heap + " MiB: " + bounds);
      }
    }
  }

  @Test
  void saysWhatIsLessThanWasSet() throws Exception {
    SpanthriftSettings settings =
        settings(
            "SPANTHRIFT_HOLD_BYTES_MAX", "8MiB",
            "SPANTHRIFT_DESTINATIONS", "[{name: one, endpoint: 'http://backend:4318'}]");
    HeapBounds bounds = HeapBounds.of(settings, 96 * MEBI);
    assertEquals(8 * MEBI, bounds.heldBytesMax());
    assertEquals(
        List.of(
            "listen.requestBytesMax 7341KiB instead of 64MiB",
            "listen.pendingBytesMax 14682KiB instead of 128MiB",
            "destinations[0].queueBytesMax 19577KiB instead of 64MiB"),
        bounds.reduced());
  }

  @Test
  void remembersFewerDecisionsInASmallHeap() throws Exception {
    HeapBounds bounds = HeapBounds.of(settings(), 48 * MEBI);
    assertEquals(50_000, bounds.decisionsMax());
    assertEquals(
        List.of(
            "explain.bytesMax 6MiB instead of 8MiB",
            "recording.bytesMax 3MiB instead of 4MiB",
            "decisionMemory.tracesMax 50000 instead of 100000"),
        bounds.reduced().subList(0, 3));
  }

  @Test
  void moreDecisionsThanCanBeCountedAreNoReasonToStop() throws Exception {
    SpanthriftSettings settings = settings("SPANTHRIFT_DECISION_MEMORY_TRACES_MAX", "90000000");
    assertEquals(1 << 24, HeapBounds.of(settings, 64L << 30).decisionsMax());
  }

  @Test
  void neverGoesBelowWhatOneRequestNeeds() throws Exception {
    HeapBounds bounds = HeapBounds.of(settings(), 8 * MEBI);
    assertEquals(MEBI, bounds.heldBytesMax());
    assertEquals(MEBI, bounds.requestBytesMax());
    assertEquals(MEBI, bounds.pendingBytesMax());
  }

  /** What the chart sets has room in the heap that it gives: nothing of it would be cut. */
  @ParameterizedTest
  @ValueSource(strings = {"sidecar", "gateway"})
  void theChartsDefaultsFitItsHeap(String mode) throws Exception {
    Path values = Path.of("").toAbsolutePath().getParent().resolve("helm/spanthrift/values.yaml");
    JsonNode chart = YAMLMapper.builder().build().readTree(Files.readString(values)).path(mode);
    String config = YAMLMapper.builder().build().writeValueAsString(chart.path("config"));
    SettingsLoader.Loaded loaded =
        SettingsLoader.load(
            config, "values.yaml", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://backend:9318"));
    HeapBounds bounds = HeapBounds.of(loaded.settings(), heap(chart));
    List<String> cut =
        bounds.reduced().stream().filter(s -> loaded.given().contains(s.split(" ")[0])).toList();
    assertEquals(List.of(), cut);
  }

  private static long heap(JsonNode chart) {
    String limit = chart.path("resources").path("limits").path("memory").asString();
    Matcher size = Pattern.compile("([0-9]+)(Mi|Gi)").matcher(limit);
    assertTrue(size.matches(), limit);
    long memory = Long.parseLong(size.group(1)) * (size.group(2).equals("Gi") ? 1024 : 1);
    return (MemoryPlan.of(memory).heap() - 1) * MEBI; // one survivor space is never used
  }
}
