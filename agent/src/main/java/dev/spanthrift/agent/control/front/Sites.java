package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.access.Routes;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  private static final Set<String> READS = Set.of("GET", "HEAD");

  public Sites {
    direct = Map.copyOf(direct);
    streams = Map.copyOf(streams);
  }

  /** What a path takes; no secret, for it stands in openapi.json. */
  AdminAnswer options(String path) {
    List<String> allowed =
        path.equals("*") ? List.of("GET", "HEAD", "OPTIONS") : routes.allowed(path);
    if (allowed.isEmpty()) {
      throw new ProblemException(ProblemType.NOT_FOUND, "there is nothing here");
    }
    AdminAnswer answer = AdminAnswer.of(204, "text/plain", new byte[0]);
    answer.headers().remove(HttpHeaderNames.CONTENT_TYPE);
    answer.headers().set(HttpHeaderNames.ALLOW, String.join(", ", allowed));
    return answer;
  }

  /** What is not written down may be looked for, and no more. */
  void refuseUnlisted(AdminRequest request) {
    List<String> allowed = routes.allowed(request.path());
    if (!allowed.isEmpty()) {
      throw ProblemException.methodNotAllowed(request.method(), allowed);
    }
    if (!READS.contains(request.method())) {
      throw new ProblemException(ProblemType.NOT_FOUND, "there is nothing here");
    }
  }
}
