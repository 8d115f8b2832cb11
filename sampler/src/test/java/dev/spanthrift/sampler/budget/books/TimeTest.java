package dev.spanthrift.sampler.budget.books;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TimeTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static void expect(BillingPeriod period, String now, String start, String end) {
    assertEquals(Instant.parse(start), period.start(Instant.parse(now)), now);
    assertEquals(Instant.parse(end), period.end(Instant.parse(now)), now);
  }

  @Test
  void periodsBeginByTheCalendarOfTheirZone() {
    BillingPeriod month = new BillingPeriod(BillingPeriod.Length.MONTH, BERLIN, 15);
    expect(month, "2026-03-14T22:59:59Z", "2026-02-14T23:00:00Z", "2026-03-14T23:00:00Z");
    expect(month, "2026-03-14T23:00:00Z", "2026-03-14T23:00:00Z", "2026-04-14T22:00:00Z");
    BillingPeriod last = new BillingPeriod(BillingPeriod.Length.MONTH, ZoneOffset.UTC, 31);
    expect(last, "2027-02-10T00:00:00Z", "2027-01-31T00:00:00Z", "2027-02-28T00:00:00Z");
    expect(last, "2027-02-28T00:00:00Z", "2027-02-28T00:00:00Z", "2027-03-31T00:00:00Z");
    BillingPeriod day = new BillingPeriod(BillingPeriod.Length.DAY, BERLIN, 1);
    expect(day, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    BillingPeriod hour = new BillingPeriod(BillingPeriod.Length.HOUR, ZoneId.of("Asia/Kolkata"), 1);
    expect(hour, "2026-03-29T12:29:00Z", "2026-03-29T11:30:00Z", "2026-03-29T12:30:00Z");
    assertThrows(
        IllegalArgumentException.class,
        () -> new BillingPeriod(BillingPeriod.Length.MONTH, BERLIN, 0));
  }

  @Test
  void rhythmIsUniformUntilItIsKnown() {
    Rhythm rhythm = new Rhythm(BERLIN);
    Instant from = Instant.parse("2026-03-28T10:11:12Z");
    assertEquals(1, rhythm.density(from), 1e-12);
    assertEquals(86_400 * 40, rhythm.between(from, from.plusSeconds(86_400 * 40)), 1e-6);
    assertEquals(0, rhythm.between(from, from.minusSeconds(5)));
  }

  @Test
  void rhythmLearnsHoursOfTheWeekByLocalTimeAndIgnoresTheLevel() {
    Rhythm rhythm = new Rhythm(BERLIN);
    Instant now = Instant.parse("2026-01-05T00:00:00Z");
    for (int minute = 0; minute < 8 * 7 * 24 * 60; minute++) {
      int hour = now.atZone(BERLIN).getHour();
      double level = minute < 4 * 7 * 24 * 60 ? 1 : 10;
      rhythm.observe(now, (hour >= 8 && hour < 20 ? 180 : 20) * level, 60);
      now = now.plusSeconds(60);
    }
    double noon = rhythm.density(Instant.parse("2026-07-01T10:00:00Z")); // 12 h in summer
    double evening = rhythm.density(Instant.parse("2026-07-01T18:30:00Z")); // 20:30
    assertTrue(noon / evening > 3 && noon / evening < 5.6, () -> noon + " " + evening);
    double day = rhythm.between(now, now.plusSeconds(7 * 86_400)) / 7 / 86_400;
    assertEquals(1, day, 1e-9);
  }

  @Test
  void rhythmForgivesSilenceAndASingleStrangeHour() {
    Rhythm rhythm = new Rhythm(ZoneOffset.UTC);
    Instant now = Instant.parse("2026-01-05T00:00:00Z");
    for (int hour = 0; hour < 24 * 14; hour++) {
      rhythm.observe(now, hour == 100 ? 1e12 : 1_000, 3_600);
      now = now.plusSeconds(3_600);
    }
    for (int hour = 0; hour < 168; hour++) {
      double density = rhythm.density(now.plusSeconds(3_600L * hour));
      assertTrue(density > .15 && density < 3, "hour " + hour + ": " + density);
    }
  }

  private static final long SECOND = 1_000_000_000L;

  @Test
  void timeNeverRunsBackwardsAndFollowsSmallCorrections() {
    TrustedClock clock = new TrustedClock();
    long wall = 1_800_000_000_000L;
    assertEquals(wall, clock.tick(5, wall).toEpochMilli());
    assertEquals(wall + 12_000, clock.tick(5 + 10 * SECOND, wall + 12_000).toEpochMilli());
    assertEquals(wall + 12_000, clock.tick(5 + 11 * SECOND, wall + 9_000).toEpochMilli());
    assertEquals(wall + 13_000, clock.tick(5 + 15 * SECOND, wall + 13_000).toEpochMilli());
  }

  @Test
  void aJumpCountsOnlyAfterTenMinutes() {
    for (long jump : new long[] {3_600_000, -3_600_000, 5_490_000_000_000L}) {
      TrustedClock clock = new TrustedClock();
      long wall = 1_800_000_000_000L;
      clock.tick(0, wall);
      for (int second = 1; second <= 600; second += 10) {
        Instant now = clock.tick(second * SECOND, wall + second * 1_000 + jump);
        assertEquals(wall + second * 1_000, now.toEpochMilli());
        assertFalse(clock.hasJumped());
        assertTrue(clock.isStray());
      }
      Instant after = clock.tick(602 * SECOND, wall + 602_000 + jump);
      assertTrue(clock.hasJumped());
      assertEquals(wall + 602_000 + jump, after.toEpochMilli());
      clock.tick(603 * SECOND, wall + 603_000 + jump);
      assertFalse(clock.hasJumped() || clock.isStray());
    }
  }

  @Test
  void aClockThatKeepsJumpingIsNeverBelieved() {
    TrustedClock clock = new TrustedClock();
    long wall = 1_800_000_000_000L;
    clock.tick(0, wall);
    for (int second = 10; second < 36_000; second += 10) {
      long jump = second / 300 % 2 == 0 ? 7_200_000 : 14_400_000;
      Instant now = clock.tick(second * SECOND, wall + second * 1_000 + jump);
      assertEquals(wall + second * 1_000, now.toEpochMilli());
    }
    clock.tick(36_000 * SECOND, Long.MIN_VALUE);
    clock.tick(36_001 * SECOND, Long.MAX_VALUE);
    assertEquals(wall + 36_002_000, clock.tick(36_002 * SECOND, wall + 36_002_000).toEpochMilli());
  }
}
