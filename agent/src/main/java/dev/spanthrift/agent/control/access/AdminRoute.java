package dev.spanthrift.agent.control.access;

import org.jspecify.annotations.Nullable;

/**
 * One operation of the admin port.
 *
 * @param template a path with {@code {names}}, each for one step
 * @param needs the role; null: anybody who reaches the port, as probes and scrapes do
 * @param body whether one is read; that of any other is not
 */
public record AdminRoute(String method, String template, @Nullable Role needs, boolean body) {
  /** Whether this path, as it was sent, is one of the template; a name stands for no slash. */
  boolean matches(String path) {
    int t = 0;
    int p = 0;
    while (t < template.length()) {
      if (template.charAt(t) == '{') {
        t = template.indexOf('}', t) + 1;
        char until = t < template.length() ? template.charAt(t) : '/';
        int end = p;
        while (end < path.length() && path.charAt(end) != '/' && path.charAt(end) != until) {
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

  @Override
  public String toString() {
    return method + " " + template;
  }
}
