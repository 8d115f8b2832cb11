package dev.spanthrift.agent.collector;

import dev.spanthrift.agent.config.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * What was found while reading: remarks, and problems that the foreign program would refuse too.
 */
final class Remarks {
  private final List<Remark> remarks = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  void lost(Place at, String reason) {
    add(new Remark(at.where(), at.path(), reason, Remark.Kind.LEFT_OUT));
  }

  void differs(Place at, String reason) {
    add(new Remark(at.where(), at.path(), reason, Remark.Kind.DIFFERS));
  }

  void note(Place at, String what) {
    add(new Remark(at.where(), at.path(), what, Remark.Kind.NOTE));
  }

  private void add(Remark remark) {
    if (!remarks.contains(remark)) {
      remarks.add(remark);
    }
  }

  void wrong(Place at, String right) {
    problems.add(new Problem(at.path(), at.shown(), at.where(), right));
  }

  List<Remark> all() {
    return List.copyOf(remarks);
  }

  List<Problem> problems() {
    return problems;
  }
}
