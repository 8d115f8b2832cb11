package dev.spanthrift.agent.control.front;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is behind the port.
 *
 * @param direct answered on the event loop, by path: they may not block, and wait for nobody
 * @param bodies which requests may have a body, such as {@code PUT /api/v1/policy} or {@code DELETE
 *     /api/v1/boosts/{id}}, and for whom; the body of any other is not read
 * @param rest everything else, on threads that may block
 */
public record Sites(Map<String, Site> direct, Map<String, Entitlement> bodies, Site rest) {
  private static final Pattern ONE_OF_MANY = Pattern.compile("(/api/v1/[^/:]+/)[^/:]+(:[^/:]+)?");

  public Sites {
    direct = Map.copyOf(direct);
    bodies = Map.copyOf(bodies);
  }

  /** Who may send this; null where everybody may, without a body. */
  @Nullable Entitlement entitlement(String method, String path) {
    Entitlement exact = bodies.get(method + " " + path);
    Matcher one = ONE_OF_MANY.matcher(path);
    return exact != null || !one.matches()
        ? exact
        : bodies.get(method + " " + one.replaceFirst("$1{id}$2"));
  }
}
