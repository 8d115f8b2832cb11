package dev.spanthrift.agent.command.check;

import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.exporter.destination.Probe;
import dev.spanthrift.sampler.wire.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a destination answers to one empty export of each of its signals. */
final class Reach {
  private static final Duration AT_MOST = Duration.ofSeconds(5);

  private Reach() {}

  static List<Check> of(DestinationSettings destination, Map<String, String> environment) {
    String what = "destination " + destination.name() + " ";
    try {
      Map<Signal, Probe.Answer> answers =
          Probe.ask(
              destination.toExport(destination.queueBytesMax().bytes(), environment),
              destination.signals(),
              AT_MOST);
      List<Check> checks = new ArrayList<>();
      boolean taken = answers.values().stream().anyMatch(Probe.Takes.class::isInstance);
      answers.forEach((signal, answer) -> checks.add(check(what, signal, answer, taken)));
      return checks;
    } catch (IllegalArgumentException e) {
      return List.of(
          new Check(what + destination.endpoint(), false, String.valueOf(e.getMessage())));
    }
  }

  /** Many backends take traces alone; what they refuse beside them is the user's to know. */
  private static Check check(String what, Signal signal, Probe.Answer answer, boolean taken) {
    String name = what + signal.name().toLowerCase(Locale.ROOT);
    return switch (answer) {
      case Probe.Takes takes -> new Check(name, true, takes.words());
      case Probe.Refuses refuses when taken && signal != Signal.TRACES ->
          Check.warning(
              name, refuses.words() + "; leave it out of the destination's signals to say so");
      case Probe.Refuses refuses -> new Check(name, false, refuses.words());
      case Probe.Away away -> new Check(name, false, away.words());
    };
  }
}
