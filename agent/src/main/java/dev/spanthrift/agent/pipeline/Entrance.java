package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.receive.door.Intake.Refusal;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the requests of one signal: offered = refused + received + under way.
 *
 * <p>Each of the four is counted by itself, where it happens, so that the law can fail. Guarded by
 * the pipeline's lock, so that all are read in the same moment.
 */
final class Entrance {
  private long offered;
  private long underWay;
  private long received;
  private long receivedBytes;
  private final long[] refused = new long[Refusal.values().length];

  void arrive() {
    offered++;
    underWay++;
  }

  void end() {
    underWay--;
  }

  void receive(int bytes) {
    received++;
    receivedBytes += bytes;
  }

  void refuse(Refusal reason) {
    refused[reason.ordinal()]++;
  }

  /**
   * @param letGo of those received, how many no destination takes
   */
  PipelineStatus.Offers status(long letGo) {
    Map<String, Long> byReason = new TreeMap<>();
    for (Refusal reason : Refusal.values()) {
      long count = refused[reason.ordinal()];
      if (count > 0) {
        byReason.put(reason.name().toLowerCase(Locale.ROOT), count);
      }
    }
    return new PipelineStatus.Offers(offered, received, underWay, receivedBytes, letGo, byReason);
  }
}
