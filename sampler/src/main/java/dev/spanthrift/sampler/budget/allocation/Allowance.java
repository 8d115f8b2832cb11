package dev.spanthrift.sampler.budget.allocation;

/** How the money comes in; amounts in units of price. */
public sealed interface Allowance {
  /** Money by time, for the whole fleet: what the budget's pacing grants. */
  record PerSecond(double amount) implements Allowance {
    public PerSecond {
      if (!(amount >= 0) || Double.isInfinite(amount)) {
        throw new IllegalArgumentException("allowance per second: " + amount);
      }
    }
  }

  /** A share of the price of what arrives, 0 to 1. */
  record ShareOfTraffic(double share) implements Allowance {
    public ShareOfTraffic {
      if (!(share >= 0) || share > 1) {
        throw new IllegalArgumentException("share of traffic not in [0, 1]: " + share);
      }
    }
  }
}
