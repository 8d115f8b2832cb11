package dev.spanthrift.agent.control.access;

import static dev.spanthrift.agent.control.access.Role.ADMIN;
import static dev.spanthrift.agent.control.access.Role.OPERATOR;
import static dev.spanthrift.agent.control.access.Role.VIEWER;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every operation of the admin port with the role that it needs: the one place that says so.
 *
 * <p>What is not here is never handed to a handler, unless it reads; so a handler that somebody
 * forgot to write down cannot change anything. {@code RoutesTest} holds it against openapi.json.
 */
public final class Routes {
  /** All there are. */
  public static final Routes ALL =
      new Routes(
          List.of(
              // What changes something for good.
              send("PUT", "/api/v1/policy", ADMIN),
              send("POST", "/api/v1/policy:rollback", ADMIN),
              change("POST", "/api/v1/recommendations/{id}:apply", ADMIN),
              // What ends by itself.
              send("PUT", "/api/v1/kill-switch", OPERATOR),
              send("POST", "/api/v1/boosts", OPERATOR),
              change("DELETE", "/api/v1/boosts/{id}", OPERATOR),
              change("DELETE", "/api/v1/jobs/{id}", OPERATOR),
              send("POST", "/api/v1/alerts:silence", OPERATOR),
              change("POST", "/api/v1/alerts:test", OPERATOR),
              change("POST", "/api/v1/recommendations/{id}:dismiss", OPERATOR),
              // What only asks.
              send("POST", "/api/v1/policy:validate", VIEWER),
              send("POST", "/api/v1/policy:simulate", VIEWER),
              send("POST", "/api/v1/budget:simulate", VIEWER),
              send("POST", "/api/v1/boosts:preview", VIEWER),
              // What reads.
              get("/api/v1/policy", VIEWER),
              get("/api/v1/policy/versions", VIEWER),
              get("/api/v1/policy/versions/{version}", VIEWER),
              get("/api/v1/policy/effective", VIEWER),
              get("/api/v1/policy:diff", VIEWER),
              get("/api/v1/traces/{id}/explain", VIEWER),
              get("/api/v1/decisions", VIEWER),
              get("/api/v1/audit", VIEWER),
              get("/api/v1/kill-switch", VIEWER),
              get("/api/v1/status", VIEWER),
              get("/api/v1/spend", VIEWER),
              get("/api/v1/history", VIEWER),
              get("/api/v1/fleet", VIEWER),
              get("/api/v1/boosts", VIEWER),
              get("/api/v1/boosts/{id}", VIEWER),
              get("/api/v1/jobs", VIEWER),
              get("/api/v1/jobs/{id}", VIEWER),
              get("/api/v1/operations", VIEWER),
              get("/api/v1/operations/history", VIEWER),
              get("/api/v1/report", VIEWER),
              get("/api/v1/alerts", VIEWER),
              get("/api/v1/recommendations", VIEWER),
              get("/api/v1/recommendations/{id}", VIEWER),
              get("/api/v1/stream/{topic}", VIEWER),
              // What tells nothing of the traffic but sums: probes, scrapes, the program's files.
              get("/healthz", null),
              get("/readyz", null),
              get("/actuator/health", null),
              get("/actuator/prometheus", null),
              get("/", null),
              get("/page/{version}/{folder}/{file}", null),
              get("/favicon.ico", null),
              get("/openapi.json", null),
              get("/problems/{name}", null)));

  private final List<AdminRoute> routes;

  public Routes(List<AdminRoute> routes) {
    this.routes = List.copyOf(routes);
  }

  private static AdminRoute get(String template, @Nullable Role needs) {
    return new AdminRoute("GET", template, needs, false);
  }

  /** All of it in path and headers. */
  private static AdminRoute change(String method, String template, Role needs) {
    return new AdminRoute(method, template, needs, false);
  }

  /** With a body. */
  private static AdminRoute send(String method, String template, Role needs) {
    return new AdminRoute(method, template, needs, true);
  }

  public List<AdminRoute> list() {
    return routes;
  }

  /**
   * The operation that is meant; HEAD is GET without the body.
   *
   * @param path as it was sent: one that is written in another way is another path
   */
  public @Nullable AdminRoute find(String method, String path) {
    String meant = method.equals("HEAD") ? "GET" : method;
    for (AdminRoute route : routes) {
      if (route.method().equals(meant) && route.matches(path)) {
        return route;
      }
    }
    return null;
  }

  /** What a path takes, as in an Allow header; empty for a path that is not here. */
  public List<String> allowed(String path) {
    Set<String> methods = new TreeSet<>();
    for (AdminRoute route : routes) {
      if (route.matches(path)) {
        methods.add(route.method());
        methods.add("OPTIONS");
        if (route.method().equals("GET")) {
          methods.add("HEAD");
        }
      }
    }
    return new ArrayList<>(methods);
  }
}
