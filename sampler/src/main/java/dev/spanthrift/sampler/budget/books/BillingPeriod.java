package dev.spanthrift.sampler.budget.books;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The span of time that a budget is for, by the calendar of a zone.
 *
 * @param firstDay day of the month on which a monthly one begins; a shorter month begins on its
 *     last
 */
public record BillingPeriod(Length length, ZoneId zone, int firstDay) {
  /** How long. */
  public enum Length {
    HOUR,
    DAY,
    MONTH
  }

  public BillingPeriod {
    if (firstDay < 1 || firstDay > 31) {
      throw new IllegalArgumentException("first day not in [1, 31]: " + firstDay);
    }
  }

  public static BillingPeriod monthly(ZoneId zone) {
    return new BillingPeriod(Length.MONTH, zone, 1);
  }

  public Instant start(Instant now) {
    ZonedDateTime time = now.atZone(zone);
    return switch (length) {
      case HOUR -> hour(time);
      case DAY -> time.toLocalDate().atStartOfDay(zone).toInstant();
      case MONTH -> {
        LocalDate first = first(YearMonth.from(time));
        boolean isBefore = time.toLocalDate().isBefore(first);
        LocalDate day = isBefore ? first(YearMonth.from(time).minusMonths(1)) : first;
        yield day.atStartOfDay(zone).toInstant();
      }
    };
  }

  public Instant end(Instant now) {
    ZonedDateTime time = now.atZone(zone);
    return switch (length) {
      case HOUR -> hour(time).plus(1, ChronoUnit.HOURS);
      case DAY -> time.toLocalDate().plusDays(1).atStartOfDay(zone).toInstant();
      case MONTH -> {
        LocalDate first = first(YearMonth.from(time));
        boolean isBefore = time.toLocalDate().isBefore(first);
        LocalDate day = isBefore ? first : first(YearMonth.from(time).plusMonths(1));
        yield day.atStartOfDay(zone).toInstant();
      }
    };
  }

  /** By the zone's minutes, so that zones of half hours have hours too; both of a repeated one. */
  private static Instant hour(ZonedDateTime time) {
    return time.truncatedTo(ChronoUnit.HOURS).toInstant();
  }

  private LocalDate first(YearMonth month) {
    return month.atDay(Math.min(firstDay, month.lengthOfMonth()));
  }
}
