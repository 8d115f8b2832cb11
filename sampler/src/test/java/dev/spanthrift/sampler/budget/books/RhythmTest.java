package dev.spanthrift.sampler.budget.books;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How traffic is spread over the week, as far as it is known. */
class RhythmTest {
  private static final long SEED = Long.getLong("seed", 1);
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");

  /** Eight weeks of loads that each hour of the week has its own of. */
  private static Rhythm random(ZoneId zone, Random random) {
    Rhythm rhythm = new Rhythm(zone);
    double[] load = random.doubles(168, 1, 100).toArray();
    for (int hour = 0; hour < 8 * 168; hour++) {
      rhythm.observe(MONDAY.plusSeconds(hour * 3_600L), 1e6 * load[hour % 168], 3_600);
    }
    return rhythm;
  }

  @Test
  void aSpanOfTimeIsTheSumOfItsPartsAcrossEveryChangeOfTheClock() {
    Random random = new Random(SEED);
    for (ZoneId zone :
        new ZoneId[] {
          BERLIN, ZoneOffset.UTC, ZoneId.of("Asia/Kolkata"), ZoneId.of("Pacific/Apia")
        }) {
      Rhythm rhythm = random(zone, random);
      for (int i = 0; i < 300; i++) {
        Instant from = MONDAY.plusSeconds(random.nextInt(400 * 86_400));
        Instant to = from.plusSeconds(random.nextInt(20 * 86_400));
        Instant between =
            from.plusSeconds(
                random.nextInt((int) (to.getEpochSecond() - from.getEpochSecond()) + 1));
        double whole = rhythm.between(from, to);
        double parts = rhythm.between(from, between) + rhythm.between(between, to);
        assertEquals(whole, parts, 1e-6 * (1 + whole), zone + ", seed " + SEED);
        assertTrue(whole >= .2 * (to.getEpochSecond() - from.getEpochSecond()) - 1e-6);
        assertEquals(rhythm.density(from), rhythm.between(from, from.plusSeconds(1)), 1e-9);
      }
    }
  }

  @Test
  void aWeekWeighsAsMuchAsAWeekWhateverWasLearned() {
    Random random = new Random(SEED);
    for (int i = 0; i < 20; i++) {
      Rhythm rhythm = random(ZoneOffset.UTC, random);
      Instant from = MONDAY.plusSeconds(random.nextInt(86_400 * 365));
      assertEquals(604_800, rhythm.between(from, from.plusSeconds(604_800)), 1e-3);
    }
  }

  @Test
  void busyHoursWeighMoreThanQuietOnes() {
    Rhythm rhythm = new Rhythm(ZoneOffset.UTC);
    for (int hour = 0; hour < 8 * 168; hour++) {
      double load = hour % 24 < 12 ? 10 : 90;
      rhythm.observe(MONDAY.plusSeconds(hour * 3_600L), load, 3_600);
    }
    double quiet = rhythm.density(MONDAY.plusSeconds(6 * 3_600));
    double busy = rhythm.density(MONDAY.plusSeconds(18 * 3_600));
    assertTrue(busy / quiet > 3.5 && busy / quiet < 9, busy + " to " + quiet);
  }

  @Test
  void anHourNeverSeenBorrowsFromTheSameHourOfOtherDays() {
    Rhythm rhythm = new Rhythm(ZoneOffset.UTC);
    for (int hour = 0; hour < 5 * 24; hour++) { // Monday to Friday
      double load = hour % 24 < 12 ? 10 : 90;
      rhythm.observe(MONDAY.plusSeconds(hour * 3_600L), load, 3_600);
    }
    double night = rhythm.density(MONDAY.plusSeconds((5 * 24 + 6) * 3_600L));
    double noon = rhythm.density(MONDAY.plusSeconds((5 * 24 + 18) * 3_600L));
    assertTrue(noon > 1.3 * night, noon + " to " + night);
  }

  @Test
  void tenTimesTheLoadIsANewLevelAndNotABusyHour() {
    Rhythm rhythm = new Rhythm(ZoneOffset.UTC);
    for (int hour = 0; hour < 8 * 168; hour++) {
      rhythm.observe(MONDAY.plusSeconds(hour * 3_600L), hour < 7 * 168 ? 100 : 1_000, 3_600);
    }
    for (int hour = 0; hour < 168; hour++) {
      assertEquals(1, rhythm.density(MONDAY.plusSeconds(hour * 3_600L)), .1, "hour " + hour);
    }
  }

  @Test
  void aFewMinutesOfAnHourTeachNothing() {
    Rhythm rhythm = new Rhythm(ZoneOffset.UTC);
    for (int hour = 0; hour < 168; hour++) {
      rhythm.observe(MONDAY.plusSeconds(hour * 3_600L), hour * 100, 599);
    }
    for (int hour = 0; hour < 168; hour++) {
      assertEquals(1, rhythm.density(MONDAY.plusSeconds(hour * 3_600L)), 1e-9);
    }
  }

  @Test
  void whatIsSavedIsReadAgainAndWhatIsDamagedIsRefused() throws IOException {
    Random random = new Random(SEED);
    Rhythm saved = random(BERLIN, random);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    saved.write(new DataOutputStream(out));
    byte[] bytes = out.toByteArray();
    Rhythm read = new Rhythm(BERLIN);
    read.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    for (int hour = 0; hour < 168; hour++) {
      Instant at = MONDAY.plusSeconds(hour * 3_600L);
      assertEquals(saved.density(at), read.density(at), 1e-5);
    }
    for (float bad : new float[] {Float.NaN, -1, Float.POSITIVE_INFINITY}) {
      byte[] damaged = bytes.clone();
      int at = 8 + 5 * random.nextInt(168);
      java.nio.ByteBuffer.wrap(damaged).putFloat(at, bad);
      assertThrows(
          IOException.class,
          () -> new Rhythm(BERLIN).read(new DataInputStream(new ByteArrayInputStream(damaged))));
    }
    for (int length = 0; length < bytes.length; length += 7) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThrows(
          IOException.class,
          () -> new Rhythm(BERLIN).read(new DataInputStream(new ByteArrayInputStream(cut))));
    }
  }
}
