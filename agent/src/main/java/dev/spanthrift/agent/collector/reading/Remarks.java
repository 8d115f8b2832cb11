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
  private final List<SettingProblem> problems;
  private final List<Unset> unset = new ArrayList<>();

  public Remarks() {
    this(new ArrayList<>());
  }

  private Remarks(List<SettingProblem> problems) {
    this.problems = problems;
  }

  private record Unset(String path, String name) {}

  /** Data or its protection would fall away. */
  public void loss(Place at, String reason) {
    add(at, reason, Remark.Kind.LOSS);
  }

  public void leftOut(Place at, String reason) {
    add(at, reason, Remark.Kind.LEFT_OUT);
  }

  public void differs(Place at, String reason) {
    add(at, reason, Remark.Kind.DIFFERS);
  }

  public void otherwise(Place at, String reason) {
    add(at, reason, Remark.Kind.OTHERWISE);
  }

  public void note(Place at, String what) {
    add(at, what, Remark.Kind.NOTE);
  }

  void add(KeyFate fate, Place at, String reason) {
    switch (fate) {
      case REFUSED -> loss(at, reason);
      case LEFT_OUT -> leftOut(at, reason);
      case DIFFERS -> differs(at, reason);
      case OTHERWISE -> otherwise(at, reason);
      case NOTE -> note(at, reason);
      case CARRIED, PARTS -> {}
    }
  }

  private void add(Place at, String reason, Remark.Kind kind) {
    add(new Remark(at.name(), at.where(), at.path(), reason, kind));
  }

  private void add(Remark remark) {
    if (!remarks.contains(remark)) {
      remarks.add(remark);
    }
  }

  /** One problem a place: what follows from the first is not said. */
  public void wrong(Place at, String right) {
    if (problems.stream().anyMatch(problem -> problem.key().equals(at.path()))) {
      return;
    }
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
            path.replace('.', '/'),
            where,
            path,
            "the environment variable " + name + " is not set, and empty here as in the Collector",
            Remark.Kind.NOTE));
  }

  /** For what is read and not used: its mistakes count, what becomes of it does not matter. */
  public Remarks problemsOnly() {
    return new Remarks(problems);
  }

  public List<Remark> all() {
    return List.copyOf(remarks);
  }

  public List<SettingProblem> problems() {
    return problems;
  }
}
