package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestFields;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings.PerClass;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A budget to try: {@code {"budget": "10%", "shares": {"error": 0.5}}}. */
final class BudgetQuestion {
  private static final List<String> FIELDS = List.of("budget", "shares");
  private static final List<String> CLASSES = List.of("error", "slow", "new", "ordinary");

  private BudgetQuestion() {}

  /**
   * Reads it.
   *
   * @throws ProblemException saying what would be right
   */
  static RingQuestions.Means read(JsonNode body, RingQuestions questions) {
    RequestFields.known("", body, FIELDS, "{\"budget\": \"10%\"}");
    JsonNode budget = body.path("budget");
    if (!budget.isString()) {
      throw ProblemException.invalid(
          "/budget", budget.isMissingNode() ? "is missing" : "is not a text", "10% or 25/month");
    }
    RingQuestions.Means means = questions.means(budget.asString());
    PerClass shares = shares(body.path("shares"));
    return shares == null ? means : means.with(shares);
  }

  private static @Nullable PerClass shares(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    RequestFields.known("/shares", node, CLASSES, "{\"error\": 0.6}");
    PerClass usual = AllocationSettings.DEFAULT.shares();
    double[] usually = {usual.error(), usual.slow(), usual.fresh(), usual.ordinary()};
    double[] shares = new double[CLASSES.size()];
    double said = 0;
    double left = 0;
    for (int i = 0; i < shares.length; i++) {
      JsonNode share = node.path(CLASSES.get(i));
      shares[i] = share(share, CLASSES.get(i));
      said += Math.max(0, shares[i]);
      left += shares[i] < 0 ? usually[i] : 0;
    }
    if (said > 1 + 1e-9 || (left == 0 && said <= 0)) {
      throw ProblemException.invalid(
          "/shares", "the shares sum to " + said, "a sum in (0, 1]; the others get what is left");
    }
    // What is not said keeps its proportions in what is left.
    for (int i = 0; i < shares.length; i++) {
      shares[i] = shares[i] < 0 ? Math.max(0, 1 - said) * usually[i] / left : shares[i];
    }
    return new PerClass(shares[0], shares[1], shares[2], shares[3]);
  }

  /** Below zero where it is not said. */
  private static double share(JsonNode node, String name) {
    if (node.isMissingNode()) {
      return -1;
    }
    double share = node.isNumber() ? node.asDouble() : -1;
    if (!(share >= 0 && share <= 1)) {
      throw ProblemException.invalid("/shares/" + name, "is not a number from 0 to 1", "0.5");
    }
    return share;
  }
}
