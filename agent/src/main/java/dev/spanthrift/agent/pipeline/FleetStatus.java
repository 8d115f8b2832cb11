package dev.spanthrift.agent.pipeline;

import java.util.Map;

/**
 * How the fleet looks from this sidecar.
 *
 * @param fleet its name
 * @param pod this sidecar's name in it
 * @param engine such as Redis 7.0.15, standalone; empty until it was reached
 * @param away whether the engine does not answer at the moment, and this sidecar decides alone
 * @param awaySeconds since when; 0 while all is well
 * @param lastError what was wrong last, in words; empty when nothing was
 * @param pods sidecars that reported in the last seconds, or that are assumed
 * @param podsKnown whether they are counted and not assumed
 * @param latencyMillis of an exchange, of late
 * @param latencyMillisMax since start
 * @param traffic between this sidecar and the engine
 * @param errors by kind
 */
public record FleetStatus(
    String fleet,
    String pod,
    String engine,
    boolean away,
    long awaySeconds,
    String lastError,
    long pods,
    boolean podsKnown,
    double latencyMillis,
    double latencyMillisMax,
    EngineTraffic traffic,
    Map<String, Long> errors) {

  /**
   * Since start.
   *
   * @param commands scripts called
   * @param told keeps told
   * @param asked questions whether anybody keeps a trace
   * @param answeredAlone those that the engine did not answer
   */
  public record EngineTraffic(
      long exchanges,
      long commands,
      long bytesSent,
      long bytesReceived,
      long told,
      long asked,
      long answeredAlone) {}

  /**
   * A sidecar as it described itself.
   *
   * @param secondsAgo since it did, to five seconds
   * @param policy differs where sidecars decide by different policies, budgets or price models
   * @param spans received since it started
   * @param kept bytes kept since it started
   */
  public record Member(
      String pod, long secondsAgo, String version, String policy, long spans, long kept) {}
}
