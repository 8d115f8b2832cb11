package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.receive.door.Intake.Refusal;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests of one signal at the door: offered = refused + received. */
final class Entrance {
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder[] refused = new LongAdder[Refusal.values().length];

  Entrance() {
    for (int i = 0; i < refused.length; i++) {
      refused[i] = new LongAdder();
    }
  }

  void receive(int bytes) {
    received.increment();
    receivedBytes.add(bytes);
  }

  void refuse(Refusal reason) {
    refused[reason.ordinal()].increment();
  }

  /**
   * @param letGo of those received, how many no destination takes
   */
  PipelineStatus.Door status(long letGo) {
    Map<String, Long> byReason = new TreeMap<>();
    long sum = 0;
    for (Refusal reason : Refusal.values()) {
      long count = refused[reason.ordinal()].sum();
      if (count > 0) {
        byReason.put(reason.name().toLowerCase(Locale.ROOT), count);
        sum += count;
      }
    }
    long taken = received.sum();
    return new PipelineStatus.Door(taken + sum, taken, receivedBytes.sum(), letGo, byReason);
  }
}
