package dev.spanthrift.agent.control.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the admin port.
 *
 * @param template a path with {@code {names}}, each for one step
 * @param needs the role; null: anybody who reaches the port, as probes and scrapes do
 * @param body whether one is read; that of any other is not
 */
public record AdminRoute(String method, String template, @Nullable Role needs, boolean body) {
  private static final List<String> ENCODED = List.of("%2f", "%3a", "%3b");

  /**
   * Whether this path, as it was sent, is one of the template; a name stands for no slash, colon or
   * semicolon, however they are written: who reads the path after us must not find another route.
   */
  boolean matches(String path) {
    int t = 0;
    int p = 0;
    while (t < template.length()) {
      if (template.charAt(t) == '{') {
        t = template.indexOf('}', t) + 1;
        int end = p;
        while (end < path.length() && !isBetweenNames(path, end)) {
          end++;
        }
        if (end == p) {
          return false;
        }
        p = end;
      } else if (p < path.length() && template.charAt(t) == path.charAt(p)) {
        t++;
        p++;
      } else {
        return false;
      }
    }
    return p == path.length();
  }

  private static boolean isBetweenNames(String path, int at) {
    return "/:;".indexOf(path.charAt(at)) >= 0
        || ENCODED.stream().anyMatch(text -> path.regionMatches(true, at, text, 0, text.length()));
  }

  /** Whether it changes what goes on, which not everybody may. */
  public boolean isChange() {
    return needs != null && needs.covers(Role.OPERATOR);
  }

  @Override
  public String toString() {
    return method + " " + template;
  }
}
