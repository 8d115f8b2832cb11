package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was found while reading: remarks, and problems that the foreign program would refuse too.
 */
public final class Remarks {
  private final List<Remark> remarks = new ArrayList<>();
  private final List<SettingProblem> problems = new ArrayList<>();
  private final List<Unset> unset = new ArrayList<>();

  private record Unset(String path, String name) {}

  public void lost(Place at, String reason) {
    add(new Remark(at.where(), at.path(), reason, Remark.Kind.LEFT_OUT));
  }

  public void differs(Place at, String reason) {
    add(new Remark(at.where(), at.path(), reason, Remark.Kind.DIFFERS));
  }

  public void otherwise(Place at, String reason) {
    add(new Remark(at.where(), at.path(), reason, Remark.Kind.OTHERWISE));
  }

  public void note(Place at, String what) {
    add(new Remark(at.where(), at.path(), what, Remark.Kind.NOTE));
  }

  private void add(Remark remark) {
    if (!remarks.contains(remark)) {
      remarks.add(remark);
    }
  }

  public void wrong(Place at, String right) {
    String because =
        unset.stream()
            .filter(variable -> variable.path().equals(at.path()))
            .map(variable -> "; the environment variable " + variable.name() + " is not set")
            .distinct()
            .collect(Collectors.joining());
    problems.add(new SettingProblem(at.path(), at.shown(), at.where(), right + because));
  }

  /** A variable that is empty, because nobody has set it and the file has no default. */
  void unset(String path, String where, String name) {
    unset.add(new Unset(path, name));
    add(
        new Remark(
            where,
            path,
            "the environment variable " + name + " is not set, and empty here as in the Collector",
            Remark.Kind.NOTE));
  }

  public List<Remark> all() {
    return List.copyOf(remarks);
  }

  public List<SettingProblem> problems() {
    return problems;
  }
}
