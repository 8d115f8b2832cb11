package dev.spanthrift.agent.timer;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task of a timer that may fail and is run again all the same.
 *
 * <p>A scheduler forgets a task that throws once, without a word. Here each failure is counted by
 * the task's name, and the first of each minute is logged with its stack, or in the task's own
 * words where it has some. Every task that is given to a timer goes through here (a test looks).
 */
public final class Guarded implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Guarded.class);
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Map<String, Guarded.Books> BOOKS = new ConcurrentHashMap<>();

  private final Books books;
  private final String name;
  private final Runnable task;
  private final Function<Throwable, @Nullable String> words;

  private Guarded(String name, Runnable task, Function<Throwable, @Nullable String> words) {
    this.name = name;
    this.task = task;
    this.words = words;
    books = BOOKS.computeIfAbsent(name, unused -> new Books());
  }

  /** Of all tasks with one name: a connection's timer has many. */
  private static final class Books {
    final AtomicLong runs = new AtomicLong();
    final AtomicLong failures = new AtomicLong();
    final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    boolean mayBeSaid(long now) {
      long until = quietUntil.get();
      return now - until >= 0 && quietUntil.compareAndSet(until, now + SILENCE_NANOS);
    }
  }

  /**
   * Guards a task.
   *
   * @param name one of a few, for people: it becomes a label
   */
  public static Guarded task(String name, Runnable task) {
    return task(name, task, failure -> null);
  }

  /**
   * Guards a task that somebody else may keep from its work.
   *
   * @param words of a failure, in place of its stack; null where it is a mistake of ours, which the
   *     stack has to say
   */
  public static Guarded task(
      String name, Runnable task, Function<Throwable, @Nullable String> words) {
    return new Guarded(name, task, words);
  }

  /** Names of all tasks that were made since start: those whose failures can be counted. */
  public static Set<String> names() {
    return new TreeSet<>(BOOKS.keySet());
  }

  /** How often each task has failed since start; those that never did are missing. */
  public static Map<String, Long> failures() {
    return read(books -> books.failures);
  }

  /** How often each task has run since start; those that never did are missing. */
  public static Map<String, Long> runs() {
    return read(books -> books.runs);
  }

  private static Map<String, Long> read(Function<Books, AtomicLong> of) {
    Map<String, Long> read = new TreeMap<>();
    BOOKS.forEach(
        (name, books) -> {
          long count = of.apply(books).get();
          if (count > 0) {
            read.put(name, count);
          }
        });
    return read;
  }

  @Override
  public void run() {
    books.runs.incrementAndGet();
    try {
      task.run();
    } catch (Throwable e) { // an Error ends a timer as well as an exception does
      long count = books.failures.incrementAndGet();
      if (books.mayBeSaid(System.nanoTime())) {
        say(e, count);
      }
    }
  }

  private void say(Throwable failure, long count) {
    String told = words.apply(failure);
    if (told == null) {
      log.error("{} failed and goes on (failure {} since start)", name, count, failure);
    } else {
      log.warn("{} has to wait: {} (failure {} since start)", name, told, count);
    }
  }
}
