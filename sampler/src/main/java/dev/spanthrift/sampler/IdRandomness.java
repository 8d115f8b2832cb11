package dev.spanthrift.sampler;

import java.util.Arrays;

/**
 * Notices trace ids that are not random where the specification presumes it: they are kept all or
 * not at all, whatever the probability.
 *
 * <p>Looks at the first of the last 7 bytes, which decides nearly alone. Of {@link #WINDOW} random
 * ids the same value comes {@link #SUSPICIOUS} times in less than one of 10^11 windows; of ids that
 * count, carry a time, a machine or zeros there, in nearly every one.
 */
final class IdRandomness {
  private static final int WINDOW = 256;
  private static final int SUSPICIOUS = 16;

  private final int[] seen = new int[256]; // of this window, by the byte's value
  private int traces;
  private long without;

  /** Takes a new trace's id, its last 8 bytes. */
  void see(long traceIdLow) {
    if (traces == WINDOW) {
      Arrays.fill(seen, 0);
      traces = 0;
    }
    traces++;
    int times = ++seen[(int) (traceIdLow >>> 48) & 0xff];
    if (times >= SUSPICIOUS) {
      without += times == SUSPICIOUS ? SUSPICIOUS : 1;
    }
  }

  /** Traces so far whose byte came too often. */
  long without() {
    return without;
  }
}
