package dev.spanthrift.agent.control.status;

import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendCurves;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.SamplerCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last hour of what the page draws: counts by reason and money spent, each ten seconds, so that
 * a page that is opened now has something to show.
 *
 * <p>Reads nothing itself: who reads once a second anyway hands it on. While nothing moves nobody
 * does; the end of such a pause is noted, so that what came after it is not spread over it.
 * Bounded: the oldest reading gives way, and reasons beyond {@value #NAMES_MAX} are counted under
 * {@value #OTHERS}. About 100 kB when full.
 */
public final class HourHistory {
  static final int STEP_MILLIS = 10_000;
  static final int READINGS = 361;
  static final int NAMES_MAX = 15;
  static final String OTHERS = "others";

  private final SpendView spend;
  private final SpendCurves curves;
  private final Reading[] ring = new Reading[READINGS];
  private final List<String> kept = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();
  private final List<String> budgets = new ArrayList<>();
  private int taken;

  public HourHistory(SpendView spend, SpendCurves curves) {
    this.spend = spend;
    this.curves = curves;
  }

  /**
   * Counts since start at one moment, in the order of the names; shorter where names came later.
   */
  private record Reading(
      long unixMillis, long received, long[] kept, long[] dropped, double[] spent) {
    Reading at(long millis) {
      return new Reading(millis, received, kept, dropped, spent);
    }
  }

  /**
   * Readings, the oldest first.
   *
   * @param received spans since start
   * @param kept likewise, by reason
   * @param dropped likewise
   * @param spent by budget, since its period began; where there is none, as {@code all}
   * @param periods the same for each budget's whole period
   */
  record Hour(
      int stepSeconds,
      List<Instant> at,
      List<Long> received,
      Map<String, List<Long>> kept,
      Map<String, List<Long>> dropped,
      Map<String, List<Double>> spent,
      List<SpendCurves.Curve> periods) {}

  /** Takes a reading when it is time for one; to be called often. */
  public void note(PipelineStatus status) {
    long now = status.nowUnixMillis();
    if (isDue(now)) {
      Spend money = spend.spend();
      add(now, status.spans(), money);
      curves.note(now, money);
    }
  }

  private synchronized boolean isDue(long now) {
    return taken == 0 || now - last().unixMillis >= STEP_MILLIS || now < last().unixMillis;
  }

  private Reading last() {
    return ring[(taken - 1) % READINGS];
  }

  private synchronized void add(long now, SamplerCounts spans, Spend money) {
    Map<String, Double> spent = new LinkedHashMap<>();
    money.budgets().forEach(budget -> spent.put(budget.name(), budget.spent()));
    if (spent.isEmpty()) {
      spent.put("all", money.spent());
    }
    if (taken > 0 && now < last().unixMillis) {
      setBack(now - STEP_MILLIS - last().unixMillis);
    }
    if (taken > 0 && now - last().unixMillis > 2 * STEP_MILLIS) {
      put(last().at(now - STEP_MILLIS));
    }
    put(
        new Reading(
            now,
            spans.received().spans(),
            counts(spans.kept().byReason(), kept),
            counts(spans.dropped().byReason(), dropped),
            sums(spent, budgets)));
  }

  /** By the clock that was set back, what was read before is as long ago as it was. */
  private void setBack(long millis) {
    for (int i = Math.max(0, taken - READINGS); i < taken; i++) {
      ring[i % READINGS] = ring[i % READINGS].at(ring[i % READINGS].unixMillis + millis);
    }
  }

  private void put(Reading reading) {
    ring[taken++ % READINGS] = reading;
  }

  private static long[] counts(Map<String, Long> now, List<String> names) {
    now.keySet().forEach(name -> place(name, names));
    long[] counts = new long[names.size()];
    now.forEach((name, count) -> counts[place(name, names)] += count);
    return counts;
  }

  private static double[] sums(Map<String, Double> now, List<String> names) {
    now.keySet().forEach(name -> place(name, names));
    double[] sums = new double[names.size()];
    now.forEach((name, sum) -> sums[place(name, names)] += sum);
    return sums;
  }

  /** Where a name's figures stand; one that finds no room shares the last place. */
  private static int place(String name, List<String> names) {
    int known = names.indexOf(name);
    if (known >= 0) {
      return known;
    }
    if (names.size() < NAMES_MAX) {
      names.add(name);
    } else if (names.size() == NAMES_MAX) {
      names.add(OTHERS);
    }
    return names.size() - 1;
  }

  Hour hour() {
    List<SpendCurves.Curve> periods = curves.curves(); // with their own lock, and only that
    return hour(periods);
  }

  private synchronized Hour hour(List<SpendCurves.Curve> periods) {
    List<Instant> at = new ArrayList<>();
    List<Long> received = new ArrayList<>();
    Map<String, List<Long>> keptOf = columns(kept);
    Map<String, List<Long>> droppedOf = columns(dropped);
    Map<String, List<Double>> spentOf = columns(budgets);
    for (int i = Math.max(0, taken - READINGS); i < taken; i++) {
      Reading reading = ring[i % READINGS];
      at.add(Instant.ofEpochMilli(reading.unixMillis));
      received.add(reading.received);
      fill(kept, keptOf, reading.kept);
      fill(dropped, droppedOf, reading.dropped);
      for (int name = 0; name < budgets.size(); name++) {
        column(spentOf, budgets.get(name))
            .add(name < reading.spent.length ? reading.spent[name] : 0);
      }
    }
    return new Hour(STEP_MILLIS / 1_000, at, received, keptOf, droppedOf, spentOf, periods);
  }

  private static <T> Map<String, List<T>> columns(List<String> names) {
    Map<String, List<T>> columns = new LinkedHashMap<>();
    names.forEach(name -> columns.put(name, new ArrayList<>()));
    return columns;
  }

  private static void fill(List<String> names, Map<String, List<Long>> into, long[] counts) {
    for (int name = 0; name < names.size(); name++) {
      column(into, names.get(name)).add(name < counts.length ? counts[name] : 0);
    }
  }

  private static <T> List<T> column(Map<String, List<T>> columns, String name) {
    return columns.computeIfAbsent(name, n -> new ArrayList<>());
  }
}
