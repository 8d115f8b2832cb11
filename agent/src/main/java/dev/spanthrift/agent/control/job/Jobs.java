package dev.spanthrift.agent.control.job;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.agent.timer.Guarded;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Long questions: one is answered at a time, a few wait, results are kept for an hour.
 *
 * <p>Answered by one thread that lives only while there is something to do, and that works a
 * quarter of its time: under a limit of processor time the rest belongs to the pipeline.
 */
public final class Jobs implements AutoCloseable {
  public static final int WAITING_MAX = 4;
  public static final int KEPT_MAX = 8;
  static final Duration KEPT = Duration.ofHours(1);
  private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int PAUSES_FOR_WORK = 3;
  private static final Logger log = LoggerFactory.getLogger(Jobs.class);

  /** Answers, and says how far it is. */
  @FunctionalInterface
  public interface Work {
    WhatIfAnswer answer(RingQuestions.Watch watch) throws IOException, InterruptedException;
  }

  private final Map<String, Running> jobs = new LinkedHashMap<>();
  private final LongSupplier unixMillis;
  private final @Nullable ScheduledExecutorService timer;
  private final ThreadPoolExecutor thread;

  /**
   * @param timer by which results are forgotten; null: when somebody asks next
   */
  public Jobs(@Nullable ScheduledExecutorService timer, LongSupplier unixMillis) {
    this.timer = timer;
    this.unixMillis = unixMillis;
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name("spanthrift-job").priority(1).factory());
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Takes a question.
   *
   * @throws ProblemException when too many wait already
   */
  public synchronized Job submit(String kind, Work work) {
    forget();
    Running job = new Running(freshId(), kind, work, now());
    try {
      thread.execute(job.task);
    } catch (RejectedExecutionException e) {
      throw new ProblemException(
          ProblemType.BUSY, WAITING_MAX + " questions wait already, which is as many as may");
    }
    jobs.put(job.id, job);
    forget();
    return job.read();
  }

  private static String freshId() {
    return "j" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, Character.MAX_RADIX);
  }

  private Instant now() {
    return Instant.ofEpochMilli(unixMillis.getAsLong());
  }

  /** Null when there is none of this id any more. */
  public synchronized @Nullable Job find(String id) {
    forget();
    Running job = jobs.get(id);
    return job == null ? null : job.read();
  }

  /** All of them without their results, the youngest first. */
  public synchronized List<Job> list() {
    forget();
    return new ArrayList<>(jobs.values())
        .reversed().stream().map(job -> job.read().withoutResult()).toList();
  }

  /** Cancels it, or forgets its result; null when there is none of this id. */
  public synchronized @Nullable Job cancel(String id) {
    Running job = jobs.get(id);
    if (job == null) {
      return null;
    }
    if (job.isOver()) {
      jobs.remove(id);
    } else {
      job.cancel();
      thread.remove(job.task);
    }
    return job.read();
  }

  /** The oldest results go when there are too many, and those whose hour is over. */
  private void forget() {
    Instant now = now();
    jobs.values().removeIf(job -> job.isOver() && !now.isBefore(job.expires()));
    long over = jobs.values().stream().filter(Running::isOver).count() - KEPT_MAX;
    for (var all = jobs.values().iterator(); over > 0 && all.hasNext(); ) {
      if (all.next().isOver()) {
        all.remove();
        over--;
      }
    }
  }

  private synchronized void forgetInTime() {
    forget();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /** One job; its fields are written under the lock of all jobs, but for the progress. */
  private final class Running {
    final String id;
    final String kind;
    final Work work;
    final Instant created;
    final FutureTask<?> task = new FutureTask<>(this::run, null);
    volatile double progress;
    String state = "waiting";
    @Nullable Instant started;
    @Nullable Instant ended;
    @Nullable WhatIfAnswer result;
    Job.@Nullable NoResult problem;
    private long sliceBegan;

    Running(String id, String kind, Work work, Instant created) {
      this.id = id;
      this.kind = kind;
      this.work = work;
      this.created = created;
    }

    private void run() {
      synchronized (Jobs.this) {
        if (isOver()) {
          return;
        }
        state = "running";
        started = now();
      }
      try {
        sliceBegan = System.nanoTime();
        WhatIfAnswer answer = work.answer(this::watch);
        over("done", answer, null);
      } catch (InterruptedException e) {
        over("cancelled", null, null);
      } catch (ProblemException e) {
        over("failed", null, noResult(e.type(), String.valueOf(e.getMessage())));
      } catch (IOException | RuntimeException | Error e) { // else it would run for ever
        log.error("job {} failed", id, e);
        over("failed", null, noResult(ProblemType.INTERNAL, "see the log for job " + id));
      }
    }

    private static Job.NoResult noResult(ProblemType type, String detail) {
      return new Job.NoResult(type.url(), type.title(), detail + ". " + type.advice());
    }

    private void watch(long done, long all) throws InterruptedException {
      progress = all == 0 ? 1 : (double) done / all;
      long worked = System.nanoTime() - sliceBegan;
      if (worked >= WORK_NANOS) {
        TimeUnit.NANOSECONDS.sleep(Math.min(worked * PAUSES_FOR_WORK, 10 * WORK_NANOS));
        sliceBegan = System.nanoTime();
      }
    }

    private void over(String as, @Nullable WhatIfAnswer answer, Job.@Nullable NoResult why) {
      synchronized (Jobs.this) {
        if (isOver()) {
          return; // cancelled in the last moment
        }
        state = as;
        result = answer;
        problem = why;
        ended = now();
        progress = as.equals("done") ? 1 : progress;
        if (timer != null && !timer.isShutdown()) {
          var unused =
              timer.schedule(
                  Guarded.task("results of jobs", Jobs.this::forgetInTime),
                  KEPT.toMillis() + 1,
                  TimeUnit.MILLISECONDS);
        }
      }
    }

    boolean isOver() {
      return ended != null;
    }

    Instant expires() {
      return (ended == null ? created : ended).plus(KEPT);
    }

    void cancel() {
      over("cancelled", null, null);
      task.cancel(true);
    }

    Job read() {
      return new Job(
          id,
          kind,
          state,
          progress,
          created,
          started,
          ended,
          isOver() ? expires() : null,
          result,
          problem);
    }
  }
}
