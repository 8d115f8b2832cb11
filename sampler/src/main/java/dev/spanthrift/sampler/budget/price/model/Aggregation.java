package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.util.List;

/** How the readings of a window become the quantity that is billed. */
public enum Aggregation {
  SUM,
  AVG,
  P95,
  P99,
  MAX;

  /** Zero for no readings. Percentiles are nearest-rank. */
  public BigDecimal of(List<BigDecimal> readings) {
    if (readings.isEmpty()) {
      return BigDecimal.ZERO;
    }
    return switch (this) {
      case SUM -> sum(readings);
      case AVG -> sum(readings).divide(BigDecimal.valueOf(readings.size()), Money.PRECISION);
      case P95 -> rank(readings, 95);
      case P99 -> rank(readings, 99);
      case MAX -> rank(readings, 100);
    };
  }

  private static BigDecimal sum(List<BigDecimal> readings) {
    return readings.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static BigDecimal rank(List<BigDecimal> readings, int percent) {
    List<BigDecimal> sorted = readings.stream().sorted().toList();
    int rank = (int) ((long) percent * sorted.size() + 99) / 100;
    return sorted.get(Math.max(1, rank) - 1);
  }
}
