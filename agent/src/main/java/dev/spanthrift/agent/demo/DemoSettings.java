package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/**
 * The demo's settings: defaults, the user's SPANTHRIFT_ variables on top, the backend of the demo
 * and a state folder of its own, so that demo data never mixes with real data.
 */
final class DemoSettings {
  /**
   * Health checks go; all else is the budget's to choose. By name, because attributes are not
   * recorded, and what-if questions are to be answered.
   */
  static final String POLICIES =
      """
      - {name: health, match: {name: GET /health}, drop: true}
      """;

  /** About a tenth of what all spans of an hour would cost. */
  private static final String HOURLY = "0.15";

  private DemoSettings() {}

  static SpanthriftSettings of(Map<String, String> environment, int backendPort, Path stateDir)
      throws SettingsException {
    return SettingsLoader.load(null, variables(environment, backendPort, stateDir)).settings();
  }

  static Map<String, String> variables(
      Map<String, String> environment, int backendPort, Path stateDir) {
    Map<String, String> with = new HashMap<>();
    freeOrAny(with, "SPANTHRIFT_LISTEN_GRPC_PORT", 4317);
    freeOrAny(with, "SPANTHRIFT_LISTEN_HTTP_PORT", 4318);
    freeOrAny(with, "SPANTHRIFT_ADMIN_PORT", 4321);
    with.put("SPANTHRIFT_EXPORT_DELAY", "200ms"); // the screen is drawn once a second
    with.put("SPANTHRIFT_POLICIES", POLICIES);
    with.put("SPANTHRIFT_BUDGETS", budget(LocalTime.now(ZoneOffset.UTC)));
    environment.forEach(
        (key, value) -> {
          if (key.startsWith("SPANTHRIFT_")) {
            with.put(key, value);
          }
        });
    with.put("SPANTHRIFT_STATE_DIR", stateDir.toString());
    with.put(
        "SPANTHRIFT_DESTINATIONS",
        "[{name: demo-backend, protocol: grpc, endpoint: 'http://127.0.0.1:" + backendPort + "'}]");
    return with;
  }

  /** An hour of money that begins now: the time zone is shifted so that it does. */
  private static String budget(LocalTime now) {
    return "[{name: demo, amount: %s, period: hour, zone: '-00:%02d'}]"
        .formatted(HOURLY, now.getMinute());
  }

  /** The usual port when nobody has it, else any free one. */
  private static void freeOrAny(Map<String, String> settings, String variable, int usual) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), usual));
    } catch (IOException taken) {
      settings.put(variable, "0");
    }
  }
}
