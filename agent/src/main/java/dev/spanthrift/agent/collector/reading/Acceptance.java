package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a person takes in exchange for a start.
 *
 * @param names of remarks, one by one
 * @param strict whether everything else must be as it is there; without it only what protects or
 *     sends data must
 */
public record Acceptance(Set<String> names, boolean strict) {
  public Acceptance {
    names = Set.copyOf(names);
  }

  /**
   * Refuses what is lost and not accepted.
   *
   * @throws SettingsException with all of it, and with names that nothing has
   */
  public void check(List<Remark> remarks) throws SettingsException {
    List<SettingProblem> problems = new ArrayList<>();
    for (Remark remark : remarks) {
      if (refuses(remark)) {
        problems.add(problem(remark));
      }
    }
    Set<String> known = new LinkedHashSet<>();
    remarks.stream().filter(Remark::lost).map(Remark::name).forEach(known::add);
    for (String name : new java.util.TreeSet<>(names)) {
      if (!known.contains(name)) {
        problems.add(new SettingProblem("--accept", name, "", unknown(name, known)));
      }
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  private boolean refuses(Remark remark) {
    boolean lost = strict ? remark.lost() : remark.kind() == Remark.Kind.LOSS;
    return lost && !names.contains(remark.name());
  }

  private SettingProblem problem(Remark remark) {
    String verb = remark.kind().verb();
    boolean loss = remark.kind() == Remark.Kind.LOSS;
    String why =
        strict
            ? verb + ", which --strict forbids: "
            : verb + ", which loses data or its protection: ";
    String how = loss ? "; to start without it: --accept " + quoted(remark.name()) : "";
    return new SettingProblem(remark.key(), null, remark.where(), why + remark.reason() + how);
  }

  /** As a shell takes it for one word. */
  private static String quoted(String name) {
    return name.matches("[A-Za-z0-9_./@%+:-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }

  private static String unknown(String name, Set<String> known) {
    return known.isEmpty()
        ? "leave it out; nothing of this file is left out or done otherwise"
        : "nothing has this name; " + Words.instead(name, known);
  }
}
