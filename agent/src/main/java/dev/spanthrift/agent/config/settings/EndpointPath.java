package dev.spanthrift.agent.config.settings;

import dev.spanthrift.sampler.wire.Signal;
import java.net.URI;
import java.util.Optional;

/** A base URL that already ends in the path of a signal, which will be added to it. */
final class EndpointPath {
  private EndpointPath() {}

  /** What is wrong with it, for people; empty when nothing is. */
  static Optional<String> doubled(URI endpoint) {
    String base = endpoint.toString().replaceAll("/+$", "");
    for (Signal signal : Signal.values()) {
      if (base.endsWith(signal.httpPath())) {
        String right = base.substring(0, base.length() - signal.httpPath().length());
        return Optional.of(
            "ends in "
                + signal.httpPath()
                + ", and requests would go to "
                + signal.httpPath()
                + signal.httpPath()
                + "; write "
                + right);
      }
    }
    return Optional.empty();
  }
}
