package dev.spanthrift.agent.control.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.operation.OperationHistory.Key;
import dev.spanthrift.agent.control.operation.OperationHistory.Minute;
import dev.spanthrift.agent.control.operation.OperationHistory.Reading;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last hour of the operations that had the most spans, minute by minute: rows of the heat map.
 *
 * <p>Bounded: {@value #MINUTES} minutes; of more than {@value #OPERATIONS} operations the one with
 * the fewest spans in them gives way. About 40 kB.
 */
final class OperationMinutes {
  static final int MINUTES = 60;
  static final int OPERATIONS = 64;

  private final long[] ends = new long[MINUTES];
  private final double[] seconds = new double[MINUTES];
  private final Map<Key, Cells> rows = new HashMap<>();
  private final Map<Key, Instant> firstSeen = new HashMap<>(); // of operations in the last reading
  private int taken;

  /** Spans by minute, at the minute's place in the ring. */
  private static final class Cells {
    final float[] seen = new float[MINUTES];
    final float[] kept = new float[MINUTES];

    float sum() {
      float sum = 0;
      for (float minute : seen) {
        sum += minute;
      }
      return sum;
    }
  }

  /**
   * The minutes, the oldest first; spans a second.
   *
   * @param at their ends
   */
  record Minutes(List<Instant> at, List<Row> operations) {}

  /**
   * One operation in each of them.
   *
   * @param firstSeen the end of the minute in which it came for the first time; missing where it
   *     was there before anybody noted minutes
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Row(
      String service,
      String operation,
      List<Double> seen,
      List<Double> kept,
      @Nullable Instant firstSeen) {}

  /** Takes a minute that is over. */
  synchronized void note(Minute minute) {
    int place = taken++ % MINUTES;
    ends[place] = minute.to().unixMillis();
    seconds[place] = Math.max(1, (minute.to().unixMillis() - minute.from().unixMillis()) / 1_000.0);
    begin(minute);
    rows.values().forEach(cells -> cells.seen[place] = cells.kept[place] = 0);
    minute
        .to()
        .all()
        .forEach(
            (key, all) -> {
              long seen = all.spans() - spans(minute.from().all().get(key));
              if (seen > 0) {
                Cells cells = rows.computeIfAbsent(key, k -> new Cells());
                cells.seen[place] = seen;
                cells.kept[place] = kept(minute.to(), key) - kept(minute.from(), key);
              }
            });
    rows.values().removeIf(cells -> cells.sum() == 0);
    if (rows.size() > OPERATIONS) {
      List<Key> least =
          rows.entrySet().stream()
              .sorted(Comparator.comparingDouble(row -> row.getValue().sum()))
              .limit(rows.size() - OPERATIONS)
              .map(Map.Entry::getKey)
              .toList();
      least.forEach(rows::remove);
    }
  }

  /**
   * Notes what is new, apart from the rows: most of what is new is too small for one, and has to
   * grow. All that came in the first minute of all is nothing new.
   */
  private void begin(Minute minute) {
    Map<Key, MeasuredOperation> before = minute.from().all();
    Map<Key, MeasuredOperation> now = minute.to().all();
    firstSeen.keySet().retainAll(now.keySet());
    if (before.isEmpty()) {
      return;
    }
    Instant end = Instant.ofEpochMilli(minute.to().unixMillis());
    for (Key key : now.keySet()) {
      if (!before.containsKey(key)) {
        firstSeen.putIfAbsent(key, end);
      }
    }
  }

  private static long spans(@Nullable MeasuredOperation before) {
    return before == null ? 0 : before.spans();
  }

  private static long kept(Reading reading, Key key) {
    KeptOperation kept = reading.kept().get(key);
    return kept == null ? 0 : kept.spans();
  }

  synchronized Minutes minutes() {
    List<Integer> places = new ArrayList<>();
    for (int i = Math.max(0, taken - MINUTES); i < taken; i++) {
      places.add(i % MINUTES);
    }
    List<Row> found =
        rows.entrySet().stream()
            .sorted(
                Comparator.comparingDouble((Map.Entry<Key, Cells> row) -> row.getValue().sum())
                    .reversed())
            .map(
                row ->
                    new Row(
                        row.getKey().service(),
                        row.getKey().operation(),
                        rates(row.getValue().seen, places),
                        rates(row.getValue().kept, places),
                        firstSeen.get(row.getKey())))
            .toList();
    return new Minutes(places.stream().map(p -> Instant.ofEpochMilli(ends[p])).toList(), found);
  }

  private List<Double> rates(float[] cells, List<Integer> places) {
    return Arrays.asList(places.stream().map(p -> cells[p] / seconds[p]).toArray(Double[]::new));
  }
}
