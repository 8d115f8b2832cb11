package dev.spanthrift.agent.command;

import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param check what
 * @param detail what was found, and when it is not ok, what would help
 */
record Check(String check, boolean ok, String detail) {
  String line(int width) {
    return String.format(
        Locale.ROOT, "%-6s  %-" + width + "s  %s", ok ? "ok" : "FAILED", check, detail);
  }
}
