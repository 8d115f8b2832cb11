package dev.spanthrift.agent.demo;

import dev.spanthrift.agent.config.SettingsException;
import dev.spanthrift.agent.config.SettingsLoader;
import dev.spanthrift.agent.config.SpanthriftSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The demo's settings: defaults, the user's SPANTHRIFT_ variables on top, the backend of the demo
 * and a state folder of its own, so that demo data never mixes with real data.
 */
final class DemoSettings {
  /** Errors, slow traces and the rare paths all; health checks none; of the rest one in twenty. */
  static final String POLICIES =
      """
      - {name: errors, match: {hasError: true}, keep: true}
      - {name: slow, match: {slowerThan: 1s}, keep: true}
      - name: rare
        match: {attribute: {key: http.route, in: [/admin/refund, /export.csv]}}
        keep: true
      - {name: health, match: {attribute: {key: http.route, equals: /health}}, drop: true}
      """;

  private static final String PROBABILITY = "0.05";

  private DemoSettings() {}

  static SpanthriftSettings of(Map<String, String> environment, int backendPort, Path stateDir)
      throws SettingsException {
    Map<String, String> with = new HashMap<>();
    freeOrAny(with, "SPANTHRIFT_LISTEN_GRPC_PORT", 4317);
    freeOrAny(with, "SPANTHRIFT_LISTEN_HTTP_PORT", 4318);
    freeOrAny(with, "SPANTHRIFT_ADMIN_PORT", 4321);
    with.put("SPANTHRIFT_POLICIES", POLICIES);
    with.put("SPANTHRIFT_DEFAULT_PROBABILITY", PROBABILITY);
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
    return SettingsLoader.load(null, with).settings();
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
