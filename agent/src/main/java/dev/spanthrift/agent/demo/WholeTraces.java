package dev.spanthrift.agent.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether kept traces arrive whole: compares the spans of each trace that were made with those that
 * arrived. Any thread.
 *
 * <p>Bounded by time: what a trace does after {@value #SECONDS_MAX} seconds is not seen any more,
 * and older seconds are added up.
 */
final class WholeTraces {
  private static final int SECONDS_MAX = 120;

  private final LongSupplier clockMillis;
  private final Map<Long, Trace> byId = new HashMap<>();
  private final ArrayDeque<Long> oldestFirst = new ArrayDeque<>();
  private final TreeMap<Long, Second> bySecond = new TreeMap<>();
  private final Second older = new Second();

  /** Traces that began in one second. */
  private static final class Second {
    long kept;
    long whole;
  }

  private static final class Trace {
    final long second;
    final int spans;
    int arrived;

    Trace(long second, int spans) {
      this.second = second;
      this.spans = spans;
    }
  }

  /**
   * Traces of some seconds.
   *
   * @param kept some of the spans arrived
   * @param whole all of them did
   */
  record Tally(long kept, long whole) {
    long torn() {
      return kept - whole;
    }

    /** 1 where none was kept. */
    double share() {
      return kept == 0 ? 1 : (double) whole / kept;
    }
  }

  WholeTraces(LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
  }

  synchronized void made(long id, int spans) {
    long second = clockMillis.getAsLong() / 1000;
    byId.put(id, new Trace(second, spans));
    oldestFirst.addLast(id);
    forget(second - SECONDS_MAX);
  }

  /** One span of a trace that was made. */
  synchronized void arrived(long id) {
    Trace trace = byId.get(id);
    if (trace == null) {
      return;
    }
    trace.arrived++;
    Second second = bySecond.computeIfAbsent(trace.second, key -> new Second());
    if (trace.arrived == 1) {
      second.kept++;
    }
    if (trace.arrived == trace.spans) {
      second.whole++;
    }
  }

  private void forget(long before) {
    for (Long id = oldestFirst.peekFirst(); id != null; id = oldestFirst.peekFirst()) {
      Trace trace = byId.get(id);
      if (trace != null && trace.second >= before) {
        break;
      }
      byId.remove(oldestFirst.removeFirst());
    }
    while (!bySecond.isEmpty() && bySecond.firstKey() < before) {
      Second second = bySecond.pollFirstEntry().getValue();
      older.kept += second.kept;
      older.whole += second.whole;
    }
  }

  /** Those that began before this second. */
  synchronized Tally before(long unixSecond) {
    Tally young = between(Long.MIN_VALUE, unixSecond);
    return new Tally(older.kept + young.kept(), older.whole + young.whole());
  }

  /** Of those that are remembered by second. */
  synchronized Tally between(long from, long to) {
    long kept = 0;
    long whole = 0;
    for (Second second : bySecond.subMap(from, to).values()) {
      kept += second.kept;
      whole += second.whole;
    }
    return new Tally(kept, whole);
  }

  /** One tally a second up to this one; none where nothing was kept. */
  synchronized List<@Nullable Tally> seconds(long to, int most) {
    List<@Nullable Tally> tallies = new ArrayList<>();
    for (long second = to - most; second < to; second++) {
      Second here = bySecond.get(second);
      tallies.add(here == null || here.kept == 0 ? null : new Tally(here.kept, here.whole));
    }
    return tallies;
  }
}
