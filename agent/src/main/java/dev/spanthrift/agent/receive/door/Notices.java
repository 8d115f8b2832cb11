package dev.spanthrift.agent.receive.door;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a port says to people: the first of each kind at once, then one a minute with a count.
 *
 * <p>Bounded by the number of kinds, which are our own words. No timer: who was silent for long is
 * counted with the next of its kind.
 */
final class Notices {
  private static final Logger log = LoggerFactory.getLogger(Notices.class);
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final String port;
  private final LongSupplier clock;
  private final Map<String, Pause> pauses = new HashMap<>();

  private static final class Pause {
    long until;
    long unsaid;
  }

  Notices(String port, LongSupplier clock) {
    this.port = port;
    this.clock = clock;
  }

  /** Says it, or counts it for the next time. */
  void say(String kind, Supplier<String> text) {
    say(kind, text, null);
  }

  /** The same with the stack of what went wrong. */
  synchronized void say(String kind, Supplier<String> text, @Nullable Throwable failure) {
    long now = clock.getAsLong();
    Pause pause = pauses.computeIfAbsent(kind, k -> new Pause());
    if (pause.until != 0 && now - pause.until < 0) {
      pause.unsaid++;
      return;
    }
    String more = pause.unsaid == 0 ? "" : " (" + pause.unsaid + " more like it)";
    log.warn("OTLP/{} port: {}{}", port, text.get(), more, failure);
    pause.until = now + PAUSE_NANOS | 1; // never 0, which means that nothing was said yet
    pause.unsaid = 0;
  }
}
