package dev.spanthrift.sampler.policy;

/** How much arrives in the whole fleet for a policy whose rate is the fleet's. */
@FunctionalInterface
public interface FleetRates {
  /** Without a fleet: all that arrives, arrives here. */
  FleetRates ALONE = (policy, own, nowNanos) -> own;

  /**
   * What arrives a second everywhere.
   *
   * @param own what of it arrives here
   */
  double perSecond(String policy, double own, long nowNanos);
}
