package dev.spanthrift.sampler;

import dev.spanthrift.sampler.signal.ErrorSignatures;
import dev.spanthrift.sampler.signal.LearnedPart;
import dev.spanthrift.sampler.signal.Operations;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a sampler learns: the parts of a snapshot, in the order that gives them their number.
 */
final class LearnedTables {
  /** Characters of all operations' names. */
  private static final int NAMES_MAX = 1 << 20;

  private final Operations operations;
  private final ErrorSignatures signatures;
  private final @Nullable Budgeting budget;

  LearnedTables(Operations operations, ErrorSignatures signatures, @Nullable Budgeting budget) {
    this.operations = operations;
    this.signatures = signatures;
    this.budget = budget;
  }

  static Operations noOperations() {
    return new Operations(Operations.BOUND, NAMES_MAX);
  }

  List<LearnedPart> parts() {
    return parts(operations, signatures, budget == null ? List.of() : budget.learned());
  }

  /** The same of tables that nobody uses. */
  List<LearnedPart> fresh() {
    return parts(
        noOperations(), new ErrorSignatures(), budget == null ? List.of() : budget.fresh());
  }

  private static List<LearnedPart> parts(
      Operations operations, ErrorSignatures signatures, List<LearnedPart> ofBudget) {
    List<LearnedPart> parts = new ArrayList<>(List.of(operations, signatures));
    parts.addAll(ofBudget);
    return parts;
  }

  LearnedCounts counts() {
    long folded = operations.folded() + signatures.folded();
    long bytes = operations.bytesHeld() + signatures.bytesHeld();
    if (budget == null) {
      return new LearnedCounts(operations.size(), signatures.size(), 0, 0, folded, bytes);
    }
    return new LearnedCounts(
        operations.size(),
        signatures.size(),
        budget.edges().size(),
        budget.allocation().groups(),
        folded + budget.folded(),
        bytes + budget.bytesHeld());
  }
}
