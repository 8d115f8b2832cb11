package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.simulation.RecordedTraffic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The simulated shop as a recording of any length, made while it is read: each service sends once a
 * second; in the middle tenth payments fail.
 *
 * <p>The same seed gives the same requests.
 */
public final class ShopRecording implements RecordedTraffic {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_800_000_000L * SECOND;

  private final long seed;
  private final double spansPerSecond;
  private final long seconds;

  public ShopRecording(long seed, double spansPerSecond, Duration length) {
    this.seed = seed;
    this.spansPerSecond = spansPerSecond;
    seconds = length.toSeconds();
  }

  @Override
  public int requests() {
    return (int) (seconds * Shop.SERVICES.size()); // at most: a service with nothing sends nothing
  }

  @Override
  public Reader open() {
    return new Reader() {
      private final TraceMaker maker = new TraceMaker(seed);
      private final Deque<byte[]> waiting = new ArrayDeque<>();
      private long second;
      private double owed; // spans

      @Override
      public byte @Nullable [] next() {
        while (waiting.isEmpty() && second < seconds) {
          fill();
        }
        return waiting.poll();
      }

      private void fill() {
        boolean incident = second >= 0.45 * seconds && second < 0.55 * seconds;
        long begin = START + second * SECOND;
        owed += spansPerSecond;
        double all = owed;
        while (owed > 0) {
          owed -= maker.make(begin + (long) ((1 - owed / all) * SECOND), incident).spans();
        }
        second++;
        for (ServiceBatch batch : maker.batches().values()) {
          if (batch.count() > 0) {
            waiting.add(batch.flush());
          }
        }
      }

      @Override
      public long nanos() {
        return START + second * SECOND;
      }

      @Override
      public void close() {}
    };
  }
}
