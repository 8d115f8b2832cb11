package dev.spanthrift.bench.score;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures as JSON; numbers that a set has none of are null. */
final class Json {
  private Json() {}

  static String of(List<SetScore> scores, int seeds) {
    return "{\"seeds\": "
        + seeds
        + ", \"sets\": ["
        + scores.stream().map(Json::set).collect(Collectors.joining(",\n"))
        + "]}\n";
  }

  private static String set(SetScore score) {
    return String.format(
        "{\"name\": \"%s\", \"traces\": %d, \"spans\": %d, \"pods\": %d, \"faults\": %d,"
            + " \"structures\": %d, \"runs\": [\n%s]}",
        text(score.name()),
        score.traces(),
        score.spans(),
        score.pods(),
        score.faults(),
        score.structures(),
        score.runs().stream().map(Json::run).collect(Collectors.joining(",\n")));
  }

  private static String run(SetScore.Run run) {
    return String.format(
        Locale.ROOT,
        "  {\"sampler\": \"%s\", \"budget\": %s, \"mean\": %s, \"spread\": %s}",
        text(run.sampler()),
        run.budget(),
        numbers(run.figures().mean()),
        numbers(run.figures().spread()));
  }

  private static String numbers(Map<String, Double> values) {
    return values.entrySet().stream()
        .map(e -> "\"" + text(e.getKey()) + "\": " + number(e.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "null";
  }

  private static String text(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
