package dev.spanthrift.sampler.signal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A table of learned state that writes itself piece by piece.
 *
 * <p>A piece is small enough to be written between two batches (about a tenth of a millisecond per
 * thousand entries); what changes between two pieces does no harm, because entries do not depend on
 * each other. Times are seconds on the owner's clock, which another process does not share: what is
 * written are ages.
 */
public interface LearnedPart {
  /** How many pieces it takes now. */
  int pieces();

  /** Writes one piece; does not change anything. */
  void write(int piece, int nowSeconds, DataOutput out) throws IOException;

  /**
   * Takes back one piece.
   *
   * @param ageSeconds since it was written; not negative
   * @throws IOException if it is not what {@link #write} makes; some of it may have been taken
   */
  void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException;

  /** A count of entries, refused when it is beyond what fits. */
  static int readCount(DataInput in, int most) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > most) {
      throw new IOException(count + " entries, at most " + most);
    }
    return count;
  }

  /** A number that may be a sum of what is not negative. */
  static double readAmount(DataInput in) throws IOException {
    double amount = in.readDouble();
    if (!(amount >= 0 && amount < 1e30)) {
      throw new IOException("an amount of " + amount);
    }
    return amount;
  }
}
