package dev.spanthrift.sampler.wire;

/**
 * The one rule for arrays that are filled again and again: they double as needed, and one that has
 * grown beyond what is usual goes with what had made it large.
 *
 * <p>So what stays for the next use is bounded whatever came before, and its owner can tell how
 * much it is.
 */
public final class Scratch {
  /** Rows for which columns stay. */
  public static final int ROWS_KEPT = 16_384;

  /** Bytes for which a buffer stays. */
  public static final int BYTES_KEPT = 64 * 1024;

  private static final int LENGTH_MAX = Integer.MAX_VALUE - 8;

  private Scratch() {}

  /** A capacity for so many, at least twice the one there is, as far as there are such arrays. */
  public static int grown(int capacity, int needed) {
    return (int) Math.max(needed, Math.min(2L * capacity, LENGTH_MAX));
  }

  /** The columns' capacity for the next use: what there is, or the least one again. */
  public static int rowsKept(int capacity, int least) {
    return capacity > ROWS_KEPT ? least : capacity;
  }

  /** Whether a buffer of this length may stay. */
  public static boolean stays(byte[] buffer) {
    return buffer.length <= BYTES_KEPT;
  }
}
