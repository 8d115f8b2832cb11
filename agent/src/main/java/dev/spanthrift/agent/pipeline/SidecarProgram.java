package dev.spanthrift.agent.pipeline;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.Judge;
import dev.spanthrift.sampler.budget.books.MoneyView;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The running sidecar, as the command line and the demo see it: started once, stopped once. */
public interface SidecarProgram {
  /**
   * Opens the ports and returns; the rest may still be starting.
   *
   * @throws StartException with a sentence for people, such as which port is taken
   */
  Ports start(SpanthriftSettings settings) throws StartException;

  /**
   * The same, deciding by a judge in place of policies and budget; policies that come over REST
   * take its place.
   */
  default Ports start(SpanthriftSettings settings, Judge judge) throws StartException {
    throw new StartException("rules of another program are not decided here");
  }

  /**
   * The same, although something of the configuration cannot be used: with the last good policy, or
   * keeping all, and saying so in its status.
   */
  default Ports start(SpanthriftSettings settings, Lenience lenience) throws StartException {
    return start(settings);
  }

  /**
   * What a lenient start goes on without.
   *
   * @param leftOut what is wrong, in sentences
   * @param policiesLost whether the policies are among it
   */
  record Lenience(List<String> leftOut, boolean policiesLost) {
    public Lenience {
      leftOut = List.copyOf(leftOut);
    }
  }

  PipelineStatus status();

  /**
   * Spans that were acknowledged and are neither dropped nor delivered to the first destination of
   * traces; cheap.
   */
  long waitingSpans();

  /** The books, or none for a program that keeps none. */
  default @Nullable MoneyView money() {
    return null;
  }

  /**
   * Takes nothing more, decides what waits, sends what is queued, for at most this long; returns
   * when all is closed. A second call returns at once.
   */
  void stop(Duration deadline);

  /** Where it listens, after ports 0 were given real numbers. */
  record Ports(int grpc, int http, int admin) {}

  /** The program cannot start; the message says why. */
  final class StartException extends Exception {
    public StartException(String message) {
      super(message);
    }

    public StartException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
