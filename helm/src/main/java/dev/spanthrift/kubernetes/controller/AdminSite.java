package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.kubernetes.admin.AdminPort;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** What the controller's own port has: health, metrics, the report by namespace. */
public final class AdminSite {
  private static final JsonMapper JSON = JsonMapper.shared();

  private AdminSite() {}

  /**
   * Opens the port.
   *
   * @throws RuntimeException when it cannot be opened
   */
  public static AdminPort open(InetSocketAddress address, Controller controller) {
    return AdminPort.open(
        address,
        ControllerMetrics.of(controller),
        () -> controller.isReady() ? "" : "not all watches run, or there is no certificate yet",
        Map.of("/api/v1/report", () -> report(controller)));
  }

  /** What would be saved, kept and lost, by namespace. */
  private static String report(Controller controller) {
    var fleet = controller.fleet();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("scope", controller.isLeader() ? "all replicas" : "this replica");
    body.put("sidecars", fleet.sidecars());
    body.put("namespaces", new TreeMap<>(fleet.namespaces()));
    return JSON.writeValueAsString(body);
  }
}
