package dev.spanthrift.agent.collector.ottl.value;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A trace state as the Collector's policies and conditions read it: one wrong member, or one that
 * comes twice, and there is none at all.
 *
 * <p>Source: W3C Trace Context, §3.3.1, as the SDK of Go checks it.
 */
public final class GoTraceState {
  private static final int MEMBERS_MAX = 32;
  private static final String REST = "[a-z0-9_\\-*/]";
  private static final Pattern KEY =
      Pattern.compile(
          "[a-z]" + REST + "{0,255}|[a-z0-9]" + REST + "{0,240}@[a-z]" + REST + "{0,13}");
  private static final Pattern VALUE = Pattern.compile("[ -+\\--<>-~]{0,255}[!-+\\--<>-~]");

  private GoTraceState() {}

  /** The member's value; empty when there is no such member, null when the list is malformed. */
  public static @Nullable String get(String state, String key) {
    Set<String> found = new HashSet<>();
    String value = "";
    for (String member : state.split(",")) {
      if (member.isEmpty()) {
        continue;
      }
      int equals = member.indexOf('=');
      String name = equals < 0 ? "" : member.substring(0, equals).replaceFirst("^[ \t]+", "");
      String text = member.substring(equals + 1).replaceFirst("[ \t]+$", "");
      boolean valid = KEY.matcher(name).matches() && VALUE.matcher(text).matches();
      if (!valid || !found.add(name) || found.size() > MEMBERS_MAX) {
        return null;
      }
      value = name.equals(key) ? text : value;
    }
    return value;
  }
}
