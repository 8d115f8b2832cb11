package dev.spanthrift.agent.control.spend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.timer.Guarded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpendCurvesTest {
  private static final Instant FROM = Instant.parse("2026-11-01T00:00:00Z");
  private static final Instant TO = Instant.parse("2026-12-01T00:00:00Z");

  @TempDir Path folder;

  private static Spend spend(String budget, Instant from, Instant to, double spent) {
    Spend.CoveredPeriod period = new Spend.CoveredPeriod("month", from, to);
    Spend.BudgetSpend books =
        new Spend.BudgetSpend(
            budget, Map.of(), period, 100.0, spent, 0, 0, 0, null, null, null, Map.of());
    return new Spend(
        Spend.SIDECAR,
        "USD",
        "list",
        .5,
        .5,
        null,
        period,
        100.0,
        spent,
        0,
        0,
        0,
        null,
        null,
        null,
        List.of(books),
        Map.of());
  }

  private static void month(SpendCurves curves, Instant from, Instant to) {
    double hours = 0;
    for (Instant at = from; at.isBefore(to); at = at.plus(Duration.ofHours(1))) {
      curves.note(at.toEpochMilli(), spend("all", FROM, TO, hours++));
    }
  }

  @Test
  void showsTheWholePeriodInAHundredSteps() {
    SpendCurves curves = new SpendCurves(null);
    month(curves, FROM, TO);
    SpendCurves.Curve curve = curves.curves().getFirst();
    assertEquals("all", curve.budget());
    assertTrue(curve.at().size() > 85 && curve.at().size() <= 101, curve.at().size() + " points");
    assertEquals(FROM, curve.at().getFirst());
    assertTrue(curve.at().getLast().isAfter(TO.minus(Duration.ofHours(9))));
    for (int i = 0; i < curve.at().size(); i++) {
      double hours = Duration.between(FROM, curve.at().get(i)).toHours();
      assertEquals(hours, curve.spent().get(i));
    }
  }

  @Test
  void anotherPeriodBeginsAnew() {
    SpendCurves curves = new SpendCurves(null);
    month(curves, FROM, TO);
    Instant next = TO.plus(Duration.ofDays(31));
    curves.note(TO.toEpochMilli(), spend("all", TO, next, 0));
    assertEquals(List.of(TO), curves.curves().getFirst().at());
  }

  @Test
  void aBudgetThatIsGoneTakesItsCurveAlong() {
    SpendCurves curves = new SpendCurves(null);
    curves.note(FROM.toEpochMilli(), spend("shop", FROM, TO, 0));
    curves.note(FROM.toEpochMilli() + 1_000, spend("all", FROM, TO, 0));
    assertEquals(List.of("all"), curves.curves().stream().map(c -> c.budget()).toList());
  }

  @Test
  void survivesARestart() {
    SpendCurves before = new SpendCurves(folder);
    month(before, FROM, FROM.plus(Duration.ofDays(10)));
    before.save();
    SpendCurves after = new SpendCurves(folder);
    assertEquals(before.curves(), after.curves());
    month(after, FROM.plus(Duration.ofDays(20)), TO);
    assertEquals(FROM, after.curves().getFirst().at().getFirst());
  }

  @Test
  void whatIsDamagedIsIgnored() throws IOException {
    Files.writeString(folder.resolve(SpendCurves.FILE), "[{\"budget\": \"all\", \"at\": [7]}]");
    assertEquals(List.of(), new SpendCurves(folder).curves());
  }

  @Test
  void aClockThatIsSetBackForgetsWhatIsToCome() {
    SpendCurves curves = new SpendCurves(null);
    month(curves, FROM, FROM.plus(Duration.ofDays(10)));
    Instant back = FROM.plus(Duration.ofDays(5));
    curves.note(back.toEpochMilli(), spend("all", FROM, TO, 7));
    assertTrue(curves.curves().getFirst().at().stream().noneMatch(at -> at.isAfter(back)));
  }

  @Test
  void whatCannotBeSavedIsCountedAndSavedLater() throws IOException {
    Path state = Files.writeString(folder.resolve("state"), "no directory");
    SpendCurves curves = new SpendCurves(state);
    month(curves, FROM, FROM.plus(Duration.ofDays(1)));
    long failures = Guarded.failures().getOrDefault(SpendCurves.SAVE, 0L);
    curves.save();
    assertEquals(failures + 1, Guarded.failures().get(SpendCurves.SAVE));
    Files.delete(state);
    curves.save();
    assertEquals(curves.curves(), new SpendCurves(state).curves());
  }

  @Test
  void whoNotesDoesNotWaitForTheDisk() {
    List<Runnable> later = new ArrayList<>();
    SpendCurves curves = new SpendCurves(folder, later::add);
    curves.note(FROM.toEpochMilli(), spend("all", FROM, TO, 1));
    assertFalse(Files.exists(folder.resolve(SpendCurves.FILE)));
    later.forEach(Runnable::run);
    assertEquals(curves.curves(), new SpendCurves(folder).curves());
  }

  /** The admin port ends its timer first, and whatever that had still to write is lost with it. */
  @Test
  void whatWasToBeWrittenLaterIsWrittenAtTheEnd() {
    SpendCurves curves = new SpendCurves(folder, never -> {});
    curves.note(FROM.toEpochMilli(), spend("all", FROM, TO, 1));
    curves.save();
    assertEquals(1, curves.curves().getFirst().at().size());
    assertEquals(curves.curves(), new SpendCurves(folder).curves());
  }

  /** A write that was asked for before the end and comes after it. */
  @Test
  void whatComesTooLateWritesNothingOlder() throws IOException {
    List<Runnable> later = new ArrayList<>();
    SpendCurves curves = new SpendCurves(folder, later::add);
    curves.note(FROM.toEpochMilli(), spend("all", FROM, TO, 1));
    curves.note(TO.toEpochMilli() - 1, spend("all", FROM, TO, 2));
    curves.save();
    byte[] saved = Files.readAllBytes(folder.resolve(SpendCurves.FILE));
    Files.delete(folder.resolve(SpendCurves.FILE));
    later.forEach(Runnable::run);
    assertFalse(Files.exists(folder.resolve(SpendCurves.FILE)), "nothing has come since");
    Files.write(folder.resolve(SpendCurves.FILE), saved);
    assertEquals(curves.curves(), new SpendCurves(folder).curves());
  }
}
