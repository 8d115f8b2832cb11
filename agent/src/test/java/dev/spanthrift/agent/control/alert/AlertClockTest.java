package dev.spanthrift.agent.control.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.control.FakePipeline;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.operation.OperationHistory.Reading;
import dev.spanthrift.agent.control.spend.Spend;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What ends with time alone, and clocks that are set back. */
class AlertClockTest {
  private final AlertSettings settings = SettingsLoader.defaults().alerts();
  private final FakePipeline pipeline = new FakePipeline();
  private final List<String> told = new ArrayList<>();
  private long now = 1_700_000_000_000L;
  private double spent;
  private final AlertBook book =
      new AlertBook(
          settings, null, () -> now, alert -> told.add(alert.rule() + " " + alert.state()));
  private final AlertWatch watch =
      new AlertWatch(settings, book, this::spend, () -> null, null, () -> now);

  private Spend spend() {
    return MonthlySpend.of(spent, null);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      now += 10_000;
      watch.look(pipeline.status);
    }
  }

  private OperationHistory.Minute minute(long errors) {
    MeasuredOperation pay =
        new MeasuredOperation(
            "shop", "pay", 1_000, errors, 100_000, 1e9, 0, 100, new long[] {1_000});
    OperationHistory.Key key = new OperationHistory.Key("shop", "pay");
    return new OperationHistory.Minute(
        new Reading(now, Map.of(), Map.of()), new Reading(now, Map.of(key, pay), Map.of()));
  }

  @Test
  void anOperationsAlertEndsWhenNothingComesAnyMore() {
    for (int i = 0; i < 60; i++) {
      watch.look(minute(10));
      look(6);
    }
    watch.look(minute(80));
    look(1);
    assertEquals(List.of("errorRate firing"), told);
    look(60);
    assertEquals(List.of("errorRate firing", "errorRate resolved"), told);
  }

  @Test
  void aClockThatIsSetBackSilencesNothing() {
    look(2);
    now -= 3_600_000;
    spent = 100;
    look(2);
    assertEquals(List.of("budgetUsed firing"), told);
  }

  @Test
  void aLongerWindowMakesNoOtherRuleLate() throws Exception {
    AlertSettings hourly =
        SettingsLoader.load("alerts: {window: 1h}", "test", Map.of()).settings().alerts();
    AlertBook other =
        new AlertBook(
            hourly, null, () -> now, alert -> told.add(alert.rule() + " " + alert.state()));
    AlertWatch slow = new AlertWatch(hourly, other, this::spend, () -> null, null, () -> now);
    slow.look(pipeline.status);
    spent = 100;
    now += 10_000;
    slow.look(pipeline.status);
    assertEquals(List.of("budgetUsed firing"), told);
    spent = 0;
    for (int i = 0; i < 6; i++) {
      now += 10_000;
      slow.look(pipeline.status);
    }
    assertEquals(List.of("budgetUsed firing", "budgetUsed resolved"), told);
  }

  @Test
  void whatIsCountedInALongerWindowGoesOnUntilItsEnd() throws Exception {
    AlertSettings hourly =
        SettingsLoader.load("alerts: {window: 1h}", "test", Map.of()).settings().alerts();
    AlertBook other =
        new AlertBook(
            hourly, null, () -> now, alert -> told.add(alert.rule() + " " + alert.state()));
    other.update(List.of(new AlertFinding(AlertRule.LATENCY, "pay of shop", 4, 3, "It is slow.")));
    now += 3_599_999;
    other.update(List.of());
    assertEquals(List.of("latency firing"), told);
    now += 1;
    other.update(List.of());
    assertEquals(List.of("latency firing", "latency resolved"), told);
  }

  @Test
  void anAlertEndsInTimeThoughTheClockWasSetBack() {
    spent = 100;
    look(1);
    now -= 3_600_000;
    spent = 0;
    look(7);
    assertEquals(List.of("budgetUsed firing", "budgetUsed resolved"), told);
  }
}
