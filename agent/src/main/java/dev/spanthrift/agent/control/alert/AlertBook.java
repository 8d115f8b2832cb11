package dev.spanthrift.agent.control.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.config.settings.AlertSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alerts from their first finding to their end: told once, and once more when they are over.
 *
 * <p>An alert is over when nobody has found it for a minute, or for the settings' window where that
 * is shorter or what its rule counts in. At most {@link #ACTIVE_MAX} at a time, {@link
 * #RESOLVED_MAX} that are over, {@link #SILENCES_MAX} silences; what finds no place is counted.
 * Silences outlive the process: one alert's is by what the alert is about, for it begins anew with
 * the next process, under another id.
 */
public final class AlertBook {
  static final int ACTIVE_MAX = 100;
  static final int RESOLVED_MAX = 100;
  static final int SILENCES_MAX = 50;
  private static final long MINUTE_MILLIS = 60_000;
  private static final Logger log = LoggerFactory.getLogger(AlertBook.class);

  private final AlertSettings settings;
  private final LongSupplier unixMillis;
  private final Consumer<Alert> tell;
  private final Map<String, Active> active = new LinkedHashMap<>();
  private final Deque<Alert> resolved = new ArrayDeque<>();
  private final SilenceFile file;
  private final Map<String, Silence> silences = new LinkedHashMap<>(); // by what they are about
  private long number;
  private long withoutPlace;

  /**
   * Nobody is told of a rule, or of one alert.
   *
   * @param rule null where it is one alert's
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Silence(@Nullable String rule, @Nullable String id, Instant until, String reason) {
    /** The same for another reason. */
    Silence because(String other) {
      return new Silence(rule, id, until, other);
    }
  }

  private static final class Active {
    final String id;
    final long since;
    AlertFinding finding;
    long seen;
    boolean told;

    Active(String id, long since, AlertFinding finding) {
      this.id = id;
      this.since = since;
      this.finding = finding;
      seen = since;
    }
  }

  /**
   * @param stateDirectory none: silences end with the process
   */
  public AlertBook(
      AlertSettings settings,
      @Nullable Path stateDirectory,
      WebhookSender webhook,
      LongSupplier unixMillis) {
    this(settings, stateDirectory, unixMillis, webhook::tell);
  }

  /**
   * @param tell takes a message, and never blocks
   */
  AlertBook(
      AlertSettings settings,
      @Nullable Path stateDirectory,
      LongSupplier unixMillis,
      Consumer<Alert> tell) {
    this.settings = settings;
    file = new SilenceFile(stateDirectory);
    silences.putAll(file.read());
    this.unixMillis = unixMillis;
    this.tell = tell;
  }

  /** Takes all that is wrong at the moment. */
  synchronized void update(List<AlertFinding> found) {
    long now = unixMillis.getAsLong();
    for (AlertFinding finding : found) {
      Active known = active.get(finding.key());
      if (known != null) {
        known.finding = finding;
        known.seen = now;
      } else if (active.size() < ACTIVE_MAX) {
        String id = "a" + Long.toString(now, Character.MAX_RADIX) + "-" + ++number;
        active.put(finding.key(), new Active(id, now, finding));
        log.warn("alert {}: {}", finding.rule().word(), finding.text());
      } else {
        withoutPlace++;
      }
    }
    for (Active one : List.copyOf(active.values())) {
      one.seen = Math.min(one.seen, now); // the clock may have been set back
      if (now - one.seen >= endMillis(one.finding.rule())) {
        over(one, now);
      } else if (!one.told && silence(one, now) == null) {
        one.told = true;
        tell.accept(alert(one, now, null));
      }
    }
  }

  private long endMillis(AlertRule rule) {
    long window = settings.window().toMillis();
    return rule.isByWindow() ? window : Math.min(window, MINUTE_MILLIS);
  }

  private void over(Active one, long now) {
    active.remove(one.finding.key());
    Alert alert = alert(one, now, Instant.ofEpochMilli(now));
    resolved.addFirst(alert);
    if (resolved.size() > RESOLVED_MAX) {
      resolved.removeLast();
    }
    log.info("alert {} is over: {}", one.finding.rule().word(), one.finding.subject());
    if (one.told && silence(one, now) == null) {
      tell.accept(alert);
    }
  }

  private @Nullable Silence silence(Active one, long now) {
    forgetOld(now);
    Silence ofRule = silences.get(ofRule(one.finding.rule().word()));
    return ofRule == null ? silences.get(ofFinding(one.finding)) : ofRule;
  }

  private void forgetOld(long now) {
    silences.values().removeIf(silence -> silence.until().toEpochMilli() <= now);
  }

  private static String ofRule(String rule) {
    return "rule " + rule;
  }

  private static String ofFinding(AlertFinding finding) {
    return "alert " + finding.key();
  }

  private Alert alert(Active one, long now, @Nullable Instant end) {
    String state = silence(one, now) == null ? "firing" : "silenced";
    return new Alert(
        one.id,
        one.finding.rule().word(),
        one.finding.subject(),
        end == null ? state : "resolved",
        Instant.ofEpochMilli(one.since),
        end,
        one.finding.value(),
        one.finding.threshold(),
        one.finding.rule().unit(),
        one.finding.text(),
        link(one.id),
        one.told);
  }

  /** To the page. */
  String link(String id) {
    String page = settings.page().toString();
    return (page.endsWith("/") ? page : page + "/") + "#alerts/" + id;
  }

  /** Firing and silenced ones first, then those that are over; the youngest first. */
  synchronized List<Alert> alerts() {
    long now = unixMillis.getAsLong();
    List<Alert> all = new ArrayList<>();
    active.values().forEach(one -> all.add(alert(one, now, null)));
    all.sort(Comparator.comparing(Alert::state).thenComparing(Alert::since).reversed());
    all.sort(Comparator.comparing(Alert::state)); // stable: firing before silenced
    all.addAll(resolved);
    return all;
  }

  /** Whether an alert of this id is active, or silenced though it is over. */
  synchronized boolean isKnown(String id) {
    return active.values().stream().anyMatch(one -> one.id.equals(id))
        || silences().stream().anyMatch(silence -> id.equals(silence.id()));
  }

  synchronized List<Silence> silences() {
    forgetOld(unixMillis.getAsLong());
    return List.copyOf(silences.values());
  }

  /** Whether there is a place for one more. */
  synchronized boolean hasPlace(Silence silence) {
    forgetOld(unixMillis.getAsLong());
    return silences.size() < SILENCES_MAX || silences.containsKey(about(silence));
  }

  /**
   * Sets a silence; one that has ended already takes an earlier one away. False: no place.
   *
   * @throws java.io.UncheckedIOException when it could not be stored; then nothing has changed
   */
  synchronized boolean silence(Silence silence) {
    long now = unixMillis.getAsLong();
    if (!hasPlace(silence)) {
      return false;
    }
    Map<String, Silence> next = new LinkedHashMap<>(silences);
    if (silence.until().toEpochMilli() <= now) {
      next.remove(about(silence));
    } else {
      next.put(about(silence), silence);
    }
    file.write(next);
    silences.clear();
    silences.putAll(next);
    return true;
  }

  /** Of an alert that is not known: by its id, which nothing has. */
  private String about(Silence silence) {
    if (silence.rule() != null) {
      return ofRule(silence.rule());
    }
    for (Active one : active.values()) {
      if (one.id.equals(silence.id())) {
        return ofFinding(one.finding);
      }
    }
    return silences.entrySet().stream()
        .filter(known -> Objects.equals(known.getValue().id(), silence.id()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("id " + silence.id());
  }

  /** Findings that found no place. */
  synchronized long withoutPlace() {
    return withoutPlace;
  }
}
