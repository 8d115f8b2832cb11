package dev.spanthrift.agent.config.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a record's compact constructor asks of its components: collects, then refuses all at once.
 */
final class Checks {
  private final List<Violation> violations = new ArrayList<>();

  /** A component, its value and what would be right. */
  record Violation(String component, String value, String right) {}

  /** Thrown by the constructor of a settings record. */
  static final class RefusedException extends IllegalArgumentException {
    private final transient List<Violation> violations;

    RefusedException(List<Violation> violations) {
      super(violations.toString());
      this.violations = List.copyOf(violations);
    }

    List<Violation> violations() {
      return violations;
    }
  }

  Checks that(boolean holds, String component, @Nullable Object value, String right) {
    if (!holds) {
      violations.add(new Violation(component, String.valueOf(value), right));
    }
    return this;
  }

  Checks port(String component, int port) {
    return that(
        port >= 0 && port <= 65535, component, port, "a port is 1 to 65535, or 0 for any free one");
  }

  /** An IPv6 address may be written with brackets, as in a URL. */
  static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  Checks host(String component, String host) {
    return that(
        !host.isBlank() && !host.contains("/") && !host.contains(" "),
        component,
        host,
        "write a host name or address to listen on, such as 127.0.0.1 or 0.0.0.0");
  }

  Checks between(String component, Duration value, Duration least, Duration most) {
    return that(
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        component,
        Values.text(value),
        "from " + Values.text(least) + " to " + Values.text(most));
  }

  Checks between(String component, ByteSize value, ByteSize least, ByteSize most) {
    return that(
        value.bytes() >= least.bytes() && value.bytes() <= most.bytes(),
        component,
        value,
        "from " + least + " to " + most);
  }

  Checks between(String component, long value, long least, long most) {
    return that(value >= least && value <= most, component, value, "from " + least + " to " + most);
  }

  /** Both or neither. */
  Checks together(
      String component, @Nullable Object value, String other, @Nullable Object otherValue) {
    return that(
        (value == null) == (otherValue == null),
        value == null ? component : other,
        "",
        "set " + component + " and " + other + " together, or neither");
  }

  void done() {
    if (!violations.isEmpty()) {
      throw new RefusedException(violations);
    }
  }
}
