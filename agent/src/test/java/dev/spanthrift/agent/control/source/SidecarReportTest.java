package dev.spanthrift.agent.control.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.spanthrift.agent.control.source.SidecarReport.Amount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It comes from whoever has a pod. */
class SidecarReportTest {
  private static StreamMessage read(String report) {
    return StreamMessage.read("{\"type\": \"report\", \"report\": " + report + "}");
  }

  @Test
  void whatAnOlderSidecarDoesNotSayCountsAsNothing() {
    SidecarReport report =
        assertInstanceOf(StreamMessage.Reported.class, read("{\"hash\": \"a\"}")).report();
    assertEquals(Amount.NONE, report.received());
    assertEquals("", report.currency());
    assertEquals(0, report.spentOf("all"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{\"spent\": -1}",
        "{\"spent\": \"NaN\"}",
        "{\"saved\": \"Infinity\"}",
        "{\"pricePerGigabyte\": -0.1}",
        "{\"failed\": -1}",
        "{\"received\": {\"spans\": -1, \"bytes\": 0}}",
        "{\"budgets\": {\"all\": -1}}",
        "{\"budgets\": {\"all\": null}}"
      })
  void whatNoSidecarCanSayIsNoMessage(String report) {
    assertNull(read(report));
  }
}
