package dev.spanthrift.sampler.budget.allocation;

/**
 * The fleet's sums: what each pod reports, added up, at most some seconds old.
 *
 * <p>Layout of a report is {@link FleetReport}'s. A remote one is written and read in the
 * background; a pod alone is its own fleet.
 */
public interface FleetSums {
  /** Replaces this pod's report. */
  void publish(String pod, double[] report);

  /** Copies the sum over all pods; false when there is none yet. */
  boolean read(double[] into);

  /**
   * This pod's part of the money that comes in by time, 0 to 1; the parts of all make one, also
   * while pods come and go.
   *
   * @param pods in the sums that were read last
   */
  default double partOfInflow(double pods) {
    return 1 / Math.max(1, pods);
  }

  /** One process: the pods of a simulation, or a single sidecar. Bounded by the number of pods. */
  static FleetSums inProcess() {
    return new InProcessFleetSums();
  }
}
