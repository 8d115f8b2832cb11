package dev.spanthrift.agent.command.simulate;

import dev.spanthrift.agent.simulation.WhatIfAnswer;

/** What the compared policies keep more (positive) or less than the first. */
record PolicyComparison(
    long traces,
    long spans,
    long bytes,
    double shareOfBytes,
    double money,
    long errorTraces,
    long lostErrorSignatures,
    long wholeTraces) {
  static PolicyComparison between(WhatIfAnswer answer, WhatIfAnswer other) {
    return new PolicyComparison(
        other.kept().traces() - answer.kept().traces(),
        other.kept().spans() - answer.kept().spans(),
        other.kept().bytes() - answer.kept().bytes(),
        other.shareOfBytes() - answer.shareOfBytes(),
        other.cost().kept() - answer.cost().kept(),
        other.errors().keptTraces() - answer.errors().keptTraces(),
        other.errors().lostSignatures() - (long) answer.errors().lostSignatures(),
        other.wholeTraces() - answer.wholeTraces());
  }
}
