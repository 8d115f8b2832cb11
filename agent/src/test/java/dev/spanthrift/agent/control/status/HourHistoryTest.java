package dev.spanthrift.agent.control.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.AdminPort;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.OpenApi;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.agent.control.spend.SpendCurves;
import dev.spanthrift.agent.pipeline.MadeStatus;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HourHistoryTest {
  private double spent;
  private final HourHistory history = new HourHistory(this::spend, new SpendCurves(null));

  private Spend spend() {
    Spend.CoveredPeriod period = new Spend.CoveredPeriod("hour", Instant.EPOCH, null);
    return new Spend(
        Spend.SIDECAR,
        "USD",
        "list",
        0.5,
        0.5,
        null,
        period,
        null,
        spent,
        0,
        0,
        0,
        null,
        null,
        null,
        List.of(),
        Map.of());
  }

  private void note(long second, long received, Map<String, Long> kept) {
    PipelineStatus s = FakePipeline.status(received, kept);
    history.note(
        MadeStatus.status(
            0,
            1_000L * second,
            s.signals(),
            s.spans(),
            s.shipping(),
            s.destinations(),
            s.identities()));
  }

  @Test
  void keepsAnHourInStepsOfTenSeconds() {
    for (int second = 0; second <= 5_000; second++) {
      spent = second / 1e3;
      note(second, 1_000 + 700L * second, Map.of("error", 7L * second));
    }
    HourHistory.Hour hour = history.hour();
    assertEquals(HourHistory.READINGS, hour.at().size());
    assertEquals(Instant.ofEpochSecond(1_400), hour.at().getFirst());
    assertEquals(Instant.ofEpochSecond(5_000), hour.at().getLast());
    assertEquals(35_000L, hour.kept().get("error").getLast());
    assertEquals(5.0, hour.spent().get("all").getLast());
    assertEquals(70L, hour.kept().get("error").get(1) - hour.kept().get("error").getFirst());
  }

  @Test
  void aPauseEndsWhereSomethingComesAgain() {
    note(0, 1_000, Map.of("error", 7L));
    note(600, 9_000, Map.of("error", 70L));
    HourHistory.Hour hour = history.hour();
    assertEquals(List.of(0L, 590L, 600L), hour.at().stream().map(Instant::getEpochSecond).toList());
    assertEquals(List.of(7L, 7L, 70L), hour.kept().get("error"));
  }

  @Test
  void reasonsThatFindNoRoomAreCountedTogether() {
    Map<String, Long> kept = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      kept.put("policy-" + i, 1L);
      note(10L * i, 1_000 + i, kept);
    }
    Map<String, List<Long>> said = history.hour().kept();
    assertEquals(HourHistory.NAMES_MAX + 1, said.size());
    assertTrue(said.containsKey(HourHistory.OTHERS));
    said.values().forEach(counts -> assertEquals(100, counts.size()));
    assertEquals(100, said.values().stream().mapToLong(List::getLast).sum(), "none is lost");
    assertEquals(0L, said.get(HourHistory.OTHERS).getFirst());
  }

  @Test
  void isWhatTheDescriptionSays() {
    note(0, 1_000, Map.of("error", 7L));
    JsonNode hour = JsonMapper.shared().valueToTree(history.hour());
    assertEquals(List.of(), OpenApi.get().mismatches("History", hour));
    try (AdminPort port = AdminPort.startReadOnly()) {
      port.client().get().uri("/api/v1/history").exchange().expectStatus().isOk();
    }
  }

  @Test
  void aClockThatIsSetBackStopsNothing() {
    for (int second = 0; second <= 50; second += 10) {
      note(10_000 + second, 1_000 + second, Map.of("error", 7L));
    }
    note(7_000, 2_000, Map.of("error", 8L));
    note(7_010, 2_100, Map.of("error", 9L));
    HourHistory.Hour hour = history.hour();
    assertEquals(
        List.of(6_940L, 6_950L, 6_960L, 6_970L, 6_980L, 6_990L, 7_000L, 7_010L),
        hour.at().stream().map(Instant::getEpochSecond).toList());
    assertEquals(List.of(1_050L, 2_000L, 2_100L), hour.received().subList(5, 8));
  }
}
