package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.timer.Guarded;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has requests answered where that may block.
 *
 * <p>What has no answer in time is answered with a problem and counted, so that it holds no place
 * for ever; its own answer is dropped when it comes. Its thread is interrupted, or two such
 * requests would take both; but not where it changes something, which is worse half done than late:
 * for each of those there is one thread more until it ends, for at most {@value #MORE_MAX}.
 */
final class Thinker {
  private static final Logger log = LoggerFactory.getLogger(Thinker.class);

  private static final int WORKERS = 2;
  private static final int MORE_MAX = 4;

  private final Site site;
  private final EventLoop loop;
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          WORKERS,
          WORKERS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(), // connections are bounded, and each asks one thing at a time
          new DefaultThreadFactory("spanthrift-admin", true));
  private final FrontCounts counts;
  private final long answerMillis;
  private int more;

  Thinker(Site site, EventLoop loop, FrontCounts counts, long answerMillis) {
    this.site = site;
    this.loop = loop;
    this.counts = counts;
    this.answerMillis = answerMillis;
  }

  /** Has something else done there that is short and may block. */
  void execute(Runnable task) {
    workers.execute(task);
  }

  void shutdown() {
    workers.shutdown();
  }

  /** One worker more, because one is held; false when there are enough of those. */
  private synchronized boolean isReplaced() {
    if (more == MORE_MAX) {
      return false;
    }
    more++;
    workers.setMaximumPoolSize(WORKERS + more);
    workers.setCorePoolSize(WORKERS + more);
    return true;
  }

  private synchronized void isBack() {
    more--;
    workers.setCorePoolSize(WORKERS + more);
    workers.setMaximumPoolSize(WORKERS + more);
  }

  /**
   * Begins with one.
   *
   * @param done called exactly once, from any thread
   */
  void think(AdminRequest request, boolean isChange, Consumer<AdminAnswer> done) {
    Thought thought = new Thought(request, isChange, done);
    thought.late =
        loop.schedule(
            Guarded.task("late answers", thought::late), answerMillis, TimeUnit.MILLISECONDS);
    workers.execute(thought);
  }

  /** One request; what is written here is written under its lock. */
  private final class Thought implements Runnable {
    private final AdminRequest request;
    private final boolean isChange;
    private final Consumer<AdminAnswer> done;
    private @Nullable Future<?> late;
    private @Nullable Thread thread; // while it is at work itself, and not somebody whom it asked
    private @Nullable Runnable giveUp;
    private boolean answered;
    private boolean began;
    private boolean replaced; // by another thread, for as long as it holds its own

    Thought(AdminRequest request, boolean isChange, Consumer<AdminAnswer> done) {
      this.request = request;
      this.isChange = isChange;
      this.done = done;
    }

    @Override
    public void run() {
      if (!enter()) {
        return;
      }
      try {
        asked(site.begin(request, this::answer));
      } catch (RuntimeException | Error e) {
        failed(e);
      } finally {
        leave();
      }
    }

    /** It may have waited for a thread for so long that nobody wants it any more. */
    private synchronized boolean enter() {
      thread = Thread.currentThread();
      began = !answered;
      return began;
    }

    private synchronized void leave() {
      thread = null;
      if (replaced) {
        isBack();
      }
      boolean unused = Thread.interrupted(); // ours, if it came: not for who is next
    }

    private void asked(Runnable ifTooLong) {
      boolean tooLong;
      synchronized (this) {
        giveUp = ifTooLong;
        tooLong = answered;
      }
      if (tooLong && !isChange) {
        ifTooLong.run();
      }
    }

    private void failed(Throwable e) {
      if (!isAnswered()) {
        log.error("request {} failed", request.id(), e);
      }
      answer(problem(ProblemType.INTERNAL, "see the log for request " + request.id()));
    }

    private synchronized boolean isAnswered() {
      return answered;
    }

    private void answer(AdminAnswer answer) {
      Future<?> timer;
      synchronized (this) {
        if (answered) {
          return;
        }
        answered = true;
        timer = late;
      }
      if (timer != null) {
        timer.cancel(false);
      }
      done.accept(answer);
    }

    private void late() {
      Runnable end;
      boolean goesOn;
      synchronized (this) {
        if (answered) {
          return;
        }
        answered = true;
        end = giveUp;
        goesOn = isChange && began;
        if (thread != null && isChange) {
          replaced = isReplaced();
        } else if (thread != null) {
          thread.interrupt();
        }
      }
      counts.late();
      log.warn(
          "request {}, {}, has no answer after {} ms{}",
          request.id(),
          request.path(),
          answerMillis,
          goesOn ? ", and goes on, for it changes something" : "");
      if (!isChange && end != null) {
        end.run();
      }
      String detail = "there was no answer in time";
      done.accept(
          problem(
              ProblemType.OVERLOADED,
              goesOn ? detail + "; it may still be done: look before you repeat it" : detail));
    }

    private AdminAnswer problem(ProblemType type, String detail) {
      return ProblemAnswers.of(new ProblemException(type, detail), request.path(), request.id());
    }
  }
}
