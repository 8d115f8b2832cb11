package dev.spanthrift.agent.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
 * @param wholeness what becomes of traces that several sidecars see
 * @param disagreement whose policies, budgets or prices differ; empty while they agree
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
    Map<String, Long> errors,
    Wholeness wholeness,
    String disagreement) {

  /**
   * Learned from a sample of the keeps that this sidecar told, looked at when all have asked.
   *
   * @param lookedAt traces of the sample
   * @param keptBecauseTold those that another sidecar kept only because it was told
   * @param tornWithoutEngine the share of these, of late; absent until one was looked at
   * @param tornNow the share of kept traces that probably arrives torn: 0 while the engine answers,
   *     else what would be torn without it
   * @param untold keeps that could not be told at once
   * @param neverTold those of them that were never told: too many, or too old by then
   */
  public record Wholeness(
      long lookedAt,
      long keptBecauseTold,
      @Nullable Double tornWithoutEngine,
      @Nullable Double tornNow,
      long untold,
      long neverTold) {}

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
   * @param policy differs where sidecars decide by different policies or budgets
   * @param price the same of price models
   * @param pricePerGigabyte of 10^9 bytes of its spans of late
   * @param spans received since it started
   * @param bytes of those
   * @param kept bytes kept since it started
   * @param spent what they cost, by what the next ones cost
   * @param residentBytes memory that its process takes; null where it does not say, as an older one
   *     does not
   * @param processors that it used between its last two reports; null likewise
   */
  public record Member(
      String pod,
      long secondsAgo,
      String version,
      String policy,
      String price,
      double pricePerGigabyte,
      long spans,
      long bytes,
      long kept,
      double spent,
      @Nullable Long residentBytes,
      @Nullable Double processors) {}

  /**
   * A call from one service to another, over the edge between two sidecars, in a sample of the kept
   * traces of this hour and the one before.
   *
   * @param whole kept on both sides
   * @param torn kept on one
   */
  public record Edge(String from, String to, long whole, long torn, double wholeShare) {}

  /** Who decides differently, by name; empty when all agree. */
  public static String disagreement(List<Member> members) {
    Map<String, List<String>> groups = new TreeMap<>();
    for (Member member : members) {
      String configuration = "policies " + member.policy + " at prices " + member.price;
      groups.computeIfAbsent(configuration, unused -> new ArrayList<>()).add(member.pod);
    }
    if (groups.size() < 2) {
      return "";
    }
    StringJoiner all = new StringJoiner("; ");
    groups.entrySet().stream()
        .limit(NAMED_MAX)
        .forEach(g -> all.add(words(g.getValue(), g.getKey())));
    String more = groups.size() > NAMED_MAX ? "; and " + (groups.size() - NAMED_MAX) + " more" : "";
    return "the fleet's sidecars decide differently: " + all + more;
  }

  private static String words(List<String> pods, String configuration) {
    String named = String.join(", ", pods.subList(0, Math.min(NAMED_MAX, pods.size())));
    int more = pods.size() - NAMED_MAX;
    return named + (more > 0 ? " and " + more + " more" : "") + " by " + configuration;
  }

  private static final int NAMED_MAX = 4;
}
