package dev.spanthrift.sampler;

import java.util.Arrays;

/**
 * Notices trace ids that are not random where the specification presumes it: they are kept all or
 * not at all, whatever the probability.
 *
 * <p>Looks at the first two of the last 7 bytes, which decide nearly alone. Of {@link #WINDOW}
 * random ids the same value comes {@link #SUSPICIOUS} times in less than one of 10^10 windows; of
 * ids that count, carry a time, a machine or zeros there, in nearly every one.
 */
final class IdRandomness {
  private static final int WINDOW = 256;
  private static final int SUSPICIOUS = 16;

  private final int[] first = new int[256]; // of this window, by the byte's value
  private final int[] second = new int[256];
  private int traces;
  private long without;

  /** Takes a new trace's id, its last 8 bytes. */
  void see(long traceIdLow) {
    if (traces == WINDOW) {
      Arrays.fill(first, 0);
      Arrays.fill(second, 0);
      traces = 0;
    }
    traces++;
    int ofFirst = ++first[(int) (traceIdLow >>> 48) & 0xff];
    int ofSecond = ++second[(int) (traceIdLow >>> 40) & 0xff];
    int times = Math.max(ofFirst, ofSecond);
    if (times >= SUSPICIOUS) {
      without += times == SUSPICIOUS ? SUSPICIOUS : 1;
    }
  }

  /** Traces so far of which one of these bytes came too often, about. */
  long without() {
    return without;
  }
}
