package dev.spanthrift.sampler.budget.books;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Arrays;

/**
 * How traffic is spread over the hours of a week: level × season, learned by the hour.
 *
 * <p>Uniform until known. The level follows within a day, or within three hours once the season is
 * known, so that ten times the load is not taken for a busy hour; an hour never seen borrows from
 * the same hour of other days. A fifth is always uniform, because an hour that has been silent so
 * far may have something to say.
 */
final class Rhythm {
  private static final int HOURS = 7 * 24;
  private static final double UNIFORM = .2;
  private static final double LEARN = .3;
  private static final double LEVEL_LEARN = 1 - Math.pow(.5, 1 / 24.0);
  private static final double SECONDS_MIN = 600;
  private static final double FAR = 2.5;
  private static final int KNOWN = 3; // weeks
  private static final int EPOCH_HOUR = 3 * 24; // 1970 began on a Thursday
  private static final int HOUR_SECONDS = 3_600;
  private static final long WEEK_SECONDS = HOURS * (long) HOUR_SECONDS;

  private final ZoneId zone;
  private final double[] season = new double[HOURS];
  private final int[] seen = new int[HOURS];
  private final double[] mixed = new double[HOURS];
  private final double[] before = new double[HOURS + 1]; // sum of the week's hours before each
  private double level;
  private int strangeHours;

  private int hour = -1;
  private double amount;
  private double seconds;

  Rhythm(ZoneId zone) {
    this.zone = zone;
    Arrays.fill(season, 1);
    mix();
  }

  /** Counts what came in the seconds before this moment. */
  void observe(Instant now, double received, double elapsedSeconds) {
    int current = hourOfWeek(now.atZone(zone));
    if (current != hour) {
      learn();
      hour = current;
    }
    amount += received;
    seconds += elapsedSeconds;
  }

  private void learn() {
    double rate = seconds > 0 ? amount / seconds : 0;
    boolean enough = hour >= 0 && seconds >= SECONDS_MIN;
    amount = 0;
    seconds = 0;
    if (!enough || (level <= 0 && rate <= 0)) {
      return;
    }
    double usual = weight(hour);
    if (isStrange(rate / usual)) {
      return;
    }
    level = level <= 0 ? rate / usual : level + LEVEL_LEARN * (rate / usual - level);
    double relative = Math.clamp(rate / level, usual / 4, usual * 4 + .1);
    double part = Math.max(LEARN, 1.0 / (seen[hour] + 2));
    season[hour] = usual + part * (relative - usual);
    seen[hour] = Math.min(100, seen[hour] + 1);
    mix();
  }

  /** A known hour that is far off says nothing about the season; three in a row are a new level. */
  private boolean isStrange(double levelNow) {
    boolean isFar = levelNow > level * FAR || levelNow * FAR < level;
    if (seen[hour] < KNOWN || !isFar) {
      strangeHours = 0;
      return false;
    }
    strangeHours++;
    if (strangeHours >= 3) {
      level = levelNow;
      strangeHours = 0;
    }
    return true;
  }

  private static int hourOfWeek(ZonedDateTime time) {
    return (time.getDayOfWeek().getValue() - 1) * 24 + time.getHour();
  }

  /** Of one second of an hour of the week. */
  private double weight(int hourOfWeek) {
    if (seen[hourOfWeek] > 0) {
      return season[hourOfWeek];
    }
    double sum = 0;
    int days = 0;
    for (int h = hourOfWeek % 24; h < HOURS; h += 24) {
      if (seen[h] > 0) {
        sum += season[h];
        days++;
      }
    }
    return days == 0 ? 1 : sum / days;
  }

  /** Relative density of traffic at a moment; 1 on average over a week. */
  double density(Instant at) {
    return mixed(hourOfWeek(at.atZone(zone)));
  }

  private double mixed(int hourOfWeek) {
    return mixed[hourOfWeek];
  }

  private void mix() {
    double mean = 0;
    for (int h = 0; h < HOURS; h++) {
      mixed[h] = weight(h);
      mean += mixed[h] / HOURS;
    }
    for (int h = 0; h < HOURS; h++) {
      mixed[h] = mean <= 0 ? 1 : UNIFORM + (1 - UNIFORM) * mixed[h] / mean;
      before[h + 1] = before[h] + mixed[h] * HOUR_SECONDS;
    }
  }

  /** Density times seconds from one moment to another; 0 when there is no time between. */
  double between(Instant from, Instant to) {
    double sum = 0;
    long at = from.getEpochSecond();
    long end = to.getEpochSecond();
    while (at < end) {
      Instant instant = Instant.ofEpochSecond(at);
      long offset = zone.getRules().getOffset(instant).getTotalSeconds();
      ZoneOffsetTransition change = zone.getRules().nextTransition(instant);
      long until = change == null ? end : Math.min(end, change.toEpochSecond());
      sum += sameOffset(at + offset, until + offset);
      at = until;
    }
    return sum;
  }

  /**
   * Between two local times, in seconds since 1970; in whole weeks and two rests, for a month is
   * asked for with every plan and each forecast.
   */
  private double sameOffset(long from, long to) {
    long first = from + EPOCH_HOUR * HOUR_SECONDS;
    long last = to + EPOCH_HOUR * HOUR_SECONDS;
    long weeks = Math.floorDiv(last, WEEK_SECONDS) - Math.floorDiv(first, WEEK_SECONDS);
    return weeks * before[HOURS] + ofWeek(last) - ofWeek(first);
  }

  /** Since the week began. */
  private double ofWeek(long second) {
    int at = (int) Math.floorMod(second, WEEK_SECONDS);
    int hour = at / HOUR_SECONDS;
    return before[hour] + mixed[hour] * (at % HOUR_SECONDS);
  }

  void write(DataOutput out) throws IOException {
    out.writeDouble(level);
    for (int h = 0; h < HOURS; h++) {
      out.writeFloat((float) season[h]);
      out.writeByte(seen[h]);
    }
  }

  void read(DataInput in) throws IOException {
    double newLevel = in.readDouble();
    for (int h = 0; h < HOURS; h++) {
      float value = in.readFloat();
      int count = in.readByte();
      if (!(value >= 0) || Float.isInfinite(value) || count < 0) {
        throw new IOException("rhythm of hour " + h + ": " + value);
      }
      season[h] = value;
      seen[h] = count;
    }
    if (!(newLevel >= 0) || Double.isInfinite(newLevel)) {
      throw new IOException("level " + newLevel);
    }
    level = newLevel;
    mix();
  }
}
