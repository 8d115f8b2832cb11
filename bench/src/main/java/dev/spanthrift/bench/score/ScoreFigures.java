package dev.spanthrift.bench.score;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Named numbers of one run, or their means and spreads over several. NaN: the set has none. */
record ScoreFigures(Map<String, Double> mean, Map<String, Double> spread) {
  static ScoreFigures of(List<Map<String, Double>> runs) {
    Map<String, Double> mean = new LinkedHashMap<>();
    Map<String, Double> spread = new LinkedHashMap<>();
    for (String key : runs.getFirst().keySet()) {
      double sum = 0;
      double squares = 0;
      for (Map<String, Double> run : runs) {
        double value = run.getOrDefault(key, Double.NaN);
        sum += value;
        squares += value * value;
      }
      int n = runs.size();
      mean.put(key, sum / n);
      double variance = n < 2 ? 0 : (squares - sum * sum / n) / (n - 1);
      spread.put(key, Math.sqrt(Math.max(0, variance)));
    }
    return new ScoreFigures(mean, spread);
  }

  double get(String key) {
    return mean.getOrDefault(key, Double.NaN);
  }

  double spreadOf(String key) {
    return spread.getOrDefault(key, Double.NaN);
  }
}
