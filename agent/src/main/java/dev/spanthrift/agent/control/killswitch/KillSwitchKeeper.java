package dev.spanthrift.agent.control.killswitch;

import dev.spanthrift.agent.pipeline.KillSwitch;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.timer.Guarded;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the kill switch, switches it off when its time is up, and finds it again after a restart.
 */
public final class KillSwitchKeeper {
  private static final Logger log = LoggerFactory.getLogger(KillSwitchKeeper.class);

  private final KillSwitchFile file;
  private final PipelineView pipeline;
  private final ScheduledExecutorService timer;
  private final LongSupplier clock;
  private KillSwitch inUse = KillSwitch.OFF;

  public KillSwitchKeeper(
      @Nullable Path stateDirectory,
      PipelineView pipeline,
      ScheduledExecutorService timer,
      LongSupplier clock) {
    file = new KillSwitchFile(stateDirectory);
    this.pipeline = pipeline;
    this.timer = timer;
    this.clock = clock;
  }

  /** The switch as it counts now. */
  public KillSwitch current() {
    return pipeline.killSwitch().at(clock.getAsLong());
  }

  /** Now, in the clock by which switches expire. */
  long now() {
    return clock.getAsLong();
  }

  /**
   * Replaces the switch if it is still the one that the writer saw.
   *
   * @param noted is told the switch as it was, and then makes the change
   * @return false when it is not; nothing happened then
   * @throws UncheckedIOException when it could not be stored; nothing has changed then
   */
  synchronized boolean set(
      Predicate<KillSwitch> expected, KillSwitch next, BiConsumer<KillSwitch, Runnable> noted) {
    if (!expected.test(current())) {
      return false;
    }
    noted.accept(
        current(),
        () -> {
          file.write(next);
          use(next);
        });
    log.info("kill switch is {}{}: {}", next.mode().word(), until(next), next.reason());
    return true;
  }

  /** Puts back what a former process left, unless it has expired, and sees to its end. */
  public synchronized void restore() {
    KillSwitch stored = file.read().at(clock.getAsLong());
    if (stored.mode() != KillSwitch.Mode.OFF) {
      log.warn("kill switch is still {}: {}", stored.mode().word(), stored.reason());
      use(stored);
    }
  }

  private static String until(KillSwitch set) {
    return set.mode() == KillSwitch.Mode.OFF
        ? ""
        : " until " + Instant.ofEpochMilli(set.untilUnixMillis());
  }

  private void use(KillSwitch next) {
    inUse = next;
    pipeline.killSwitch(next);
    if (next.mode() != KillSwitch.Mode.OFF) {
      long wait = Math.max(0, next.untilUnixMillis() - clock.getAsLong());
      var unused =
          timer.schedule(
              Guarded.task("end of the kill switch", () -> expire(next)),
              wait,
              TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void expire(KillSwitch expired) {
    // Somebody may have set it anew since: then that one's own timer counts.
    if (inUse.equals(expired)) {
      inUse = KillSwitch.OFF;
      pipeline.killSwitch(KillSwitch.OFF);
      log.info("kill switch is off again: its time is up");
    }
  }
}
