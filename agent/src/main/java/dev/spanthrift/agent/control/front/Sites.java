package dev.spanthrift.agent.control.front;

import java.util.Map;

/**
 * What is behind the port.
 *
 * @param direct answered on the event loop, by path: they may not block, and wait for nobody
 * @param bodies which requests may have a body, such as {@code PUT /api/v1/policy}, and for whom;
 *     the body of any other is not read
 * @param rest everything else, on threads that may block
 */
public record Sites(Map<String, Site> direct, Map<String, Entitlement> bodies, Site rest) {
  public Sites {
    direct = Map.copyOf(direct);
    bodies = Map.copyOf(bodies);
  }
}
