package dev.spanthrift.agent.receive.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.receive.TestSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ReceiveSettingsTest {
  private static final ReceiveSettings DEFAULT = ReceiveSettings.DEFAULT;

  @Test
  void s20_defaultsAreTheWellKnownPortsOnLoopback() {
    assertEquals("localhost", DEFAULT.host());
    assertEquals(4317, DEFAULT.grpcPort());
    assertEquals(4318, DEFAULT.httpPort());
  }

  @Test
  void s4_s5_theDefaultLimitIs64MiB() {
    assertEquals(67_108_864, DEFAULT.maxRequestBytes());
  }

  @Test
  void whatMakesNoSenseIsRefusedWithItsName() {
    refused("grpcPort", () -> TestSettings.on(65_536, 0));
    refused("httpPort", () -> TestSettings.on(0, -1));
    refused("maxRequestBytes", () -> TestSettings.bytes(0, 1));
    refused("maxPendingBytes", () -> TestSettings.bytes(100, 99));
    refused(
        "maxConnections",
        () -> TestSettings.times(0, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    refused("requestTimeout", () -> TestSettings.times(1, Duration.ZERO, Duration.ofSeconds(1)));
    refused(
        "idleTimeout", () -> TestSettings.times(1, Duration.ofSeconds(1), Duration.ofSeconds(-1)));
  }

  private static void refused(String name, Executable wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    assertTrue(message.startsWith(name), message);
  }
}
