package dev.spanthrift.agent.control.spend;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.state.StateFile;
import dev.spanthrift.agent.timer.Guarded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * How each budget's money was spent in its period, so that a page that is opened now draws the
 * whole of it: a point each hundredth of the period while something moves. Survives a restart.
 *
 * <p>Bounded: one curve for each budget, begun anew with the period; about 3 kB each.
 */
public final class SpendCurves {
  static final int STEPS = 100;
  static final String FILE = "spending.json";
  static final String SAVE = "saving the curves of spending";
  private static final long SAVE_MILLIS = 300_000;
  private static final Logger log = LoggerFactory.getLogger(SpendCurves.class);

  private final @Nullable Path file;
  private final Executor writer;
  private final Guarded guarded = Guarded.task(SAVE, this::write); // named before it runs
  private Map<String, Curve> curves = new TreeMap<>();
  private long savedMillis;
  private boolean unsaved;
  private final Object writing = new Object(); // held while the disk is waited for, without ours

  /**
   * One budget in its period.
   *
   * @param budget {@code all} where there is none
   * @param at the oldest first
   * @param spent since the period began
   */
  public record Curve(
      String budget, Instant from, Instant to, List<Instant> at, List<Double> spent) {
    public Curve {
      at = List.copyOf(at);
      spent = List.copyOf(spent);
      if (at.size() != spent.size() || at.size() > STEPS + 1 || !from.isBefore(to)) {
        throw new IllegalArgumentException("a curve of " + at.size() + " points");
      }
    }

    /** With one more point, when it is time for one. */
    Curve with(Instant now, double sum) {
      if (!at.isEmpty() && now.isBefore(at.getLast())) { // the clock was set back
        int known = (int) at.stream().filter(then -> !then.isAfter(now)).count();
        return new Curve(budget, from, to, at.subList(0, known), spent.subList(0, known))
            .with(now, sum);
      }
      Duration step = Duration.between(from, to).dividedBy(STEPS);
      if (at.size() > STEPS || (!at.isEmpty() && now.isBefore(at.getLast().plus(step)))) {
        return this;
      }
      List<Instant> times = new ArrayList<>(at);
      List<Double> sums = new ArrayList<>(spent);
      times.add(now);
      sums.add(sum);
      return new Curve(budget, from, to, times, sums);
    }
  }

  /**
   * @param stateDirectory none: what this process saw
   */
  public SpendCurves(@Nullable Path stateDirectory) {
    this(stateDirectory, Runnable::run);
  }

  /**
   * @param writer waits for the disk, so that whoever notes need not
   */
  public SpendCurves(@Nullable Path stateDirectory, Executor writer) {
    this.writer = writer;
    file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    read();
  }

  /** Takes what is spent by now; to be called often. */
  public void note(long unixMillis, Spend spend) {
    if (extend(unixMillis, spend)) {
      writer.execute(this::save);
    }
  }

  /** Answers whether it is time to save. */
  private synchronized boolean extend(long unixMillis, Spend spend) {
    Instant now = Instant.ofEpochMilli(unixMillis);
    Map<String, Curve> next = new TreeMap<>();
    spend
        .budgets()
        .forEach(budget -> extend(next, budget.name(), budget.period(), now, budget.spent()));
    if (next.isEmpty()) {
      extend(next, "all", spend.period(), now, spend.spent());
    }
    unsaved |= !next.equals(curves);
    curves = next;
    boolean due = unsaved && (unixMillis - savedMillis >= SAVE_MILLIS || unixMillis < savedMillis);
    savedMillis = due ? unixMillis : savedMillis;
    return due;
  }

  private void extend(
      Map<String, Curve> next, String name, Spend.CoveredPeriod period, Instant now, double spent) {
    Instant to = period.to();
    if (to == null || !period.from().isBefore(to)) {
      return; // without an end there is nothing to draw it against
    }
    Curve known = curves.get(name);
    boolean goesOn = known != null && known.from().equals(period.from()) && known.to().equals(to);
    Curve begun =
        goesOn && known != null ? known : new Curve(name, period.from(), to, List.of(), List.of());
    next.put(name, begun.with(now, spent));
  }

  /** By the budgets' names. */
  public synchronized List<Curve> curves() {
    return List.copyOf(curves.values());
  }

  /** Writes what has come since the last time; a failure is counted with those of timers' tasks. */
  public void save() {
    guarded.run();
  }

  private void write() {
    Path to = file;
    if (to == null) {
      return;
    }
    synchronized (writing) {
      List<Curve> all = unsaved();
      if (all == null) {
        return;
      }
      try {
        StateFile.replace(to, JsonMapper.shared().writeValueAsBytes(all));
      } catch (IOException e) {
        failed();
        throw new UncheckedIOException("the curves of spending: " + InputFile.reason(e), e);
      }
    }
  }

  /** What is to be written; null where nothing has come since. */
  private synchronized @Nullable List<Curve> unsaved() {
    boolean any = unsaved;
    unsaved = false;
    return any ? curves() : null;
  }

  private synchronized void failed() {
    unsaved = true;
  }

  private void read() {
    if (file == null) {
      return;
    }
    try {
      Curve[] saved = JsonMapper.shared().readValue(Files.readAllBytes(file), Curve[].class);
      for (Curve curve : saved) {
        curves.put(curve.budget(), curve);
      }
    } catch (NoSuchFileException e) {
      curves.clear();
    } catch (IOException | RuntimeException e) {
      curves.clear();
      log.warn("the curves of spending are damaged and ignored: {}", InputFile.reason(e));
    }
  }
}
