package dev.spanthrift.kubernetes.command;

import dev.spanthrift.kubernetes.certificate.Keyring;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What injector and controller are told about the certificates that they make. */
final class Authority {
  private Authority() {}

  /**
   * How long authorities last.
   *
   * @throws IllegalArgumentException with option, value and what would be right
   */
  static Keyring.Times times(String lifetime, String overlap) {
    Duration whole = time("--ca-lifetime", lifetime);
    Duration part = time("--ca-overlap", overlap);
    if (whole.compareTo(Duration.ofMinutes(1)) <= 0) {
      throw new IllegalArgumentException("--ca-lifetime = " + lifetime + " is too short");
    }
    if (part.multipliedBy(6).compareTo(whole) > 0) {
      throw new IllegalArgumentException(
          "--ca-overlap = "
              + overlap
              + " may be a sixth of --ca-lifetime, so that both fit into its last third");
    }
    return new Keyring.Times(whole, part);
  }

  /** A time such as 90d, 12h or 30s. */
  static Duration time(String option, String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    try {
      return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          option + " = " + text + ": write it such as 90d, 12h or 30s", e);
    }
  }

  /** Names by which a Service is called, and others. */
  static List<String> names(String service, String namespace, List<String> others) {
    List<String> names = new ArrayList<>();
    String whole = service + "." + namespace;
    names.add(whole + ".svc");
    names.add(whole + ".svc.cluster.local");
    names.add(whole);
    names.addAll(others);
    return names;
  }
}
