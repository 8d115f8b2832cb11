package dev.spanthrift.sampler.budget.price.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Over how long a vendor adds up before it sends a bill, from midnight to midnight of a zone. */
public enum Window {
  DAY,
  MONTH,
  YEAR;

  public Instant start(Instant now, ZoneId zone) {
    return first(now, zone).atStartOfDay(zone).toInstant();
  }

  public Instant end(Instant now, ZoneId zone) {
    LocalDate first = first(now, zone);
    LocalDate next =
        switch (this) {
          case DAY -> first.plusDays(1);
          case MONTH -> first.plusMonths(1);
          case YEAR -> first.plusYears(1);
        };
    return next.atStartOfDay(zone).toInstant();
  }

  private LocalDate first(Instant now, ZoneId zone) {
    LocalDate day = now.atZone(zone).toLocalDate();
    return switch (this) {
      case DAY -> day;
      case MONTH -> day.withDayOfMonth(1);
      case YEAR -> day.withDayOfYear(1);
    };
  }
}
