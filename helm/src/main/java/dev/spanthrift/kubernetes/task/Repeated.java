package dev.spanthrift.kubernetes.task;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task of a timer that is run again whatever happened the time before. Each failure is counted,
 * and the first of each minute is logged: a task that is due every second would else fill the log.
 */
public final class Repeated implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Repeated.class);
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String what;
  private final Runnable task;
  private final Runnable failed;
  private final LongSupplier nanos;
  private long quietUntil;
  private long unsaid;

  /**
   * @param what for people, after "the"
   * @param failed run with each failure
   */
  public Repeated(String what, Runnable task, Runnable failed) {
    this(what, task, failed, System::nanoTime);
  }

  Repeated(String what, Runnable task, Runnable failed, LongSupplier nanos) {
    this.what = what;
    this.task = task;
    this.failed = failed;
    this.nanos = nanos;
    quietUntil = nanos.getAsLong();
  }

  @Override
  public void run() {
    try {
      task.run();
    } catch (Throwable e) { // an Error ends a timer as well as an exception does
      failed.run();
      if (mayBeSaid()) {
        say(e);
        unsaid = 0;
      } else {
        unsaid++;
      }
    }
  }

  private void say(Throwable e) {
    if (e instanceof KubernetesClientException) {
      log.warn(
          "the {} has to wait, the API server does not do as asked: {} ({} more since the last such"
              + " line)",
          what,
          e.getMessage(),
          unsaid);
    } else {
      log.error(
          "the {} failed; please report it ({} more since the last such line)", what, unsaid, e);
    }
  }

  private boolean mayBeSaid() {
    long now = nanos.getAsLong();
    if (now - quietUntil < 0) {
      return false;
    }
    quietUntil = now + SILENCE_NANOS;
    return true;
  }
}
