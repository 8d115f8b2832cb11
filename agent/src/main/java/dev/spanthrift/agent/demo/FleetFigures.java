package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.terminal.Picture;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one picture of the fleet's demo shows, read in one moment.
 *
 * @param seconds since the start of the traffic
 * @param secondsToEnd 0 when only a key or Ctrl-C ends it
 * @param engine the engine's state
 * @param now kept traces of the last seconds that are old enough to be whole
 * @param all such traces since the start
 * @param history the same second by second
 * @param incidentErrors failed traces of the incident
 * @param perGb price of the spans, to tell what one sidecar spent
 * @param logs folder of all logs
 */
record FleetFigures(
    double seconds,
    long secondsToEnd,
    EngineState engine,
    WholeTraces.Tally now,
    WholeTraces.Tally all,
    List<WholeTraces.@Nullable Tally> history,
    FailedTraces.Count failed,
    Incident incident,
    long incidentErrors,
    ShopTraffic.Counts made,
    List<PodFigures> pods,
    PodReader.FleetSpend spend,
    double perGb,
    Path logs)
    implements Picture {

  /**
   * How the engine is.
   *
   * @param running whether its process runs; true for one that is not ours
   * @param own whether a key stops it
   * @param seconds since it was started or stopped
   */
  record EngineState(String url, boolean running, boolean own, long seconds) {}

  @Override
  public List<String> rows() {
    return FleetScreen.rows(this);
  }

  @Override
  public String line() {
    return FleetScreen.line(this);
  }

  double spent(PodFigures pod) {
    return pod.keptBytes() * perGb / 1e9;
  }

  double spansPerSecond() {
    return pods.stream().mapToDouble(PodFigures::spansPerSecond).sum();
  }

  long received() {
    return pods.stream().mapToLong(PodFigures::received).sum();
  }

  long kept() {
    return pods.stream().mapToLong(PodFigures::kept).sum();
  }

  /** Sidecars that are without the engine. */
  long alone() {
    return pods.stream().filter(PodFigures::engineAway).count();
  }

  int laws() {
    return pods.stream().mapToInt(PodFigures::laws).sum();
  }

  int lawsThatHold() {
    return pods.stream().mapToInt(PodFigures::lawsThatHold).sum();
  }

  /** All sidecars answered, and all their sums agree. */
  boolean isWell() {
    return pods.stream().allMatch(pod -> pod.laws() > 0) && laws() == lawsThatHold();
  }
}
