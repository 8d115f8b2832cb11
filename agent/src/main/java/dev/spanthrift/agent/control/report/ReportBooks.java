package dev.spanthrift.agent.control.report;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.operation.OperationHistory.Key;
import dev.spanthrift.agent.control.operation.OperationHistory.Reading;
import dev.spanthrift.agent.control.spend.ListPrice;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.state.StateFile;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sums by UTC day and service: at most 62 days, of each the first 16 services and one for the
 * others. Survives a restart.
 */
public final class ReportBooks {
  static final int DAYS_MAX = 62;
  static final int SERVICES_MAX = 16;
  static final String OTHERS = "other";
  static final String FILE = "report.json";
  private static final long SAVE_MILLIS = 300_000;
  static final String SAVE = "saving the books of the report";
  private static final Logger log = LoggerFactory.getLogger(ReportBooks.class);

  private final @Nullable Path file;
  private final SpendView spend;
  private final Executor writer;
  private final Guarded guarded = Guarded.task(SAVE, this::write); // named before it runs
  private final TreeMap<LocalDate, TreeMap<String, ReportSums>> days = new TreeMap<>();
  private @Nullable Reading counted;
  private double ownCostBefore;
  private long savedMillis;
  private boolean unsaved;
  private final Object writing = new Object(); // held while the disk is waited for, without ours

  /**
   * @param stateDirectory none: the days of this process only
   */
  public ReportBooks(@Nullable Path stateDirectory, SpendView spend) {
    this(stateDirectory, spend, Runnable::run);
  }

  /**
   * @param writer waits for the disk, so that whoever counts need not
   */
  public ReportBooks(@Nullable Path stateDirectory, SpendView spend, Executor writer) {
    this.writer = writer;
    file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    this.spend = spend;
    ownCostBefore = spend.ownCostSinceStart();
    read();
  }

  /** Counts what has come since the reading before. */
  public void count(Reading now) {
    if (add(now)) {
      writer.execute(this::save);
    }
  }

  /** Answers whether it is time to save. */
  private synchronized boolean add(Reading now) {
    SpanPrice price = spend.price();
    Map<String, ReportSums> more = new HashMap<>();
    Reading before = counted;
    for (MeasuredOperation all : now.all().values()) {
      Key key = new Key(all.service(), all.operation());
      MeasuredOperation allBefore = before == null ? null : before.all().get(key);
      KeptOperation none = KeptOperation.none(key.service(), key.operation());
      KeptOperation kept = now.kept().getOrDefault(key, none);
      KeptOperation keptBefore = before == null ? none : before.kept().getOrDefault(key, none);
      more.merge(all.service(), sums(all, allBefore, kept, keptBefore, price), ReportSums::plus);
    }
    counted = now;
    double cost = spend.ownCostSinceStart();
    double added = cost - ownCostBefore;
    ownCostBefore = cost;
    add(day(now.unixMillis()), more, added);
    unsaved = true;
    long millis = now.unixMillis();
    boolean due = millis - savedMillis >= SAVE_MILLIS || millis < savedMillis; // the clock set back
    savedMillis = due ? millis : savedMillis;
    return due;
  }

  static LocalDate day(long unixMillis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(unixMillis), ZoneOffset.UTC);
  }

  private static ReportSums sums(
      MeasuredOperation all,
      @Nullable MeasuredOperation allBefore,
      KeptOperation kept,
      KeptOperation keptBefore,
      SpanPrice price) {
    long spans = all.spans() - (allBefore == null ? 0 : allBefore.spans());
    long bytes = all.bytes() - (allBefore == null ? 0 : allBefore.bytes());
    long keptSpans = kept.spans() - keptBefore.spans();
    long keptBytes = kept.bytes() - keptBefore.bytes();
    return ReportSums.of(
        spans,
        bytes,
        keptSpans,
        keptBytes,
        all.errors() - (allBefore == null ? 0 : allBefore.errors()),
        kept.errors() - keptBefore.errors(),
        ListPrice.of(price, bytes, spans),
        ListPrice.of(price, keptBytes, keptSpans),
        0);
  }

  /** Own cost goes to services by their part of what came. */
  private void add(LocalDate day, Map<String, ReportSums> more, double ownCost) {
    long bytes = more.values().stream().mapToLong(ReportSums::receivedBytes).sum();
    TreeMap<String, ReportSums> services = days.computeIfAbsent(day, d -> new TreeMap<>());
    if (bytes == 0) {
      String only = services.isEmpty() ? OTHERS : services.firstKey();
      merge(services, only, ReportSums.NOTHING.withOwnCost(ownCost));
    }
    more.forEach(
        (service, sums) -> {
          double part = bytes == 0 ? 0 : ownCost * sums.receivedBytes() / bytes;
          ReportSums whole = sums.withOwnCost(part);
          if (!whole.equals(ReportSums.NOTHING)) {
            merge(services, service, whole);
          }
        });
    while (days.size() > DAYS_MAX) {
      days.pollFirstEntry();
    }
  }

  private static void merge(TreeMap<String, ReportSums> services, String name, ReportSums more) {
    boolean room = services.containsKey(name) || services.size() < SERVICES_MAX;
    services.merge(room ? name : OTHERS, more, ReportSums::plus);
  }

  /** A copy, by day and service. */
  synchronized TreeMap<LocalDate, Map<String, ReportSums>> days() {
    TreeMap<LocalDate, Map<String, ReportSums>> copy = new TreeMap<>();
    days.forEach((day, services) -> copy.put(day, Map.copyOf(services)));
    return copy;
  }

  /** Counts a last time and saves. */
  public void close(OperationHistory history) {
    count(history.now());
    save();
  }

  /** Writes what has come since the last time; a failure is counted with those of timers' tasks. */
  private void save() {
    guarded.run();
  }

  private void write() {
    Path to = file;
    if (to == null) {
      return;
    }
    synchronized (writing) {
      ObjectNode root = unsaved();
      if (root == null) {
        return;
      }
      try {
        StateFile.replace(to, JsonMapper.shared().writeValueAsBytes(root));
      } catch (IOException e) {
        failed();
        throw new UncheckedIOException("the books of the report: " + InputFile.reason(e), e);
      }
    }
  }

  /** What is to be written; null where nothing has come since. */
  private synchronized @Nullable ObjectNode unsaved() {
    if (!unsaved) {
      return null;
    }
    unsaved = false;
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    days.forEach(
        (day, services) -> {
          ObjectNode of = root.putObject(day.toString());
          services.forEach((name, sums) -> of.set(name, JsonMapper.shared().valueToTree(sums)));
        });
    return root;
  }

  private synchronized void failed() {
    unsaved = true;
  }

  private void read() {
    if (file == null) {
      return;
    }
    try {
      JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(file));
      for (var day : root.properties()) {
        TreeMap<String, ReportSums> services = new TreeMap<>();
        for (var service : day.getValue().properties()) {
          services.put(
              service.getKey(),
              JsonMapper.shared().treeToValue(service.getValue(), ReportSums.class));
        }
        days.put(LocalDate.parse(day.getKey()), services);
      }
    } catch (NoSuchFileException e) {
      days.clear();
    } catch (IOException | RuntimeException e) {
      days.clear();
      log.warn("the books of the report are damaged and ignored: {}", InputFile.reason(e));
    }
  }
}
