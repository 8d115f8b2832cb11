package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.Routes;
import java.util.Map;

/**
 * What is behind the port.
 *
 * @param direct answered on the event loop, by path: they may not block, and wait for nobody
 * @param streams likewise, by the template of their route
 * @param routes which requests there are, for whom, and which of them may have a body
 * @param rest everything else, on threads that may block
 */
public record Sites(
    Map<String, Site> direct, Map<String, StreamSite> streams, Routes routes, Site rest) {
  public Sites {
    direct = Map.copyOf(direct);
    streams = Map.copyOf(streams);
  }
}
