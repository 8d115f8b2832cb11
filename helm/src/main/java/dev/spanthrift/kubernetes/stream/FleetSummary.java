package dev.spanthrift.kubernetes.stream;

import dev.spanthrift.kubernetes.objects.Traffic;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * How the sidecars of one replica, or of all, are: by what they are to run and by namespace.
 *
 * @param sidecars that are connected
 * @param parts by {@link Assignment#part}
 * @param namespaces day-one figures
 * @param cut whether entries are missing, because a replica had more than it could tell the others
 */
public record FleetSummary(
    int sidecars, Map<String, Part> parts, Map<String, NamespaceFigures> namespaces, boolean cut) {
  public static final FleetSummary NONE = new FleetSummary(0, Map.of(), Map.of(), false);

  /**
   * Of those that are to run one content of one object.
   *
   * @param matched sidecars that are to run it
   * @param running of these, that do
   * @param refused of these, that cannot, or for which there are too many others
   * @param spansPerSecond received by the running ones
   * @param failedPerSecond spans that they could not deliver
   * @param spentPerHour money
   * @param traffic since each of them started
   * @param spentOf by this object's budget; 0 where it is none
   */
  public record Part(
      int matched,
      int running,
      int refused,
      double spansPerSecond,
      double failedPerSecond,
      double spentPerHour,
      double spentOf,
      Traffic traffic) {
    public static final Part NONE = new Part(0, 0, 0, 0, 0, 0, 0, Traffic.NONE);

    Part plus(Part other) {
      return new Part(
          matched + other.matched,
          running + other.running,
          refused + other.refused,
          spansPerSecond + other.spansPerSecond,
          failedPerSecond + other.failedPerSecond,
          spentPerHour + other.spentPerHour,
          spentOf + other.spentOf,
          traffic.plus(other.traffic));
    }
  }

  /** One namespace: what would be saved, kept and lost. */
  public record NamespaceFigures(int sidecars, Traffic traffic) {
    NamespaceFigures plus(NamespaceFigures other) {
      return new NamespaceFigures(sidecars + other.sidecars, traffic.plus(other.traffic));
    }
  }

  public FleetSummary {
    parts = Map.copyOf(parts);
    namespaces = Map.copyOf(namespaces);
  }

  public Part part(String name) {
    return parts.getOrDefault(name, Part.NONE);
  }

  /** Both together. */
  public FleetSummary plus(FleetSummary other) {
    return new FleetSummary(
        sidecars + other.sidecars,
        merged(parts, other.parts, Part::plus),
        merged(namespaces, other.namespaces, NamespaceFigures::plus),
        cut || other.cut);
  }

  private static <V> Map<String, V> merged(
      Map<String, V> one, Map<String, V> other, BinaryOperator<V> plus) {
    Map<String, V> merged = new TreeMap<>(one);
    other.forEach((key, value) -> merged.merge(key, value, plus));
    return merged;
  }
}
