package dev.spanthrift.sampler.budget.books;

import java.util.List;

/**
 * Shares the budgets' rates among purses when all budgets must hold: max-min fair in proportion to
 * demand.
 *
 * <p>All purses rise together, each by its demand, until a budget is used up; its purses stop there
 * and the others go on (progressive filling).
 */
final class SharedAllowance {
  private SharedAllowance() {}

  /**
   * Sets each purse's allowance.
   *
   * @param rates of the budgets, picos per second
   */
  static void fill(List<Purse> purses, double[] rates) {
    double most = 1;
    for (Purse purse : purses) {
      most = Math.max(most, purse.demand);
    }
    double[] left = rates.clone();
    boolean[] stopped = new boolean[purses.size()];
    double[] weights = new double[purses.size()];
    double[] given = new double[purses.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.max(purses.get(i).demand, most * 1e-6);
    }
    for (int round = 0; round <= rates.length; round++) {
      double rise = rise(purses, left, stopped, weights);
      if (rise == Double.MAX_VALUE) {
        break;
      }
      for (int i = 0; i < weights.length; i++) {
        if (!stopped[i]) {
          double more = weights[i] * rise;
          given[i] = Math.min(Purse.UNLIMITED, given[i] + more);
          take(purses.get(i), left, more);
        }
      }
      stop(purses, left, rates, stopped);
    }
    for (int i = 0; i < weights.length; i++) {
      purses.get(i).allow(stopped[i] ? given[i] : Purse.UNLIMITED);
    }
  }

  private static double rise(
      List<Purse> purses, double[] left, boolean[] stopped, double[] weights) {
    double rise = Double.MAX_VALUE;
    for (int b = 0; b < left.length; b++) {
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += !stopped[i] && purses.get(i).isPaidBy(b) ? weights[i] : 0;
      }
      rise = sum > 0 ? Math.min(rise, left[b] / sum) : rise;
    }
    return rise;
  }

  private static void take(Purse purse, double[] left, double more) {
    for (int b = 0; b < left.length; b++) {
      left[b] -= purse.isPaidBy(b) ? more : 0;
    }
  }

  private static void stop(List<Purse> purses, double[] left, double[] rates, boolean[] stopped) {
    for (int b = 0; b < left.length; b++) {
      if (left[b] <= rates[b] * 1e-9) {
        for (int i = 0; i < stopped.length; i++) {
          stopped[i] |= purses.get(i).isPaidBy(b);
        }
      }
    }
  }
}
