package dev.spanthrift.bench.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Golden vectors of dynsampler-go: key k has 3^k events in the interval. */
class DynSamplerTest {
  private static Map<String, Double> powersOfThree(int keys) {
    Map<String, Double> counts = new HashMap<>();
    for (int k = 0; k < keys; k++) {
      counts.put("k" + k, Math.pow(3, k));
    }
    return counts;
  }

  private static List<Integer> inOrder(Map<String, Integer> rates) {
    return List.copyOf(new TreeMap<>(rates).values());
  }

  private static DynSampler.Averages averagesAfter(int updates, Map<String, Double> counts) {
    DynSampler.Averages averages = new DynSampler.Averages(.5, .5);
    for (int i = 0; i < updates; i++) {
      averages.update(counts);
    }
    return averages;
  }

  @Test
  void s4_averageGivesTheGoldenRates() {
    assertEquals(
        List.of(1, 1, 1, 1, 2, 4, 9, 21), inOrder(DynSampler.average(10, powersOfThree(8))));
    assertEquals(
        List.of(1, 1, 1, 1, 1, 2, 4, 9, 21), inOrder(DynSampler.average(10, powersOfThree(9))));
  }

  @Test
  void s4_movingAverageSettlesOnTheGoldenRates() {
    DynSampler.Averages averages = averagesAfter(50, powersOfThree(8));
    assertEquals(
        List.of(1, 1, 1, 1, 2, 4, 9, 21), inOrder(DynSampler.average(10, averages.values)));
  }

  @Test
  void s4_movingThroughputGivesTheGoldenRatesAfterSevenUpdates() {
    DynSampler.Averages averages = averagesAfter(7, powersOfThree(8));
    assertEquals(
        List.of(1, 1, 2, 3, 6, 13, 31, 77), inOrder(DynSampler.throughput(100, averages.values)));
    assertEquals(Set.of(1), Set.copyOf(inOrder(DynSampler.throughput(100_000, averages.values))));
  }

  @Test
  void s4_throughputByEqualPartsGivesTheGoldenRates() {
    assertEquals(
        List.of(1, 4, 14, 43, 129, 388, 1166, 3499),
        inOrder(DynSampler.equalParts(5, powersOfThree(8))));
    assertEquals(
        List.of(1, 1, 1, 2, 8, 24, 72, 218), inOrder(DynSampler.perKey(10, powersOfThree(8))));
  }

  @Test
  void s4_windowGivesTheGoldenRatesAndForgetsWhatIsOlder() {
    DynSampler.Window window = new DynSampler.Window(10);
    window.add(Map.of("old", 1e6));
    Map<String, Double> sums = Map.of();
    for (int tick = 0; tick < 10; tick++) {
      Map<String, Double> tenth = new HashMap<>();
      powersOfThree(8).forEach((key, count) -> tenth.put(key, count / 10));
      sums = window.add(tenth);
    }
    sums.replaceAll((key, sum) -> (double) Math.round(sum));
    assertEquals(List.of(1, 1, 1, 2, 6, 19, 58, 174), inOrder(DynSampler.equalParts(100, sums)));
  }

  @Test
  void s4_aSteadyKeyPaysForNewSingleOnes() {
    Map<String, Double> counts = new HashMap<>(Map.of("steady", 20.0));
    for (int i = 0; i < 5; i++) {
      counts.put("new" + i, 1.0);
    }
    assertEquals(16, DynSampler.average(20, counts).get("steady"));
  }

  @Test
  void anIntervalWithoutTrafficChangesNoAverage() {
    DynSampler.Averages averages = averagesAfter(3, powersOfThree(4));
    Map<String, Double> before = Map.copyOf(averages.values);
    averages.update(Map.of());
    assertEquals(before, averages.values);
  }

  @Test
  void aKeyThatFadedIsForgotten() {
    DynSampler.Averages averages = averagesAfter(1, Map.of("a", 1.0, "b", 100.0));
    averages.update(Map.of("b", 100.0));
    assertEquals(Set.of("b"), averages.values.keySet());
  }

  @Test
  void twiceTheUsualTrafficIsABurstFromTheThirdIntervalOn() {
    Map<String, Double> usual = Map.of("a", 60.0, "b", 40.0);
    assertFalse(averagesAfter(2, usual).isBurst(1e9), "too early to tell");
    DynSampler.Averages averages = averagesAfter(20, usual);
    assertFalse(averages.isBurst(199));
    assertTrue(averages.isBurst(200));
  }
}
