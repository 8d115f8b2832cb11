package dev.spanthrift.agent.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class NoteTest {
  @Test
  void saysItsSentenceWithItsValues() {
    Map<String, Object> values = new HashMap<>();
    values.put("operation", "GET /cart$1");
    values.put("service", "cart");
    values.put("share", 0.4321);
    values.put("errorRate", 0.0);
    assertEquals(
        "GET /cart$1 of cart takes 43.2 % of the kept bytes and fails in 0.00 %",
        new Note(NoteCode.ADD_FEWER_WHY, values).text());
    assertEquals("policy version 3", Note.of(NoteCode.UNDER_VERSION, "version", 3L).text());
    assertEquals(
        "it needs at least 0.123; what other money does stands below",
        Note.of(NoteCode.NEEDS_PROBABILITY, "needed", 0.12345).text());
  }

  /** So that the page says both in its reader's language. */
  @Test
  void theCauseOfAProblemStandsInASentenceByItsCode() {
    ProblemException coded =
        new ProblemException(ProblemType.NO_ROOM, Note.of(NoteCode.ROOM_ENDED));
    assertEquals(Note.of(NoteCode.ROOM_ENDED), coded.why());
    assertEquals(
        "not all changes were weighed: ended on the way: memory is needed elsewhere",
        Note.of(NoteCode.NOT_ALL_WEIGHED, "why", coded.why()).text());
    assertEquals("x", new ProblemException(ProblemType.BUSY, "x").why());
  }

  @Test
  void standsInAnAnswerByCodeAndValues() {
    assertEquals(
        "{\"code\":\"forecastSoon\",\"values\":{\"seconds\":90}}",
        JsonMapper.shared().writeValueAsString(Note.of(NoteCode.FORECAST_SOON, "seconds", 90L)));
  }

  @Test
  void everyCodeIsOneWordAndASentenceOfItsOwn() {
    List<String> words = Arrays.stream(NoteCode.values()).map(NoteCode::word).distinct().toList();
    assertEquals(NoteCode.values().length, words.size());
    for (NoteCode code : NoteCode.values()) {
      assertFalse(Note.of(code).text().isBlank(), code::name);
      assertEquals(
          1, Arrays.stream(NoteCode.values()).filter(c -> c.text().equals(code.text())).count());
    }
  }

  @Test
  void moneyIsNotToldInPowersOfTen() {
    Map<String, Object> values = Map.of("currency", "KRW", "amount", 12_345.6);
    assertEquals(
        "half the budget (KRW 12346 an hour)", new Note(NoteCode.UNDER_HALF, values).text());
    assertEquals("1000", Note.number(999.96));
    assertEquals("-4321", Note.number(-4_321.4));
    assertEquals("999", Note.number(999.4));
    assertEquals("0.123", Note.number(0.1234));
  }
}
