package dev.spanthrift.agent.demo;

import java.util.Locale;

/** Rows that both demos show, and how figures are written. */
final class ScreenWords {
  private static final int BAR = 24;

  private ScreenWords() {}

  @SuppressWarnings("AnnotateFormatMethod") // would need a dependency for one annotation
  static String row(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  static String clock(double seconds) {
    long whole = (long) seconds;
    return row("%02d:%02d", whole / 60, whole % 60);
  }

  static String bar(double share) {
    int full = (int) Math.round(Math.min(1, share) * BAR);
    return full == 0 && share > 0 ? "▏" : "█".repeat(full);
  }

  static String errors(FailedTraces.Count failed) {
    if (failed.made() == 0) {
      return "ERRORS  no trace has failed yet";
    }
    if (failed.due() == 0) {
      return row(
          "ERRORS  %,d traces failed just now, %,d of them are at the backend",
          failed.made(), failed.seen());
    }
    return row(
        "ERRORS  %.1f %% kept: %,d of %,d failed traces arrived%s",
        failed.share() * 100,
        failed.arrived(),
        failed.due(),
        failed.made() == failed.due()
            ? ""
            : row(", %,d just failed", failed.made() - failed.due()));
  }

  static String incident(Incident incident, double seconds, long failed) {
    return switch (incident.phase((long) (seconds * 1e9))) {
      case AHEAD ->
          row(
              "INCIDENT in %d s payments will begin to fail",
              (long) Math.ceil(incident.fromNanos() / 1e9 - seconds));
      case RUNNING -> row("INCIDENT payments fail and are slow; %,d failed traces so far", failed);
      case OVER -> row("INCIDENT is over; it made %,d failed traces", failed);
    };
  }
}
