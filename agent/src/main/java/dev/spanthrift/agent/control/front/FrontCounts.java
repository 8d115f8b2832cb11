package dev.spanthrift.agent.control.front;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the admin port has taken, answered and cut since start. Written by its loop, read by any.
 */
public final class FrontCounts {
  private static final Logger log = LoggerFactory.getLogger(FrontCounts.class);
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongAdder opened = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final LongAdder limited = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final Map<Integer, LongAdder> answered = new ConcurrentHashMap<>();
  private final Map<Cut, LongAdder> cut = new ConcurrentHashMap<>();
  private final Map<Cut, Long> quietUntil = new EnumMap<>(Cut.class);

  /** Why a connection was ended before its request had an answer. */
  enum Cut {
    FULL("left for newer ones: the table of connections is full"),
    HEAD_TIMEOUT("had not sent a head in time"),
    BODY_TIMEOUT("had not sent a body in time"),
    ANSWER_TIMEOUT("did not take an answer in time"),
    QUEUE_TIMEOUT("waited too long for its turn"),
    SLOW("left too many events lying"),
    CLIENT("ended by the client in the middle of a request or answer");

    final String words;

    Cut(String words) {
      this.words = words;
    }
  }

  /**
   * A reading.
   *
   * @param connections open now
   * @param connectionsOpened since start
   * @param connectionsCut by why, before their request was answered
   * @param answers by HTTP status
   * @param limited requests that were refused because their client had asked too often
   * @param late requests that had no answer in their time; those that only read were interrupted
   * @param streams of events that are open now
   */
  public record AdminReading(
      int connections,
      long connectionsOpened,
      Map<String, Long> connectionsCut,
      Map<String, Long> answers,
      long limited,
      long late,
      int streams) {}

  void opened() {
    opened.increment();
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  void streamOpened() {
    streams.incrementAndGet();
  }

  void streamClosed() {
    streams.decrementAndGet();
  }

  /** A client has asked too often. */
  void limited() {
    limited.increment();
  }

  /** A request has no answer in its time. */
  void late() {
    late.increment();
  }

  void answered(int status) {
    answered.computeIfAbsent(status, unused -> new LongAdder()).increment();
  }

  /**
   * Counts, and says it once a minute. Only from the event loop.
   *
   * @param quietly browsers open connections that they may never use
   */
  void cut(Cut why, boolean quietly) {
    LongAdder count = cut.computeIfAbsent(why, unused -> new LongAdder());
    count.increment();
    long now = System.nanoTime();
    Long quiet = quietUntil.get(why);
    if (!quietly && (quiet == null || now - quiet >= 0)) {
      quietUntil.put(why, now + SILENCE_NANOS);
      log.warn("admin port: a connection {} ({} since start)", why.words, count.sum());
    }
  }

  public AdminReading read() {
    Map<String, Long> cuts = new TreeMap<>();
    cut.forEach((why, count) -> cuts.put(why.name().toLowerCase(Locale.ROOT), count.sum()));
    Map<String, Long> answers = new TreeMap<>();
    answered.forEach((status, count) -> answers.put(String.valueOf(status), count.sum()));
    return new AdminReading(
        open.get(), opened.sum(), cuts, answers, limited.sum(), late.sum(), streams.get());
  }
}
