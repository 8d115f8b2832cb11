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

/** PromQL as far as tests of alerts and dashboards need it: metric names and their labels. */
final class Queries {
  private static final Pattern SERIES =
      Pattern.compile("\\b((?:spanthrift|process|jvm)_[a-z0-9_]+)(?:\\{([^}]*)\\})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");

  /** Set by Prometheus for every target, not by the program. */
  private static final List<String> OF_THE_TARGET = List.of("namespace", "pod");

  private Queries() {}

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
            labels.add(label.group(1));
          }
        }
      }
    }
    return series;
  }
}
