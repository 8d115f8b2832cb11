package dev.spanthrift.agent.control.operation;

import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.sampler.SamplerCounts;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads all operations once a minute, while something moves: for rates of late, for the books of
 * days, and for whoever looks for what is unusual.
 *
 * <p>Holds the last two readings, of at most 501 operations each, and {@link OperationMinutes}.
 */
public final class OperationHistory {
  public static final Duration MINUTE = Duration.ofMinutes(1);

  private final long minuteMillis;
  private final PipelineView pipeline;
  private final LongSupplier unixMillis;
  private final OperationMinutes minutes = new OperationMinutes();
  private final List<Consumer<Minute>> listeners = new CopyOnWriteArrayList<>();
  private @Nullable Reading last;
  private @Nullable Reading before;
  private long movedBefore = -1;

  /** By which operations are told apart. */
  public record Key(String service, String operation) {
    static Key of(MeasuredOperation measured) {
      return new Key(measured.service(), measured.operation());
    }

    static Key of(KeptOperation kept) {
      return new Key(kept.service(), kept.operation());
    }
  }

  /** All operations at one moment, counted since start. */
  public record Reading(
      long unixMillis, Map<Key, MeasuredOperation> all, Map<Key, KeptOperation> kept) {
    public Reading {
      all = Map.copyOf(all);
      kept = Map.copyOf(kept);
    }
  }

  /** Two readings, about a minute apart. */
  public record Minute(Reading from, Reading to) {}

  public OperationHistory(PipelineView pipeline, LongSupplier unixMillis) {
    this(pipeline, unixMillis, MINUTE);
    each(minutes::note);
  }

  /** By another minute, for one who looks for what is unusual: nobody asks it for an hour. */
  public static OperationHistory byWindow(
      PipelineView pipeline, LongSupplier unixMillis, Duration window) {
    return new OperationHistory(pipeline, unixMillis, window);
  }

  private OperationHistory(PipelineView pipeline, LongSupplier unixMillis, Duration minute) {
    minuteMillis = minute.toMillis();
    this.pipeline = pipeline;
    this.unixMillis = unixMillis;
  }

  /** Tells of each minute; what is called may take some milliseconds. */
  public void each(Consumer<Minute> listener) {
    listeners.add(listener);
  }

  /** Reads when a minute is over and something came or was decided in it; call it often. */
  public void look(SamplerCounts spans) {
    long moved = spans.received().spans() + spans.kept().spans() + spans.dropped().spans();
    Minute over = null;
    synchronized (this) {
      Reading known = last;
      long now = unixMillis.getAsLong();
      if (known != null && now < known.unixMillis()) {
        known = null; // the clock was set back: there is no minute between these two
      }
      boolean due = known == null || now - known.unixMillis() >= minuteMillis;
      if (due && moved != movedBefore) {
        movedBefore = moved;
        Reading next = now();
        before = known;
        last = next;
        over = known == null ? null : new Minute(known, next);
      }
    }
    if (over != null) {
      Minute minute = over;
      listeners.forEach(listener -> listener.accept(minute));
    }
  }

  /** The last hour by minutes; none of one by another window. */
  OperationMinutes minutes() {
    return minutes;
  }

  /** As it is at this moment. */
  public Reading now() {
    Map<Key, MeasuredOperation> all = new HashMap<>();
    pipeline.measured().forEach(measured -> all.put(Key.of(measured), measured));
    Map<Key, KeptOperation> kept = new HashMap<>();
    pipeline.keptOperations().forEach(operation -> kept.put(Key.of(operation), operation));
    return new Reading(unixMillis.getAsLong(), all, kept);
  }

  /** The last reading that is about a minute old; null in the first minute. */
  synchronized @Nullable Reading minuteAgo() {
    Reading recent = last;
    long now = unixMillis.getAsLong();
    boolean tooNew = recent != null && now - recent.unixMillis() < minuteMillis / 2;
    Reading chosen = tooNew ? before : recent;
    return chosen != null && now - chosen.unixMillis() > 2 * minuteMillis ? null : chosen;
  }
}
