package dev.spanthrift.sampler.budget.allocation;

import dev.spanthrift.sampler.signal.LearnedPart;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A rate: what came in, over the time in which it came, old parts fading with a half-life. */
final class Flow {
  static final double SECONDS_MIN = 1;

  private double sum;
  private double seconds;

  /** Lets time pass. */
  void advance(double elapsedSeconds, double halfLifeSeconds) {
    double keep = Math.exp(-Math.log(2) * elapsedSeconds / halfLifeSeconds);
    sum *= keep;
    seconds = seconds * keep + elapsedSeconds;
  }

  void add(double amount) {
    sum += amount;
  }

  double perSecond() {
    return sum / Math.max(SECONDS_MIN, seconds);
  }

  double seconds() {
    return seconds;
  }

  void write(DataOutput out) throws IOException {
    out.writeDouble(sum);
    out.writeDouble(seconds);
  }

  void read(DataInput in) throws IOException {
    sum = LearnedPart.readAmount(in);
    seconds = LearnedPart.readAmount(in);
  }
}
