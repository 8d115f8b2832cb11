package dev.spanthrift.agent.control.explain;

import dev.spanthrift.agent.control.explain.Explanation.Decided;
import dev.spanthrift.agent.control.explain.Explanation.Tried;
import dev.spanthrift.sampler.Whereabouts;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The answer in one sentence. */
final class VerdictWords {
  /** Begins the name of a boost, which stands like a policy before the others. */
  static final String BOOST = "boost ";

  private VerdictWords() {}

  static String of(Decided decision) {
    return head(decision)
        + " by "
        + by(decision)
        + ": "
        + entry(decision)
        + ", "
        + decision.spans()
        + (decision.spans() == 1 ? " span" : " spans")
        + (decision.error() ? " with an error" : "")
        + "; "
        + draw(decision)
        + price(decision)
        + ".";
  }

  private static String head(Decided decision) {
    return switch (decision.outcome()) {
      case "kept" -> "Kept";
      case "dropped" -> "Dropped";
      default -> "Waits for the other sidecars, decided";
    };
  }

  private static String by(Decided decision) {
    if (decision.budget() != null) {
      return "the budget (" + decision.budget().traceClass() + ")";
    }
    for (Tried policy : decision.policies()) {
      if (policy.decides()) {
        return policy.name().startsWith(BOOST) ? policy.name() : "policy " + policy.name();
      }
    }
    return String.valueOf(decision.reason());
  }

  private static String entry(Decided decision) {
    return decision.operation() + (decision.service().isEmpty() ? "" : " of " + decision.service());
  }

  private static String draw(Decided decision) {
    Explanation.Draw draw = decision.draw();
    if (draw.inclusion() >= 1) {
      return "probability 1";
    }
    if (draw.threshold() == null || draw.inclusion() <= 0) {
      return "probability 0";
    }
    String sign = draw.randomness().compareTo(padded(draw.threshold())) >= 0 ? " ≥ " : " < ";
    return "probability "
        + number(draw.inclusion())
        + ", randomness 0x"
        + draw.randomness()
        + sign
        + "threshold 0x"
        + draw.threshold();
  }

  private static String padded(String threshold) {
    return threshold + "0".repeat(Math.max(0, 14 - threshold.length()));
  }

  private static String price(Decided decision) {
    Explanation.Budget budget = decision.budget();
    return budget == null || budget.price() <= 0
        ? ""
        : "; the whole trace costs about " + budget.currency() + " " + number(budget.price());
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  /** Of a trace of which no decision is in the log. */
  static String of(Whereabouts where) {
    return switch (where.state()) {
      case WAITING -> "Waits: its spans are gathered, and it is not decided yet.";
      case LIMBO -> "Decided, and waits for what other sidecars say.";
      case ABSENT ->
          switch (where.remembered()) {
            case KEPT -> "Kept; what the decision was made from is forgotten.";
            case DROPPED -> "Dropped; what the decision was made from is forgotten.";
            case NOTHING -> "Not seen here, or so long ago that it is forgotten.";
          };
    };
  }

  /** Why nothing may be known of a trace. */
  static List<String> reasons(@Nullable Long held, double hours) {
    return List.of(
        "its spans went to another sidecar, or to the backend without one",
        "the SDK did not sample it",
        held == null
            ? "decisions are not noted: explain.bytesMax is 0"
            : "it was decided before the last "
                + held
                + " decisions, "
                + number(hours)
                + " hours ago",
        "it came while the kill switch let everything pass, or was dropped unjudged under pressure",
        "it has not arrived yet: SDKs send every few seconds");
  }
}
