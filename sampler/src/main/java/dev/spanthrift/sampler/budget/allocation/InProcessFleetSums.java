package dev.spanthrift.sampler.budget.allocation;

import java.util.HashMap;
import java.util.Map;

/** Sums kept in memory; the maximum instead of the sum where {@link FleetReport} says so. */
public final class InProcessFleetSums implements FleetSums {
  private final Map<String, double[]> reports = new HashMap<>();
  private final double[] total = new double[FleetReport.LENGTH];

  @Override
  public synchronized void publish(String pod, double[] report) {
    double[] kept = reports.computeIfAbsent(pod, p -> new double[FleetReport.LENGTH]);
    for (int i = 0; i < FleetReport.LENGTH; i++) {
      total[i] += report[i] - kept[i];
      kept[i] = report[i];
    }
    for (int i = 0; i < FleetReport.MAXIMA; i++) {
      double most = 0;
      for (double[] one : reports.values()) {
        most = Math.max(most, one[i]);
      }
      total[i] = most;
    }
  }

  @Override
  public synchronized boolean read(double[] into) {
    System.arraycopy(total, 0, into, 0, FleetReport.LENGTH);
    return !reports.isEmpty();
  }
}
