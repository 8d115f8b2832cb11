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

  /** One process: the pods of a simulation, or a single sidecar. Bounded by the number of pods. */
  static FleetSums inProcess() {
    return new InProcessFleetSums();
  }
}
