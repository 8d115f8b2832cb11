package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.config.settings.AlertSettings;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What people are told of. */
public enum AlertRule {
  FORECAST(
      "forecast",
      "times the budget",
      "A budget's forecast for its period is above its amount",
      settings -> settings.forecastOver().doubleValue()),
  BUDGET_USED(
      "budgetUsed",
      "of the budget",
      "A budget is spent",
      settings -> settings.budgetUsed().value()),
  MUST_KEEP(
      "mustKeep",
      "traces in the window",
      "Policies keep for certain more than their share of the money",
      AlertSettings::mustKeepOver),
  ERROR_RATE(
      "errorRate",
      "times the usual",
      "An operation fails more often than usual",
      settings -> settings.errorRate().doubleValue()),
  LATENCY(
      "latency",
      "times the usual",
      "An operation's 95th percentile is above the usual",
      settings -> settings.latency().doubleValue()),
  DESTINATION_AWAY(
      "destinationAway",
      "s",
      "A destination does not answer",
      settings -> settings.destinationAway().toMillis() / 1e3),
  QUEUE_FILLING(
      "queueFilling",
      "of the queue",
      "A destination's queue fills",
      settings -> settings.queueFilling().value()),
  ENGINE_AWAY(
      "engineAway",
      "s",
      "The fleet's engine does not answer",
      settings -> settings.engineAway().toMillis() / 1e3),
  SLOW_QUERY(
      "slowQuery",
      "s",
      "A database statement takes long",
      settings -> settings.slowQuery().toNanos() / 1e9);

  private final String word;
  private final String unit;
  private final String about;
  private final ToDoubleFunction<AlertSettings> threshold;

  AlertRule(String word, String unit, String about, ToDoubleFunction<AlertSettings> threshold) {
    this.word = word;
    this.unit = unit;
    this.about = about;
    this.threshold = threshold;
  }

  public String word() {
    return word;
  }

  String unit() {
    return unit;
  }

  String about() {
    return about;
  }

  double threshold(AlertSettings settings) {
    return threshold.applyAsDouble(settings);
  }

  boolean isOn(AlertSettings settings) {
    return threshold(settings) > 0;
  }

  /** Whether it counts in the settings' window; the others look at what is. */
  boolean isByWindow() {
    return switch (this) {
      case MUST_KEEP, ERROR_RATE, LATENCY, SLOW_QUERY -> true;
      case FORECAST, BUDGET_USED, DESTINATION_AWAY, QUEUE_FILLING, ENGINE_AWAY -> false;
    };
  }

  /** Null where there is none of this name. */
  static @Nullable AlertRule of(String word) {
    return Arrays.stream(values()).filter(r -> r.word.equals(word)).findFirst().orElse(null);
  }
}
