package dev.spanthrift.sampler.budget.allocation;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How fast price arrives at this pod and allowance with it: over the long run, lately, now.
 *
 * <p>The clock stands still while the fleet has no traffic, so that a quiet night does not make
 * demand look small.
 */
final class TrafficFlows {
  private static final double NOW_HALF_LIFE = 15;

  private final Flow inflowMean = new Flow();
  private final Flow inflowRecent = new Flow();
  private final Flow receivedMean = new Flow();
  private final Flow receivedRecent = new Flow();
  private final Flow receivedNow = new Flow();

  void received(double price) {
    receivedMean.add(price);
    receivedRecent.add(price);
    receivedNow.add(price);
  }

  void inflow(double amount) {
    inflowMean.add(amount);
    inflowRecent.add(amount);
  }

  void advance(double activeSeconds, double meanHalfLife, double recentHalfLife) {
    inflowMean.advance(activeSeconds, meanHalfLife);
    receivedMean.advance(activeSeconds, meanHalfLife);
    inflowRecent.advance(activeSeconds, recentHalfLife);
    receivedRecent.advance(activeSeconds, recentHalfLife);
    receivedNow.advance(activeSeconds, NOW_HALF_LIFE);
  }

  void write(double[] report) {
    report[FleetReport.INFLOW_MEAN] = inflowMean.perSecond();
    report[FleetReport.INFLOW_RECENT] = inflowRecent.perSecond();
    report[FleetReport.RECEIVED_MEAN] = receivedMean.perSecond();
    report[FleetReport.RECEIVED_RECENT] = receivedRecent.perSecond();
    report[FleetReport.RECEIVED_NOW] = receivedNow.perSecond();
  }

  /** Traffic of this moment is not written: it is known again within seconds. */
  void write(DataOutput out) throws IOException {
    for (Flow flow : learned()) {
      flow.write(out);
    }
  }

  void read(DataInput in) throws IOException {
    for (Flow flow : learned()) {
      flow.read(in);
    }
  }

  private Flow[] learned() {
    return new Flow[] {inflowMean, inflowRecent, receivedMean, receivedRecent};
  }
}
