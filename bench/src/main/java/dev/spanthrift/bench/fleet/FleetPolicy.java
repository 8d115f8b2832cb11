package dev.spanthrift.bench.fleet;

import java.util.Locale;

/** What the sidecars are told to keep: the rows of the table. */
enum FleetPolicy {
  PROBABILITY("probability .1", "defaultProbability: 0.1\n"),
  ERRORS(
      "errors, > 1 s, 10 %",
      """
      policies:
        - {name: errors, match: {status: ERROR}, keep: true}
        - {name: slow, match: {slowerThan: 1s}, keep: true}
      defaultProbability: 0.1
      """),
  /** An amount that is never reached, and for each hour a tenth of what arrives in that time. */
  BUDGET(
      "budget of 10 % of bytes",
      """
      price: {perGb: 1000}
      budgets: [{name: all, amount: 1000000, period: month, hourlyMax: %.2f}]
      """),
  /** A tenth of whatever arrives. */
  SHARE(
      "budget, keepMax: 0.1",
      """
      price: {perGb: 1000}
      budgets: [{name: all, amount: 1000000, period: month, keepMax: 0.1}]
      """);

  private static final double PER_GB = 1000;

  private final String shown;
  private final String yaml;

  FleetPolicy(String shown, String yaml) {
    this.shown = shown;
    this.yaml = yaml;
  }

  static FleetPolicy of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  String shown() {
    return shown;
  }

  /**
   * Keys of the configuration.
   *
   * @param bytesPerSecond that arrive at all sidecars together
   */
  String yaml(double bytesPerSecond) {
    double perHour = .1 * bytesPerSecond * 3600 / 1e9 * PER_GB;
    return this == BUDGET ? String.format(Locale.ROOT, yaml, perHour) : yaml;
  }
}
