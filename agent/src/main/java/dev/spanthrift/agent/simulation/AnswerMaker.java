package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.simulation.WhatIfAnswer.Cost;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Estimate;
import dev.spanthrift.agent.simulation.WhatIfAnswer.OfBudget;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Operation;
import dev.spanthrift.agent.simulation.WhatIfAnswer.Quantity;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.estimate.Interval;
import dev.spanthrift.sampler.estimate.OperationEstimate;
import dev.spanthrift.sampler.policy.PolicySet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/** Makes the answer of what was written down. */
final class AnswerMaker {
  private static final double PICOS = 1e12;

  private final Question question;
  private final Outcomes books;
  private final Fleet fleet;
  private final SpanNames reader;

  AnswerMaker(Question question, Outcomes books, Fleet fleet) {
    this.question = question;
    this.books = books;
    this.fleet = fleet;
    reader = books.reader();
  }

  WhatIfAnswer make(long requests, double seconds) {
    Quantity received = books.received();
    Quantity kept = books.kept();
    List<OfBudget> budgets = fleet.budgets(seconds);
    double share = received.bytes() == 0 ? 0 : (double) kept.bytes() / received.bytes();
    return new WhatIfAnswer(
        requests,
        fleet.sources().size(),
        fleet.samplers(),
        seconds,
        received,
        kept,
        share,
        cost(received, kept, budgets),
        budgets,
        books.wholeTraces(),
        books.keptByReason(),
        books.droppedByReason(),
        books.errors(),
        books.complete() ? operations() : List.of(),
        warnings(budgets));
  }

  private Cost cost(Quantity received, Quantity kept, List<OfBudget> budgets) {
    OfBudget whole = budgets.stream().filter(b -> b.scope().isEmpty()).findFirst().orElse(null);
    // With the configuration's budgets one price is shown, the bill's, which they are paid by.
    double all = whole == null ? money(received) : whole.received();
    double paid = whole == null ? money(kept) : whole.spent();
    return new Cost(question.currency(), all, paid, all - paid);
  }

  private double money(Quantity amount) {
    SpanPrice price = question.price();
    if (price.nominal()) {
      return 0;
    }
    double each = price.perSpan() + price.perEvent() * price.eventsPerSpan();
    return (price.perByte() * amount.bytes()
            + each * amount.spans()
            + price.perTrace() * amount.traces())
        / PICOS;
  }

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (int id = 0; id < reader.operations(); id++) {
      if (books.truth().count(id) >= WhatIfAnswer.SPANS_MIN) {
        operations.add(operation(id));
      }
    }
    operations.sort(
        Comparator.comparingDouble(Operation::worst)
            .reversed()
            .thenComparing(Operation::service)
            .thenComparing(Operation::name));
    return List.copyOf(operations);
  }

  private Operation operation(int id) {
    SpanDurations.Measured truth = books.truth().of(id);
    OperationEstimate kept = books.estimate().of(id);
    Estimate count = estimate(truth.count(), kept.count(), kept);
    Estimate p50 = estimate(truth.p50(), kept.p50(), kept);
    Estimate p95 = estimate(truth.p95(), kept.p95(), kept);
    Estimate p99 = estimate(truth.p99(), kept.p99(), kept);
    double worst =
        DoubleStream.of(
                count.relativeError(),
                p50.relativeError(),
                p95.relativeError(),
                p99.relativeError())
            .map(Math::abs)
            .max()
            .orElse(0);
    return new Operation(
        reader.service(id),
        reader.operationName(id),
        kept.spans(),
        kept.traces(),
        worst,
        count,
        p50,
        p95,
        p99);
  }

  private static Estimate estimate(double real, Interval estimated, OperationEstimate kept) {
    if (kept.spans() == 0) {
      return new Estimate(real, -1, estimated);
    }
    double error = real == 0 ? Math.signum(estimated.estimate()) : estimated.estimate() / real - 1;
    return new Estimate(real, error, estimated);
  }

  private List<String> warnings(List<OfBudget> budgets) {
    List<String> warnings = new ArrayList<>();
    if (budgets.stream()
        .anyMatch(b -> b.scope().isEmpty() && b.received() < money(books.received()) * .99)) {
      warnings.add(
          "money is by the bill, where what is included or committed comes first; beyond it the"
              + " list price is paid");
    }
    PolicySet policies = fleet.policies();
    policies.warnings().forEach(problem -> warnings.add(problem.toString()));
    boolean asked =
        books.keptByReason().keySet().stream().anyMatch(AnswerMaker::isBudget)
            || books.droppedByReason().keySet().stream().anyMatch(AnswerMaker::isBudget);
    if (!question.hasBudget() && asked) {
      warnings.add("policies leave traces to a budget, and none is given: all of these are kept");
    } else if (question.hasBudget() && !asked) {
      warnings.add("no policy leaves anything to the budget: it has no effect");
    }
    if (!books.complete()) {
      warnings.add("too many spans to estimate operations: more than " + Outcomes.SPANS_MAX);
    }
    if (fleet.sources().folded() > 0) {
      warnings.add("more than " + Sources.BOUND + " pods: those above share one sampler");
    }
    warnings.addAll(fleet.warnings());
    return List.copyOf(warnings);
  }

  private static boolean isBudget(String reason) {
    return reason.equals("budget") || reason.startsWith("budget:");
  }
}
