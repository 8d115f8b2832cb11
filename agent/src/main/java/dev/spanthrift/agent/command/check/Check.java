package dev.spanthrift.agent.command.check;

import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param check what
 * @param warning it is ok, and deserves a look
 * @param detail what was found, and when it is not ok, what would help
 */
public record Check(String check, boolean ok, boolean warning, String detail) {
  Check(String check, boolean ok, String detail) {
    this(check, ok, false, detail);
  }

  static Check warning(String check, String detail) {
    return new Check(check, true, true, detail);
  }

  String line(int width) {
    return String.format(
        Locale.ROOT,
        "%-6s  %-" + width + "s  %s",
        ok ? warning ? "warn" : "ok" : "FAILED",
        check,
        detail);
  }
}
