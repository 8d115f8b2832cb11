package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.signal.LearnedPart;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What an allocation learned that is counted in money: demand, rates, level, prices of traces.
 *
 * <p>The price of a usual trace stands before it. Where that is now another by more than half or
 * double, the price model has changed and the amounts mean nothing: they are passed over.
 */
final class AllocationMemory implements LearnedPart {
  private static final int NUMBERS = 0;
  private static final int PRICES = 1;
  private static final double SAME_UNIT = 2;

  private final Allocation allocation;
  private final EntryPrices prices;
  private final boolean ownsLevel;

  AllocationMemory(Allocation allocation, EntryPrices prices, boolean ownsLevel) {
    this.allocation = allocation;
    this.prices = prices;
    this.ownsLevel = ownsLevel;
  }

  @Override
  public int pieces() {
    return 2;
  }

  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    out.writeDouble(allocation.usualPrice());
    out.writeByte(piece);
    if (piece == NUMBERS) {
      allocation.write(out);
    } else {
      prices.sums.write(0, nowSeconds, out);
    }
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    double usual = LearnedPart.readAmount(in);
    int piece = in.readUnsignedByte();
    if (piece > PRICES) {
      throw new IOException("no such piece: " + piece);
    }
    double ratio = usual / allocation.usualPrice();
    if (ratio > SAME_UNIT || ratio * SAME_UNIT < 1) {
      while (in.skipBytes(1 << 16) > 0) {}
      return;
    }
    if (piece == NUMBERS) {
      allocation.read(in, ownsLevel);
    } else {
      prices.sums.read(in, nowSeconds, ageSeconds);
    }
  }
}
