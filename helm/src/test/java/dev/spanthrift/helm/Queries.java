package dev.spanthrift.helm;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PromQL as far as tests of alerts and dashboards need it: metric names, their labels, and the
 * values that are asked for by {@code =}, as {@code label="value"}.
 */
public final class Queries {
  private static final Pattern SERIES =
      Pattern.compile("\\b((?:spanthrift|process|jvm)_[a-z0-9_]+)(?:\\{([^}]*)\\})?");
  private static final Pattern LABEL =
      Pattern.compile("([a-z_]+)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Set by Prometheus for every target, not by the program. */
  private static final List<String> OF_THE_TARGET = List.of("namespace", "pod");

  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_0-9]+)(?:\\{(.*)\\})? [-0-9.eE+NaIif]+");

  private Queries() {}

  /** What a program's answer lacks of what alerts and panels ask of it; empty if nothing. */
  public static Map<String, String> missing(String program, String exposition) {
    JsonObject rules =
        Chart.render(Chart.CLUSTER, "prometheusRule: {enabled: true}").only("PrometheusRule");
    List<String> queries = of(rules);
    queries.addAll(of(DashboardTest.clusterDashboard()));
    Map<String, TreeSet<String>> asked = series(queries);
    asked.keySet().removeIf(name -> !name.startsWith("spanthrift_" + program + "_"));
    if (asked.size() < 8) {
      throw new IllegalStateException("hardly anything is asked: " + asked);
    }
    return missing(asked, told(exposition));
  }

  static Map<String, String> missing(
      Map<String, TreeSet<String>> asked, Map<String, TreeSet<String>> told) {
    Map<String, String> missing = new TreeMap<>();
    asked.forEach(
        (metric, labels) -> {
          if (!told.containsKey(metric)) {
            missing.put(metric, "no such metric");
          } else if (!told.get(metric).containsAll(labels)) {
            missing.put(metric, labels + " asked, it has " + told.get(metric));
          }
        });
    return missing;
  }

  /** Metrics with their labels, of what Prometheus is told. */
  static Map<String, TreeSet<String>> told(String exposition) {
    Map<String, TreeSet<String>> series = new TreeMap<>();
    for (String line : exposition.lines().toList()) {
      Matcher matcher = SAMPLE.matcher(line);
      if (matcher.matches()) {
        TreeSet<String> labels = series.computeIfAbsent(matcher.group(1), m -> new TreeSet<>());
        Matcher label = LABEL.matcher(matcher.group(2) == null ? "" : matcher.group(2));
        while (label.find()) {
          add(label, labels);
        }
      }
    }
    return series;
  }

  private static void add(Matcher label, TreeSet<String> labels) {
    labels.add(label.group(1));
    if (label.group(2).equals("=")) {
      labels.add(label.group(1) + "=\"" + label.group(3) + "\"");
    }
  }

  private static final Pattern RATE =
      Pattern.compile("\\b(?:rate|increase)\\(([a-z0-9_]+)(?:\\{([^}]*)\\})?\\[");

  /**
   * Series that a program just started does not tell yet and whose increase is asked for: a counter
   * that begins with its first failure shows none at it.
   */
  public static List<String> late(String program, String exposition) {
    JsonObject rules =
        Chart.render(Chart.CLUSTER, "prometheusRule: {enabled: true}").only("PrometheusRule");
    List<String> queries = of(rules);
    queries.addAll(of(DashboardTest.clusterDashboard()));
    List<String> rates = rates(queries);
    rates.removeIf(rate -> !rate.startsWith("spanthrift_" + program + "_"));
    if (rates.size() < 5) {
      throw new IllegalStateException("hardly anything is asked: " + rates);
    }
    return late(rates, exposition);
  }

  /** Selectors whose rate is asked for. */
  static List<String> rates(List<String> queries) {
    List<String> rates = new ArrayList<>();
    for (String query : queries) {
      Matcher rate = RATE.matcher(query);
      while (rate.find()) {
        rates.add(rate.group(1) + "{" + (rate.group(2) == null ? "" : rate.group(2)) + "}");
      }
    }
    return rates;
  }

  /** Those of the selectors that choose nothing of what Prometheus is told. */
  static List<String> late(List<String> selectors, String exposition) {
    List<Matcher> samples =
        exposition.lines().map(SAMPLE::matcher).filter(Matcher::matches).toList();
    return selectors.stream()
        .distinct()
        .filter(selector -> samples.stream().noneMatch(sample -> chooses(selector, sample)))
        .toList();
  }

  private static boolean chooses(String selector, Matcher sample) {
    if (!selector.startsWith(sample.group(1) + "{")) {
      return false;
    }
    Map<String, String> labels = new TreeMap<>();
    Matcher told = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
    while (told.find()) {
      labels.put(told.group(1), told.group(3));
    }
    Matcher asked = LABEL.matcher(selector);
    while (asked.find()) {
      if (!OF_THE_TARGET.contains(asked.group(1))
          && !holds(asked, labels.getOrDefault(asked.group(1), ""))) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(Matcher asked, String value) {
    String word = asked.group(3);
    return switch (asked.group(2)) {
      case "=" -> value.equals(word);
      case "!=" -> !value.equals(word);
      case "=~" -> value.matches(word);
      case "!~" -> !value.matches(word);
      default -> throw new IllegalStateException(asked.group());
    };
  }

  /** All {@code expr} of a dashboard or a rule, in order. */
  static List<String> of(JsonElement from) {
    List<String> queries = new ArrayList<>();
    collect(from, queries);
    return queries;
  }

  private static void collect(JsonElement from, List<String> queries) {
    if (from.isJsonArray()) {
      from.getAsJsonArray().forEach(element -> collect(element, queries));
    } else if (from.isJsonObject()) {
      JsonObject object = from.getAsJsonObject();
      if (object.has("expr")) {
        queries.add(object.get("expr").getAsString());
      }
      object.asMap().values().forEach(element -> collect(element, queries));
    }
  }

  /** Metrics with the labels of the program that the queries ask. */
  static Map<String, TreeSet<String>> series(List<String> queries) {
    Map<String, TreeSet<String>> series = new TreeMap<>();
    for (String query : queries) {
      Matcher matcher = SERIES.matcher(query);
      while (matcher.find()) {
        TreeSet<String> labels = series.computeIfAbsent(matcher.group(1), m -> new TreeSet<>());
        Matcher label = LABEL.matcher(matcher.group(2) == null ? "" : matcher.group(2));
        while (label.find()) {
          if (!OF_THE_TARGET.contains(label.group(1))) {
            add(label, labels);
          }
        }
      }
    }
    return series;
  }
}
