package dev.spanthrift.sampler.budget.books;

import java.time.Duration;

/**
 * What the data path asks about money at the moment of a decision; answers change while running.
 *
 * <p>Asked by the deciding thread, once for each fragment; must not block.
 */
public interface Treasury {
  /** Nothing is capped and nothing is free. */
  Treasury PLAIN =
      new Treasury() {
        @Override
        public boolean isFree() {
          return false;
        }

        @Override
        public boolean admits(long price) {
          return true;
        }
      };

  /** Whether all that is expected costs nothing more: then everything is kept. */
  boolean isFree();

  /**
   * Whether a policy may keep something of this price for certain; takes it from the policies'
   * share if so ({@link MustKeepCap}).
   */
  boolean admits(long price);

  /**
   * How long unused money waits under the budgets in force; asked with every tick.
   *
   * @param configured by the allocation's settings
   */
  default Duration carryOver(Duration configured) {
    return configured;
  }
}
