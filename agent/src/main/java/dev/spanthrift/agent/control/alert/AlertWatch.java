package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.operation.OperationHistory.Minute;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.FleetStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SlowQueries;
import dev.spanthrift.exporter.DestinationStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what the rules are about while something moves: every ten seconds, or six times in a
 * window that is shorter than a minute; and once in the settings' window for what is counted in it.
 */
public final class AlertWatch {
  private static final int LOOKS_A_WINDOW = 6;
  private static final long LOOK_MILLIS_MAX = 10_000; // a longer window makes no other rule late
  private static final long MINUTE_MILLIS = 60_000;

  private final AlertSettings settings;
  private final AlertBook book;
  private final SpendView spend;
  private final Supplier<@Nullable FleetStatus> fleet;
  private final FleetVoice voice;
  private final @Nullable SlowQueries queries;
  private final LongSupplier unixMillis;
  private final Anomalies anomalies;
  private final long windowMillis;
  private final long lookMillis;
  private final Map<String, Long> awaySince = new HashMap<>();
  private final Map<String, Long> queriesBefore = new HashMap<>();
  private List<AlertFinding> ofMinute = List.of();
  private long lookedMillis;
  private long minuteMillis;
  private long operationsMillis;
  private long overShareBefore = -1;

  /** Of a sidecar whose money is its own. */
  AlertWatch(
      AlertSettings settings,
      AlertBook book,
      SpendView spend,
      Supplier<@Nullable FleetStatus> fleet,
      @Nullable SlowQueries queries,
      LongSupplier unixMillis) {
    this(
        settings,
        book,
        spend,
        fleet,
        () -> CompletableFuture.completedFuture(List.of()),
        queries,
        unixMillis);
  }

  /**
   * @param members of the fleet, which fails when they cannot be read
   */
  public AlertWatch(
      AlertSettings settings,
      AlertBook book,
      SpendView spend,
      Supplier<@Nullable FleetStatus> fleet,
      Supplier<CompletableFuture<List<FleetStatus.Member>>> members,
      @Nullable SlowQueries queries,
      LongSupplier unixMillis) {
    voice = new FleetVoice(fleet, members, unixMillis);
    this.settings = settings;
    this.book = book;
    this.spend = spend;
    this.fleet = fleet;
    this.queries = queries;
    this.unixMillis = unixMillis;
    anomalies = new Anomalies(settings);
    windowMillis = settings.window().toMillis();
    lookMillis = Math.min(LOOK_MILLIS_MAX, windowMillis / LOOKS_A_WINDOW);
  }

  /** Looks when it is time; call it once a second. */
  public synchronized void look(PipelineStatus status) {
    long now = unixMillis.getAsLong();
    if (!isOver(lookedMillis, lookMillis, now)) {
      return;
    }
    lookedMillis = now;
    if (isOver(operationsMillis, 2 * windowMillis, now)) { // they come unevenly
      lastMinute(List.of(), true); // nothing came since, so nothing of it goes on
    }
    List<AlertFinding> found = new ArrayList<>();
    List<AlertFinding> ofMoney = new ArrayList<>();
    boolean isShared = money(ofMoney).equals(Spend.FLEET);
    if (!ofMoney.isEmpty() && (!isShared || voice.speaks())) {
      found.addAll(ofMoney);
    }
    destinations(status, now, found);
    engine(found);
    if (isOver(minuteMillis, windowMillis, now)) {
      minuteMillis = now;
      List<AlertFinding> minute = new ArrayList<>();
      mustKeep(status, minute);
      slowQueries(minute);
      lastMinute(minute, false);
    }
    found.addAll(ofMinute);
    book.update(found);
  }

  /** Whether a time has passed; a clock that was set back counts as one that has. */
  private static boolean isOver(long since, long millis, long now) {
    return now - since >= millis || now < since;
  }

  /** What a minute showed of operations. */
  public synchronized void look(Minute minute) {
    operationsMillis = unixMillis.getAsLong();
    lastMinute(anomalies.look(minute), true);
  }

  /** Findings of operations, and others, each from its own last minute. */
  private void lastMinute(List<AlertFinding> fresh, boolean ofOperations) {
    List<AlertFinding> all = new ArrayList<>(fresh);
    ofMinute.stream().filter(old -> isOfOperation(old) != ofOperations).forEach(all::add);
    ofMinute = List.copyOf(all);
  }

  private static boolean isOfOperation(AlertFinding finding) {
    return finding.rule() == AlertRule.ERROR_RATE || finding.rule() == AlertRule.LATENCY;
  }

  private void add(
      AlertRule rule,
      String subject,
      double value,
      boolean wrong,
      String text,
      List<AlertFinding> to) {
    if (rule.isOn(settings) && wrong) {
      to.add(new AlertFinding(rule, subject, value, rule.threshold(settings), text));
    }
  }

  /** Answers whose money it is. */
  private String money(List<AlertFinding> found) {
    Spend now = spend.spend();
    for (Spend.BudgetSpend budget : now.budgets()) {
      Double amount = budget.budget();
      if (amount == null || amount <= 0) {
        continue;
      }
      double used = budget.spent() / amount;
      add(
          AlertRule.BUDGET_USED,
          budget.name(),
          used,
          used >= AlertRule.BUDGET_USED.threshold(settings),
          words("Of budget %s %.0f %% are spent.", budget.name(), 100 * used),
          found);
      Spend.ForecastBand forecast = budget.forecast();
      if (forecast != null) {
        double times = forecast.expected() / amount;
        add(
            AlertRule.FORECAST,
            budget.name(),
            times,
            times > AlertRule.FORECAST.threshold(settings),
            words(
                "Budget %s will spend %s %.2f in this %s, of %.2f.",
                budget.name(), now.currency(), forecast.expected(), budget.period().name(), amount),
            found);
      }
    }
    return now.scope();
  }

  private void destinations(PipelineStatus status, long now, List<AlertFinding> found) {
    for (DestinationStatus to : status.destinations()) {
      long since = since(to.name(), to.away(), now);
      double seconds = (now - since) / 1e3;
      add(
          AlertRule.DESTINATION_AWAY,
          to.name(),
          seconds,
          to.away() && seconds >= AlertRule.DESTINATION_AWAY.threshold(settings),
          words("Destination %s has not answered for %.0f s.", to.name(), seconds),
          found);
      double taken = (double) to.queuedBytes() / Math.max(1, to.queueBytesMax());
      add(
          AlertRule.QUEUE_FILLING,
          to.name(),
          taken,
          taken >= AlertRule.QUEUE_FILLING.threshold(settings),
          words("The queue of destination %s is filled to %.0f %%.", to.name(), 100 * taken),
          found);
    }
  }

  private long since(String name, boolean away, long now) {
    if (!away) {
      awaySince.remove(name);
      return now;
    }
    return awaySince.merge(name, now, Math::min); // the clock may have been set back
  }

  private void engine(List<AlertFinding> found) {
    FleetStatus status = fleet.get();
    if (status != null) {
      add(
          AlertRule.ENGINE_AWAY,
          "engine",
          status.awaySeconds(),
          status.away() && status.awaySeconds() >= AlertRule.ENGINE_AWAY.threshold(settings),
          words(
              "The fleet's engine has not answered for %d s: sidecars decide alone.",
              status.awaySeconds()),
          found);
    }
  }

  private void mustKeep(PipelineStatus status, List<AlertFinding> found) {
    long over = status.spans().overPolicyShare();
    long more = overShareBefore < 0 ? 0 : over - overShareBefore;
    overShareBefore = over;
    add(
        AlertRule.MUST_KEEP,
        "policies",
        more,
        more >= AlertRule.MUST_KEEP.threshold(settings),
        words(
            "Policies would keep %d traces %s beyond their share of the money; the budget"
                + " decides about them.",
            more, windowMillis == MINUTE_MILLIS ? ofWindow() : "in " + ofWindow()),
        found);
  }

  private void slowQueries(List<AlertFinding> found) {
    if (queries == null) {
      return;
    }
    for (SlowQueries.SlowShape shape : queries.read()) {
      Long before = queriesBefore.put(shape.statement(), shape.spans());
      long more = shape.spans() - (before == null ? 0 : before);
      double slowest = shape.slowestNanos() / 1e9;
      add(
          AlertRule.SLOW_QUERY,
          shape.statement(),
          slowest,
          more > 0,
          words(
              "%d spans in %s took up to %s s: %s",
              more, ofWindow(), Note.number(slowest), shape.statement()),
          found);
    }
  }

  private String ofWindow() {
    return windowMillis == MINUTE_MILLIS ? "a minute" : words("%.0f s", windowMillis / 1e3);
  }

  private static String words(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
