package dev.spanthrift.agent.control.access;

import java.util.Locale;

/** What somebody may do; each may what those before it may. */
public enum Role {
  /** Reads, and asks what would happen. */
  VIEWER,

  /** What ends by itself or can be taken back at once: kill switch, boosts, silences, jobs. */
  OPERATOR,

  /** What stays: policies, budgets, prices. */
  ADMIN;

  /** As it is written in settings and answers. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }

  Role orHigher(Role other) {
    return covers(other) ? this : other;
  }
}
