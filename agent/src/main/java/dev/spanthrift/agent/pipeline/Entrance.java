package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.receive.door.Intake.Refusal;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests of one signal: offered = refused + received + under way.
 *
 * <p>Each of the four is counted by itself, where it happens, so that the law can fail.
 */
final class Entrance {
  private static final int LOOKS = 1_000;

  private final LongAdder offered = new LongAdder();
  private final LongAdder underWay = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder[] refused = new LongAdder[Refusal.values().length];

  Entrance() {
    for (int i = 0; i < refused.length; i++) {
      refused[i] = new LongAdder();
    }
  }

  void arrive() {
    offered.increment();
    underWay.increment();
  }

  void end() {
    underWay.decrement();
  }

  void receive(int bytes) {
    received.increment();
    receivedBytes.add(bytes);
  }

  void refuse(Refusal reason) {
    refused[reason.ordinal()].increment();
  }

  /**
   * One reading of all four: requests go on meanwhile, so that a gap counts only if it is still
   * there at every further look.
   *
   * @param letGo of those received, how many no destination takes
   */
  PipelineStatus.Door status(long letGo) {
    PipelineStatus.Door read = look(letGo);
    for (int looks = 1; looks < LOOKS && read.gap() != 0; looks++) {
      Thread.onSpinWait();
      read = look(letGo);
    }
    return read;
  }

  private PipelineStatus.Door look(long letGo) {
    Map<String, Long> byReason = new TreeMap<>();
    for (Refusal reason : Refusal.values()) {
      long count = refused[reason.ordinal()].sum();
      if (count > 0) {
        byReason.put(reason.name().toLowerCase(Locale.ROOT), count);
      }
    }
    return new PipelineStatus.Door(
        offered.sum(), received.sum(), underWay.sum(), receivedBytes.sum(), letGo, byReason);
  }
}
