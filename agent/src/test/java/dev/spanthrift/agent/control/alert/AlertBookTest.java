package dev.spanthrift.agent.control.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.control.alert.AlertBook.Silence;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertBookTest {
  private static final AlertFinding AWAY =
      new AlertFinding(AlertRule.DESTINATION_AWAY, "default", 61, 60, "It does not answer.");

  private long now = 1_700_000_000_000L;
  private final List<Alert> told = new ArrayList<>();
  private final AlertBook book = book(null);

  @TempDir Path folder;

  private AlertBook book(@Nullable Path stateDirectory) {
    return new AlertBook(SettingsLoader.defaults().alerts(), stateDirectory, () -> now, told::add);
  }

  private void update(AlertFinding... found) {
    book.update(List.of(found));
    now += 10_000;
  }

  @Test
  void isToldOnceAndOnceMoreWhenItIsOver() {
    for (int i = 0; i < 30; i++) {
      update(AWAY);
    }
    assertEquals(1, told.size());
    assertEquals("firing", told.getFirst().state());
    for (int i = 0; i < 30; i++) {
      update();
    }
    assertEquals(2, told.size());
    assertEquals("resolved", told.get(1).state());
    assertEquals(told.getFirst().id(), told.get(1).id());
    assertEquals("resolved", book.alerts().getFirst().state());
    update(AWAY);
    assertEquals(3, told.size());
  }

  @Test
  void whatIsGoneForAMomentIsNotOver() {
    update(AWAY);
    update();
    update(AWAY);
    update();
    update();
    assertEquals(1, told.size());
  }

  @Test
  void nobodyIsToldOfWhatIsSilenced() {
    Instant until = Instant.ofEpochMilli(now + 60_000);
    assertTrue(book.silence(new Silence("destinationAway", null, until, "known")));
    update(AWAY);
    assertEquals(List.of(), told);
    assertEquals("silenced", book.alerts().getFirst().state());
    AlertFinding other = new AlertFinding(AlertRule.QUEUE_FILLING, "default", .6, .5, "It fills.");
    update(AWAY, other);
    assertEquals(List.of("queueFilling"), told.stream().map(Alert::rule).toList());
    now += 60_000;
    update(AWAY, other);
    assertEquals(2, told.size(), "it is still wrong when the silence ends");
    assertEquals(List.of(), book.silences());
  }

  @Test
  void aSilenceOfOneAlertIsOnlyItsOwnAndCanBeTakenAway() {
    update(AWAY);
    String id = told.getFirst().id();
    assertTrue(book.isKnown(id));
    book.silence(new Silence(null, id, Instant.ofEpochMilli(now + 600_000), ""));
    update(new AlertFinding(AlertRule.DESTINATION_AWAY, "second", 61, 60, "It does not either."));
    assertEquals(2, told.size());
    for (int i = 0; i < 10; i++) {
      update();
    }
    assertEquals(3, told.size(), "only the end of the second one is told");
    book.silence(new Silence(null, id, Instant.ofEpochMilli(now), ""));
    assertEquals(List.of(), book.silences());
  }

  @Test
  void silencesOutliveTheProcess() throws Exception {
    AlertFinding filling =
        new AlertFinding(AlertRule.QUEUE_FILLING, "default", .6, .5, "It fills.");
    AlertBook first = book(folder);
    first.update(List.of(AWAY));
    String id = told.getFirst().id();
    first.silence(new Silence("queueFilling", null, Instant.ofEpochMilli(now + 90_000), ""));
    first.silence(new Silence(null, id, Instant.ofEpochMilli(now + 60_000), "known"));
    now += 1_000;
    AlertBook second = book(folder);
    second.update(List.of(AWAY, filling));
    assertEquals(1, told.size(), "the alert has another id now, and is the same");
    assertEquals(2, second.silences().size());
    assertTrue(second.isKnown(id));
    now += 59_000;
    second.update(List.of(AWAY, filling));
    assertEquals(List.of("destinationAway", "destinationAway"), rules());

    // What is damaged is not the end of the last good copy.
    Files.writeString(folder.resolve(SilenceFile.NAME), "{\"silences\": [{}");
    AlertBook third = book(folder);
    assertEquals(1, third.silences().size(), "the one before: without the last silence");
    third.silence(new Silence("queueFilling", null, Instant.ofEpochMilli(now), ""));
    assertEquals(List.of(), book(folder).silences());
  }

  private List<String> rules() {
    return told.stream().map(Alert::rule).toList();
  }

  @Test
  void aSilenceThatCannotBeStoredIsNotInForce() throws Exception {
    AlertBook over = book(Files.writeString(folder.resolve("file"), "no folder"));
    assertThrows(
        UncheckedIOException.class,
        () -> over.silence(new Silence("latency", null, Instant.ofEpochMilli(now + 9_000), "")));
    assertEquals(List.of(), over.silences());
  }

  @Test
  void everythingIsBounded() {
    List<AlertFinding> many = new ArrayList<>();
    for (int i = 0; i < 3 * AlertBook.ACTIVE_MAX; i++) {
      many.add(new AlertFinding(AlertRule.SLOW_QUERY, "statement " + i, 2, 1, "Slow."));
    }
    book.update(many);
    assertEquals(AlertBook.ACTIVE_MAX, book.alerts().size());
    assertEquals(2 * AlertBook.ACTIVE_MAX, book.withoutPlace());
    for (int round = 0; round < 3; round++) {
      now += 120_000;
      book.update(List.of());
      book.update(many);
    }
    assertTrue(book.alerts().size() <= AlertBook.ACTIVE_MAX + AlertBook.RESOLVED_MAX);
    for (int i = 0; i < AlertBook.SILENCES_MAX; i++) {
      assertTrue(book.silence(new Silence(null, "a" + i, Instant.ofEpochMilli(now + 9_000), "")));
    }
    assertFalse(book.silence(new Silence(null, "b", Instant.ofEpochMilli(now + 9_000), "")));
  }

  @Test
  void aLinkLeadsToThePage() {
    assertEquals("http://localhost:4321/#alerts/a1", book.link("a1"));
  }
}
