package dev.spanthrift.agent.recording;

import dev.spanthrift.agent.client.OtlpClient;
import dev.spanthrift.agent.client.OtlpClient.Reply;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Sends a recording: request after request at their times, a bounded number under way, each tried
 * again when the other side asks for it.
 */
public final class Player {
  private static final int UNDER_WAY_MAX = 64;
  private static final int ATTEMPTS_MAX = 20;
  private static final int REASONS_MAX = 20;
  private static final int BROKEN_MAX = 3;
  private static final long PAUSE_MILLIS = 200;

  private final OtlpClient client;
  private final Timetable timetable;
  private final Pace pace;
  private final Semaphore permits = new Semaphore(UNDER_WAY_MAX);
  private final LongAdder accepted = new LongAdder();
  private final LongAdder rejectedSpans = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final Map<String, Long> refused = new TreeMap<>();
  private final CountDownLatch gaveUp = new CountDownLatch(1);
  private volatile @Nullable String hopeless;

  /**
   * How fast, and what is made fresh.
   *
   * @param speed times the recording's own; 0 for as fast as it goes
   * @param freshTimes whether the recording ends when sending ends
   * @param idMask for all ids; 0 leaves them
   */
  public record Pace(double speed, boolean freshTimes, long idMask) {}

  /**
   * What became of the requests.
   *
   * @param hopeless why sending was given up before the end; null when it was not
   */
  public record Delivery(
      long requests,
      long accepted,
      long rejectedSpans,
      long bytes,
      long retries,
      Map<String, Long> refused,
      @Nullable String hopeless) {
    public Delivery {
      refused = Map.copyOf(refused);
    }

    public boolean complete() {
      return accepted == requests && rejectedSpans == 0;
    }
  }

  /** Told after each request is on its way. */
  public interface Watcher {
    void sent(long requests, long bytes);
  }

  public Player(OtlpClient client, Timetable timetable, Pace pace) {
    this.client = client;
    this.timetable = timetable;
    this.pace = pace;
  }

  /**
   * Sends all of it and waits for all answers; gives up when nothing was accepted yet and nothing
   * ever will be.
   *
   * @throws InterruptedException when it is to stop
   */
  public Delivery play(RecordedRequests recording, Watcher watcher)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    long endUnixNanos =
        TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) + scaled(timetable.lengthNanos());
    SpanEdit edit = new SpanEdit();
    int index = 0;
    try (ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      byte[] request = recording.next();
      while (request != null && index < timetable.requests() && hopeless == null) {
        if (pace.freshTimes() || pace.idMask() != 0) {
          long shift = pace.freshTimes() ? timetable.shiftNanos(index, endUnixNanos) : 0;
          edit.apply(request, shift, pace.idMask());
        }
        awaitTime(startNanos + scaled(timetable.sinceStartNanos(index)));
        permits.acquire();
        if (hopeless != null) {
          break;
        }
        byte[] body = request;
        calls.execute(() -> deliver(body));
        bytes.add(body.length);
        index++;
        watcher.sent(index, bytes.sum());
        request = recording.next();
      }
    }
    return outcome(index);
  }

  private long scaled(long nanos) {
    return pace.speed() == 0 ? 0 : (long) (nanos / pace.speed());
  }

  /** Returns earlier when there is no hope. */
  private void awaitTime(long nanoTime) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    if (left > 0) {
      gaveUp.await(left, TimeUnit.NANOSECONDS);
    }
  }

  private void deliver(byte[] body) {
    try {
      String reason = attempts(body);
      if (reason != null) {
        synchronized (refused) {
          boolean known = refused.containsKey(reason) || refused.size() < REASONS_MAX;
          refused.merge(known ? reason : "other reasons", 1L, Long::sum);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      permits.release();
    }
  }

  /** Who has accepted something before may be starting anew. */
  private void giveUp(String reason) {
    if (accepted.sum() == 0) {
      hopeless = reason;
      gaveUp.countDown();
    }
  }

  /** Null when it was accepted, else why not. */
  private @Nullable String attempts(byte[] body) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      switch (client.send(Signal.TRACES, body)) {
        case Reply.Accepted(long rejected) -> {
          accepted.increment();
          rejectedSpans.add(rejected);
          return null;
        }
        case Reply.Refused(String reason, boolean always) -> {
          if (always) {
            giveUp(reason);
          }
          return reason;
        }
        case Reply.Unreachable(String reason, boolean certain) -> {
          if (certain || attempt == BROKEN_MAX) {
            giveUp(reason);
          }
          if (attempt == ATTEMPTS_MAX || hopeless != null) {
            return reason;
          }
          retries.increment();
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS * Math.min(attempt, 10));
        }
        case Reply.TryAgain(String reason, long afterMillis) -> {
          if (attempt == ATTEMPTS_MAX) {
            return reason;
          }
          retries.increment();
          TimeUnit.MILLISECONDS.sleep(afterMillis * Math.min(attempt, 10));
        }
      }
    }
  }

  private Delivery outcome(long requests) {
    synchronized (refused) {
      return new Delivery(
          requests,
          accepted.sum(),
          rejectedSpans.sum(),
          bytes.sum(),
          retries.sum(),
          refused,
          hopeless);
    }
  }
}
