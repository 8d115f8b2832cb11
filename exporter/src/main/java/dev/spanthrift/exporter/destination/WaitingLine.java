package dev.spanthrift.exporter.destination;

import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent: first attempts in order, later attempts by the time they are due.
 *
 * <p>Not thread-safe: guarded by the lock of its destination, which also bounds it.
 */
final class WaitingLine {
  private final int mergeBytesMax;
  private final ArrayDeque<Pending> ready = new ArrayDeque<>();
  private final PriorityQueue<Pending> delayed =
      new PriorityQueue<>(Comparator.comparingLong((Pending p) -> p.dueNanos));

  WaitingLine(int mergeBytesMax) {
    this.mergeBytesMax = mergeBytesMax;
  }

  int size() {
    return ready.size() + delayed.size();
  }

  void add(Pending pending) {
    ready.add(pending);
  }

  /** Puts the parts of a request in front, in their order. */
  void addFirst(List<Pending> parts) {
    parts.reversed().forEach(ready::addFirst);
  }

  void addForAgain(Pending pending, long dueNanos) {
    pending.dueNanos = dueNanos;
    delayed.add(pending);
  }

  /** Takes what may go now, later attempts first; null when there is nothing. */
  @Nullable Pending next(long nowNanos) {
    if (nextDueNanos() <= nowNanos) {
      return delayed.poll();
    }
    Pending next = ready.poll();
    if (next != null && mergeBytesMax > 0) {
      mergeFollowers(next);
    }
    return next;
  }

  /** When the next later attempt is due; {@link Long#MAX_VALUE} when there is none. */
  long nextDueNanos() {
    Pending next = delayed.peek();
    return next == null ? Long.MAX_VALUE : next.dueNanos;
  }

  private void mergeFollowers(Pending first) {
    List<Pending> followers = new ArrayList<>();
    long bytes = first.bytes;
    for (Pending next = ready.peek();
        next != null && mayMerge(first, next) && bytes + next.bytes <= mergeBytesMax;
        next = ready.peek()) {
      followers.add(ready.remove());
      bytes += next.bytes;
    }
    if (!followers.isEmpty()) {
      first.merge(followers, bytes);
    }
  }

  /** Profiles share a dictionary, field 2, that concatenation would break (specs.md W10). */
  private static boolean mayMerge(Pending first, Pending next) {
    return first.signal == next.signal
        && first.signal != Signal.PROFILES
        && !first.alone
        && !next.alone;
  }

  /** Removes what was taken at this time or before. */
  List<Pending> removeOlderThan(long takenNanos) {
    List<Pending> old = new ArrayList<>();
    ready.removeIf(p -> p.takenNanos <= takenNanos && old.add(p));
    delayed.removeIf(p -> p.takenNanos <= takenNanos && old.add(p));
    return old;
  }

  List<Pending> removeAll() {
    List<Pending> all = new ArrayList<>(ready);
    all.addAll(delayed);
    ready.clear();
    delayed.clear();
    return all;
  }
}
