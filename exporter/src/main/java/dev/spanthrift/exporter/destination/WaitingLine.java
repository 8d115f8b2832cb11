package dev.spanthrift.exporter.destination;

import dev.spanthrift.sampler.Worth;
import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent: first attempts in order, whatever they are worth, later attempts by the
 * time they are due. What is worth least leaves first when room is needed.
 *
 * <p>Not thread-safe: guarded by the lock of its destination, which also bounds it.
 */
final class WaitingLine {
  private static final Comparator<Pending> IN_ORDER =
      Comparator.comparingLong((Pending p) -> p.order).thenComparingLong(p -> p.part);

  private static final int TRIED = 4;

  private final int mergeBytesMax;
  private final Map<Worth, Queue<Pending>> ready = new EnumMap<>(Worth.class);
  private final PriorityQueue<Pending> delayed =
      new PriorityQueue<>(Comparator.comparingLong((Pending p) -> p.dueNanos));
  private final long[] bytes = new long[Worth.values().length];
  private int size;

  WaitingLine(int mergeBytesMax) {
    this.mergeBytesMax = mergeBytesMax;
    for (Worth worth : Worth.values()) {
      ready.put(worth, new PriorityQueue<>(IN_ORDER));
    }
  }

  int size() {
    return size;
  }

  void add(Pending pending) {
    ready.getOrDefault(pending.worth, delayed).add(pending);
    entered(pending);
  }

  void addForAgain(Pending pending, long dueNanos) {
    pending.dueNanos = dueNanos;
    delayed.add(pending);
    entered(pending);
  }

  private void entered(Pending pending) {
    bytes[pending.worth.ordinal()] += pending.bytes;
    size++;
  }

  private Pending left(Pending pending) {
    bytes[pending.worth.ordinal()] -= pending.bytes;
    size--;
    return pending;
  }

  /**
   * Takes what may go now, later attempts first; null when there is nothing.
   *
   * @param away one is to find out whether the backend is there again: a few take turns, because it
   *     may be just one of them that it cannot bear, and the time of the others shall not begin
   */
  @Nullable Pending next(long nowNanos, boolean away) {
    boolean turn = away && !delayed.isEmpty() && (delayed.size() >= TRIED || isReadyEmpty());
    if (turn || nextDueNanos() <= nowNanos) {
      return left(delayed.remove());
    }
    Queue<Pending> first = null;
    for (Queue<Pending> each : ready.values()) {
      Pending head = each.peek();
      if (head != null && (first == null || IN_ORDER.compare(head, first.element()) < 0)) {
        first = each;
      }
    }
    if (first == null) {
      return null;
    }
    Pending next = left(first.remove());
    if (mergeBytesMax > 0) {
      mergeFollowers(next, first);
    }
    return next;
  }

  private boolean isReadyEmpty() {
    return delayed.size() == size;
  }

  /** When the next later attempt is due; {@link Long#MAX_VALUE} when there is none. */
  long nextDueNanos() {
    Pending next = delayed.peek();
    return next == null ? Long.MAX_VALUE : next.dueNanos;
  }

  /** Later attempts need not wait any more. */
  void wake() {
    delayed.forEach(p -> ready.getOrDefault(p.worth, delayed).add(p));
    delayed.clear();
  }

  private void mergeFollowers(Pending first, Queue<Pending> line) {
    List<Pending> followers = new ArrayList<>();
    long sum = first.bytes;
    for (Pending next = line.peek();
        next != null && mayMerge(first, next) && sum + next.bytes <= mergeBytesMax;
        next = line.peek()) {
      followers.add(left(line.remove()));
      sum += next.bytes;
    }
    if (!followers.isEmpty()) {
      first.merge(followers);
    }
  }

  /** Profiles share a dictionary, field 2, that concatenation would break (specs.md W10). */
  private static boolean mayMerge(Pending first, Pending next) {
    return first.signal == next.signal
        && first.signal != Signal.PROFILES
        && first.attempts == 0
        && next.attempts == 0
        && !first.alone
        && !next.alone;
  }

  /** Bytes that would leave for something of this worth. */
  long yielding(Worth worth) {
    long sum = 0;
    for (Worth lower : Worth.values()) {
      sum += worth.outranks(lower) ? bytes[lower.ordinal()] : 0;
    }
    return sum;
  }

  /** Takes out the oldest of what is worth least, if that is less than this; else null. */
  @Nullable Pending yield(Worth worth) {
    for (Map.Entry<Worth, Queue<Pending>> lowest : ready.entrySet()) {
      if (worth.outranks(lowest.getKey()) && !lowest.getValue().isEmpty()) {
        return left(lowest.getValue().remove());
      }
    }
    List<Pending> late = new ArrayList<>(delayed);
    late.sort(Comparator.comparing((Pending p) -> p.worth));
    for (Pending pending : late) {
      if (worth.outranks(pending.worth)) {
        delayed.remove(pending);
        return left(pending);
      }
    }
    return null;
  }

  /** Removes what was taken at this time or before. */
  List<Pending> removeOlderThan(long takenNanos) {
    return removeIf(p -> p.takenNanos <= takenNanos);
  }

  List<Pending> removeAll() {
    return removeIf(p -> true);
  }

  private List<Pending> removeIf(Predicate<Pending> unwanted) {
    List<Pending> removed = new ArrayList<>();
    Predicate<Pending> remove = p -> unwanted.test(p) && removed.add(p);
    ready.values().forEach(line -> line.removeIf(remove));
    delayed.removeIf(remove);
    removed.forEach(this::left);
    return removed;
  }
}
