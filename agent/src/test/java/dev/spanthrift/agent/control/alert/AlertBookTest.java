package dev.spanthrift.agent.control.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.control.alert.AlertBook.Silence;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertBookTest {
  private static final AlertFinding AWAY =
      new AlertFinding(AlertRule.DESTINATION_AWAY, "default", 61, 60, "It does not answer.");

  private long now = 1_700_000_000_000L;
  private final List<Alert> told = new ArrayList<>();
  private final AlertBook book =
      new AlertBook(SettingsLoader.defaults().alerts(), () -> now, told::add);

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
    assertTrue(book.isActive(id));
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
