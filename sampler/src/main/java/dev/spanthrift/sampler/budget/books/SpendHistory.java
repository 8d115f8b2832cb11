package dev.spanthrift.sampler.budget.books;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What was spent lately in equal slots of time, per unit of the traffic's rhythm: what a forecast
 * is made of.
 *
 * <p>Newer slots weigh more (half-life 84 slots). The error of the remaining sum is that of the
 * mean and that of the coming slots, both widened by the correlation between neighbours: σ² ·
 * (1+ρ)/(1−ρ) · (1/n + 1/k). The oldest slot gives way.
 */
final class SpendHistory {
  static final int SLOTS = 168;
  static final int SLOTS_MIN = 8;
  private static final double HOUR = 3600;
  private static final double SLOT_OF_AN_HOUR = 15; // a forecast after two minutes
  private static final double HALF_LIFE = 84;
  private static final double TEN_OF_HUNDRED = 1.2816; // normal quantile of 90 %

  private final double slotSeconds;
  private final double[] values = new double[SLOTS];
  private int count;
  private int next;
  private double spent;
  private double weight;
  private double seconds;

  SpendHistory(double periodSeconds) {
    slotSeconds =
        periodSeconds <= HOUR ? SLOT_OF_AN_HOUR : Math.clamp(periodSeconds / 48, 60, HOUR);
  }

  double slotSeconds() {
    return slotSeconds;
  }

  /** Until there are enough slots, if traffic goes on. */
  double secondsMissing() {
    return Math.max(0, (SLOTS_MIN - count) * slotSeconds - seconds);
  }

  int count() {
    return count;
  }

  /** Adds what was spent in some seconds of that density. */
  void observe(double picos, double density, double elapsedSeconds) {
    spent += picos;
    weight += density * elapsedSeconds;
    seconds += elapsedSeconds;
    if (seconds >= slotSeconds && weight > 0) {
      values[next] = spent / weight;
      next = (next + 1) % SLOTS;
      count = Math.min(SLOTS, count + 1);
      spent = 0;
      weight = 0;
      seconds = 0;
    }
  }

  /** Mean, low and high of what the coming weight will take. */
  double[] expect(double weightLeft, double secondsLeft) {
    double mean = mean();
    double slotsLeft = Math.max(1, secondsLeft / slotSeconds);
    double correlation = Math.clamp(correlation(mean), 0, .95);
    double wider = (1 + correlation) / (1 - correlation);
    double error = Math.sqrt(variance(mean) * wider * (1 / effective() + 1 / slotsLeft));
    double band = TEN_OF_HUNDRED * error;
    return new double[] {
      mean * weightLeft, Math.max(0, mean - band) * weightLeft, (mean + band) * weightLeft
    };
  }

  private double back(int slots) {
    return values[Math.floorMod(next - 1 - slots, SLOTS)];
  }

  private static double age(int slots) {
    return Math.pow(.5, slots / HALF_LIFE);
  }

  private double mean() {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < count; i++) {
      sum += age(i) * back(i);
      weights += age(i);
    }
    return count == 0 ? 0 : sum / weights;
  }

  private double effective() {
    double weights = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      weights += age(i);
      squares += age(i) * age(i);
    }
    return Math.max(1, weights * weights / squares);
  }

  private double variance(double mean) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < count; i++) {
      sum += age(i) * (back(i) - mean) * (back(i) - mean);
      weights += age(i);
    }
    double n = effective();
    return sum / weights * n / Math.max(1, n - 1);
  }

  private double correlation(double mean) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i + 1 < count; i++) {
      products += age(i) * (back(i) - mean) * (back(i + 1) - mean);
      squares += age(i) * (back(i) - mean) * (back(i) - mean);
    }
    return squares <= 0 ? 0 : products / squares;
  }

  void write(DataOutput out) throws IOException {
    out.writeDouble(slotSeconds);
    out.writeShort(count);
    for (int i = count - 1; i >= 0; i--) {
      out.writeDouble(back(i));
    }
  }

  void read(DataInput in) throws IOException {
    boolean isSame = in.readDouble() == slotSeconds;
    int saved = in.readUnsignedShort();
    if (saved > SLOTS) {
      throw new IOException("slots: " + saved);
    }
    count = 0;
    next = 0;
    for (int i = 0; i < saved; i++) {
      double value = in.readDouble();
      if (!(value >= 0) || Double.isInfinite(value)) {
        throw new IOException("slot " + value);
      }
      if (isSame) {
        values[next] = value;
        next = (next + 1) % SLOTS;
        count++;
      }
    }
  }
}
